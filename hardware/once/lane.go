package once

import (
	"slices"
	"time"

	"bompass/hardware"
)

// tagsKept is the maximum number of tags kept for a lane.
const tagsKept = 16

// Lane decides whether a tag in one lane is a new passage, for a driver that runs a transaction with every tag.
// It must not be used concurrently. The zero value uses the standard rules.
type Lane struct {
	Rules Rules
	last  []laneTag
}

// laneTag is a recent tag of a lane.
type laneTag struct {
	key        string
	print      string
	mark       [6]byte
	at         time.Time
	unreleased bool // reported but not released: it may answer the next BST
}

func (l *Lane) rules() Rules {
	if l.Rules == (Rules{}) {
		return Standard()
	}
	return l.Rules
}

// identify returns a key that identifies a tag, by its number or else by its finding, and the time for which
// it is the same passage.
func (l *Lane) identify(t hardware.TagRead) (key string, window time.Duration) {
	if t.PAN != "" {
		return t.PAN, l.rules().Tag
	}
	return string(t.Finding) + Print(t) + t.OBU, l.rules().NoNumber
}

// Again reports whether a tag is one reported a moment ago, and refreshes it.
func (l *Lane) Again(t hardware.TagRead, now time.Time) Decision {
	key, window := l.identify(t)
	for i, old := range l.last {
		if old.key == key && now.Sub(old.at).Abs() < window {
			l.last[i].at = now
			return Decision{Same: true, Reason: "the tag was reported in this lane within " + window.String()}
		}
	}
	return Decision{Reason: "no such tag was in this lane within " + window.String()}
}

// ExtendAfterOutage refreshes the tags that were in the lane when the line went down.
func (l *Lane) ExtendAfterOutage(down, now time.Time) {
	if now.Sub(down) > l.rules().Outage {
		return
	}
	for i, old := range l.last {
		if down.Sub(old.at) < l.rules().Tag {
			l.last[i].at = now
		}
	}
}

// Add records a tag that has been reported.
func (l *Lane) Add(t hardware.TagRead, now time.Time) {
	key, _ := l.identify(t)
	if len(l.last) == tagsKept {
		l.last = l.last[1:]
	}
	l.last = append(l.last, laneTag{key: key, print: Print(t), mark: t.Mark, at: now, unreleased: true})
}

// Finish records how the transaction of a reported tag ended.
func (l *Lane) Finish(t hardware.TagRead, now time.Time, released bool) {
	key, _ := l.identify(t)
	for i, old := range l.last {
		if old.key == key {
			l.last[i].unreleased, l.last[i].at = !released, now
		}
	}
}

// Interrupted decides whether a tag that broke off before it sent its number is one reported before. A tag may
// miss its release and then answers again until it leaves. The fingerprint of a tag of security level 1 tells
// it from others of its issuer. Tags of level 0 have none, so the window is short after a release.
func (l *Lane) Interrupted(t hardware.TagRead, now time.Time) Decision {
	same := slices.ContainsFunc(l.last, func(old laneTag) bool {
		if t.AccessKey != 0 {
			return old.print == Print(t) && now.Sub(old.at).Abs() < l.rules().Tag
		}
		window := l.rules().NoNumber
		if old.unreleased {
			window = l.rules().Tag
		}
		return old.mark == t.Mark && now.Sub(old.at).Abs() < window
	})
	if same {
		return Decision{Same: true, Reason: "a reported tag of the same kind answered again"}
	}
	return Decision{Reason: "no reported tag of this kind is in the lane"}
}
