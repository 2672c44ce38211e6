package session

import (
	"context"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"bompass/shared/digest"
)

// Connection tells whether the server could not be reached at the last call. What is shown instead was kept
// since then; zero when nothing was.
func (s *Session) Connection() (cut bool, since time.Time) {
	cut, since, _ = s.keeper.state()
	return cut, since
}

// OwnDevice tells whether the person has said that this is their own device, which may keep what they see.
func (s *Session) OwnDevice() bool {
	_, _, own := s.keeper.state()
	return own
}

// SetOwnDevice makes this the person's own device, or throws away what it has kept.
func (s *Session) SetOwnDevice(own bool) {
	if own {
		s.keeper.own()
		return
	}
	s.keeper.disown()
}

// CountStored is how many answers this device keeps. It is safe on any goroutine.
func (s *Session) CountStored(ctx context.Context) (int, error) { return s.Window.CountStored(ctx) }

// leavingPreference holds, as a hash, the session that a person has left without the server knowing.
const leavingPreference = "leaving"

// LogOutOffline forgets the person on this device when the server cannot be told that they leave, then goes on.
func (s *Session) LogOutOffline(then func()) {
	s.Window.SetPreference(leavingPreference, s.mark())
	s.end()
	s.keeper.wipe(then)
}

// TakeUnfinishedLogout tells, once, that the person has left this session while the server could not be told.
func (s *Session) TakeUnfinishedLogout() bool {
	left := s.Window.Preference(leavingPreference)
	if left == "" {
		return false
	}
	s.Window.SetPreference(leavingPreference, "")
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

// SetOutdated takes down that a new version of the program is ready.
func (s *Session) SetOutdated() { s.old = true }

// Outdated tells whether a new version of the program is ready.
func (s *Session) Outdated() bool { return s.old || s.Window.UpdateReady() }

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
		s.Window.SetPreference(visitsPreference, strconv.Itoa(n)+" "+strconv.FormatInt(now.Unix(), 10))
	}
	s.visits = n
}

// declinedPreference holds that the person does not want to be asked to install the program.
const declinedPreference = "declined"

// OffersInstall tells whether to offer to install the program: from the second visit, until it was declined.
func (s *Session) OffersInstall() bool {
	return s.visits >= 2 && s.Window.Preference(declinedPreference) == ""
}

// DeclineInstall stops the offer.
func (s *Session) DeclineInstall() { s.Window.SetPreference(declinedPreference, "yes") }
