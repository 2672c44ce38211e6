//go:build !js

package session_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"bompass/app/browser"
	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/fault"
)

// emptyServer answers every call with a token alone.
type emptyServer struct{}

func (emptyServer) Do(context.Context, apiclient.Request) (apiclient.Response, error) {
	return apiclient.Response{Status: 200, Body: []byte(`{"csrf":"token"}`)}, nil
}

func begin() (*browser.Window, *session.Session) {
	w := &browser.Window{Transport: emptyServer{}, Address: "/passages?from=2026-11-01"}
	return w, session.New(w, func() time.Time { return time.Date(2026, time.November, 20, 23, 30, 0, 0, time.UTC) })
}

func TestTodayIsTheNorwegianDay(t *testing.T) {
	if _, s := begin(); s.Today().String() != "2026-11-21" {
		t.Errorf("half past midnight in Oslo is %s", s.Today())
	}
}

func TestLanguageIsTheAccounts(t *testing.T) {
	w, s := begin()
	if got := s.Words().Lang(); got != "nb" {
		t.Errorf("before anybody is signed in: %s", got)
	}
	s.SetMe(api.MeReply{Language: "sv"})
	if s.Words().Lang() != "sv" || w.Language != "sv" || w.Saved != "sv" {
		t.Errorf("words %s, page %s, kept %s", s.Words().Lang(), w.Language, w.Saved)
	}
	if again := session.New(w, time.Now); again.Words().Lang() != "sv" {
		t.Errorf("the next visit begins in %s", again.Words().Lang())
	}
}

func TestEndOfSessionRemovesEverythingAboutThePerson(t *testing.T) {
	w, s := begin()
	me, err := s.FetchMe(context.Background())
	if err != nil || s.Client.CSRF != "token" {
		t.Fatalf("ask: %v, token %q", err, s.Client.CSRF)
	}
	s.SetMe(me)
	s.SetOverview(api.OverviewReply{Total: 1})
	if s.HandleSignedOut(errors.New("no network")) || !s.HandleSignedOut(fault.New(fault.SignedOut)) {
		t.Error("the end of a session is confused with another error")
	}
	if _, known := s.Me(); known || s.Overview() != nil || s.Client.CSRF != "" || w.Stream.Message != nil {
		t.Error("some of the person's data is left")
	}
	if want := "/login?next=%2Fpassages%3Ffrom%3D2026-11-01&why=expired"; w.Loaded != want {
		t.Errorf("went to %q, want %q", w.Loaded, want)
	}
}

func TestOnlySubscribersAreNotified(t *testing.T) {
	w, s := begin()
	s.SetMe(api.MeReply{})
	received := map[string]int{}
	stop := s.Subscribe(func(session.Change) { received["first"]++ })
	s.Subscribe(func(n session.Change) {
		received["second"]++
		if n.Event == nil || n.Event.Balance != 2320 {
			t.Errorf("received %v", n.Event)
		}
	})
	w.Stream.Message(`{"kind":"passage","balance":2320}`)
	stop()
	w.Stream.Message(`{"kind":"passage","balance":2320}`)
	for _, strange := range []string{"", "{", `{"balance":1}`} {
		w.Stream.Message(strange)
	}
	if received["first"] != 1 || received["second"] != 2 {
		t.Errorf("received %v", received)
	}
}

func TestEventStreamIsOpenedOnce(t *testing.T) {
	w, s := begin()
	s.SetMe(api.MeReply{})
	w.Stream.Open(false)
	if s.Live() {
		t.Error("live while the stream is interrupted")
	}
	w.Stream = browser.StreamHandler{}
	s.SetMe(api.MeReply{})
	if w.Stream.Open != nil {
		t.Error("a second stream was opened")
	}
}

// An answer that was requested before the program ran may be older than the event stream.
func TestEventsMissedByAnEarlyAnswerCauseAResync(t *testing.T) {
	for name, early := range map[string]bool{"an early answer": true, "an answer of its own": false} {
		w := &browser.Window{Transport: emptyServer{}, Early: early}
		s := session.New(w, time.Now)
		s.SetMe(api.MeReply{Person: "Kari Lund"})
		changes := 0
		s.Subscribe(func(session.Change) { changes++ })
		w.Stream.Open(true)
		w.Stream.Open(true)
		if want := map[bool]int{true: 1, false: 0}[early]; changes != want {
			t.Errorf("%s: %d changes, want %d", name, changes, want)
		}
	}
}

// A stream that is open before a page is there, such as that of another tab, may have missed events: the page is told as
// soon as it subscribes, and no later one again.
func TestPageThatComesAfterTheStreamIsTold(t *testing.T) {
	w, s := begin()
	w.Early = true
	s.SetMe(api.MeReply{CSRF: "token"})
	w.Stream.Open(true)
	told := 0
	for range 2 {
		s.Subscribe(func(session.Change) { told++ })
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}
