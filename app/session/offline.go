package session

import (
	"context"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"bompass/shared/digest"
)

// Cut tells whether the server could not be reached at the last call. What is shown instead was kept
// since then; zero when nothing was.
func (s *Session) Cut() (cut bool, since time.Time) {
	cut, since, _ = s.keeper.state()
	return cut, since
}

// Own tells whether the person has said that this is their own device, which may keep what they see.
func (s *Session) Own() bool {
	_, _, own := s.keeper.state()
	return own
}

// SetOwn makes this the person's own device, or throws away what it has kept.
func (s *Session) SetOwn(own bool) {
	if own {
		s.keeper.own()
		return
	}
	s.keeper.disown()
}

// CountKept is how many answers this device keeps. It is safe on any goroutine.
func (s *Session) CountKept(ctx context.Context) (int, error) { return s.Window.CountKept(ctx) }

// leavingPreference holds, as a hash, the session that a person has left without the server knowing.
const leavingPreference = "leaving"

// Abandon forgets the person on this device when the server cannot be told that they leave, then goes on.
func (s *Session) Abandon(then func()) {
	s.Window.Prefer(leavingPreference, s.mark())
	s.end()
	s.keeper.wipe(then)
}

// Unfinished tells, once, that the person has left this session while the server could not be told.
func (s *Session) Unfinished() bool {
	left := s.Window.Preference(leavingPreference)
	if left == "" {
		return false
	}
	s.Window.Prefer(leavingPreference, "")
	return left == s.mark()
}

// mark tells one session from another without saying anything of it.
func (s *Session) mark() string {
	if s.Client.CSRF == "" {
		return ""
	}
	sum := digest.Sum([]byte("left\x00" + s.Client.CSRF))
	return hex.EncodeToString(sum[:8])
}

// Outdate takes down that a new version of the program is ready.
func (s *Session) Outdate() { s.old = true }

// Outdated tells whether a new version of the program is ready.
func (s *Session) Outdated() bool { return s.old || s.Window.Waiting() }

// A start of the program this long after the one before is a new visit.
const visitGap = 30 * time.Minute

// visitsPreference counts the visits and holds when the program was started last.
const visitsPreference = "visits"

// visit counts a start of the program.
func (s *Session) visit() {
	before, last, _ := strings.Cut(s.Window.Preference(visitsPreference), " ")
	n, _ := strconv.Atoi(before)
	at, _ := strconv.ParseInt(last, 10, 64)
	if now := s.now(); now.Sub(time.Unix(at, 0)) > visitGap {
		n++
		s.Window.Prefer(visitsPreference, strconv.Itoa(n)+" "+strconv.FormatInt(now.Unix(), 10))
	}
	s.visits = n
}

// declinedPreference holds that the person does not want to be asked to install the program.
const declinedPreference = "declined"

// Offer tells whether to offer to install the program: from the second visit, until it was declined.
func (s *Session) Offer() bool {
	return s.visits >= 2 && s.Window.Preference(declinedPreference) == ""
}

// Decline stops the offer.
func (s *Session) Decline() { s.Window.Prefer(declinedPreference, "yes") }
