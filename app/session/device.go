package session

import (
	"context"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"bompass/shared/digest"
)

// Connection reports whether the last call did not reach the server, and when the answer shown instead was
// stored; zero when there was none.
func (s *Session) Connection() (unreachable bool, since time.Time) {
	unreachable, since, _ = s.cache.state()
	return unreachable, since
}

// OwnDevice reports whether the person has marked this device as their own: it may store what they see.
func (s *Session) OwnDevice() bool {
	_, _, own := s.cache.state()
	return own
}

// SetOwnDevice marks this as the person's own device, or deletes what it stores.
func (s *Session) SetOwnDevice(own bool) {
	if own {
		s.cache.enable()
		return
	}
	s.cache.disable()
}

// CountStored returns how many answers this device stores. It is safe for concurrent use.
func (s *Session) CountStored(ctx context.Context) (int, error) { return s.Window.CountStored(ctx) }

// loggedOutPreference is the name of the preference with the hash of the session that was logged out without a
// network: it is still open on the server.
const loggedOutPreference = "leaving"

// LogOutOffline ends the session on this device when the server is out of reach, then calls then.
func (s *Session) LogOutOffline(then func()) {
	s.Window.SetPreference(loggedOutPreference, s.hash())
	s.Window.SetLeaving(true)
	s.clear()
	s.cache.clear(then)
}

// TakeUnfinishedLogout reports whether this session was logged out without a network and is still to be ended
// on the server, and resets that.
func (s *Session) TakeUnfinishedLogout() bool {
	hash := s.Window.Preference(loggedOutPreference)
	if hash == "" {
		return false
	}
	s.Window.SetPreference(loggedOutPreference, "")
	s.Window.SetLeaving(false)
	return hash == s.hash()
}

// hash identifies the session without revealing its token.
func (s *Session) hash() string {
	if s.Client.CSRF == "" {
		return ""
	}
	sum := digest.Sum([]byte("left\x00" + s.Client.CSRF))
	return hex.EncodeToString(sum[:8])
}

// SetOutdated notes that a new version of the program is ready.
func (s *Session) SetOutdated() { s.outdated = true }

// Outdated reports whether a new version of the program is ready.
func (s *Session) Outdated() bool { return s.outdated || s.Window.UpdateReady() }

// visitGap is the minimum time between two starts of the program that count as two visits.
const visitGap = 30 * time.Minute

// visitsPreference is the name of the preference with the number of visits and the time of the last one.
const visitsPreference = "visits"

// countVisit counts a start of the program as a visit.
func (s *Session) countVisit() {
	before, last, _ := strings.Cut(s.Window.Preference(visitsPreference), " ")
	n, _ := strconv.Atoi(before)
	at, _ := strconv.ParseInt(last, 10, 64)
	if now := s.now(); now.Sub(time.Unix(at, 0)) > visitGap {
		n++
		s.Window.SetPreference(visitsPreference, strconv.Itoa(n)+" "+strconv.FormatInt(now.Unix(), 10))
	}
	s.visits = n
}

// declinedPreference is the name of the preference that stops the offer to install the program.
const declinedPreference = "declined"

// OffersInstall reports whether to offer to install the program: from the second visit, until it is declined.
func (s *Session) OffersInstall() bool {
	return s.visits >= 2 && s.Window.Preference(declinedPreference) == ""
}

// DeclineInstall stops the offer.
func (s *Session) DeclineInstall() { s.Window.SetPreference(declinedPreference, "yes") }
