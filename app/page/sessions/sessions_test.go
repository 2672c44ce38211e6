//go:build !js

package sessions_test

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/sessions"
	"bompass/app/pagetest"
	"bompass/shared/api"
	"bompass/shared/fault"
)

func reply() api.SessionsReply {
	return api.SessionsReply{
		Sessions: []api.SessionLine{{ID: "1", Device: "Firefox, Linux", Network: "192.0.2.0/24", Began: pagetest.Noon, Seen: pagetest.Noon, Here: true}, {ID: "2", Began: pagetest.Noon, Seen: pagetest.Noon}},
		History:  []api.EventLine{{Kind: "signed.in", At: pagetest.Noon, Device: "Firefox, Linux"}},
	}
}

func TestSessionsAndHistoryAreShown(t *testing.T) {
	s := pagetest.Open(t, pagetest.With(api.Sessions.Endpoint, reply()), "/sessions", sessions.New)
	s.Shows("Firefox, Linux", "Denne enheten", "Ukjent enhet", "Logg ut alle steder", "Logget inn")
	if n := strings.Count(s.Text(), `aria-label="Logg ut:`); n != 1 {
		t.Errorf("%d sessions can be ended here, want the other one alone", n)
	}
}

func TestOneSessionIsEndedAndTheRestShown(t *testing.T) {
	server := pagetest.With(api.Sessions.Endpoint, reply())
	s := pagetest.Open(t, server, "/sessions", sessions.New)
	left := reply()
	left.Sessions = left.Sessions[:1]
	server.With(api.Sessions.Endpoint, left)
	s.Do(func(ctx app.Context) { sessions.End(ctx, s.Page, "2") })
	s.Hides("Ukjent enhet")
	s.Shows(`id="toast"`)
	if s.Window.FocusID != "title" {
		t.Errorf("the button is gone and focus is on %q", s.Window.FocusID)
	}
	server.Refusal = fault.New(fault.StepUp)
	s.Do(func(ctx app.Context) { sessions.End(ctx, s.Page, "2") })
	if s.Window.Loaded != "/prove?next=%2Fsessions" {
		t.Errorf("went to %q", s.Window.Loaded)
	}
}

func TestEndingAllSessionsIsConfirmedAndEndsThisOne(t *testing.T) {
	server := pagetest.With(api.Sessions.Endpoint, reply())
	s := pagetest.Open(t, server, "/sessions", sessions.New)
	s.Do(func(ctx app.Context) { sessions.AskEndAll(ctx, s.Page) })
	s.Shows("Vil du logge ut alle steder?", "også denne")
	if server.Count(api.EndSessions.Endpoint) != 0 || s.Window.Loaded != "" {
		t.Errorf("sessions were ended before the answer; at %q", s.Window.Loaded)
	}
	s.Do(func(ctx app.Context) { sessions.AnswerYes(ctx, s.Page) })
	if server.Count(api.EndSessions.Endpoint) != 1 || s.Window.Loaded != "/login?why=signed-out" {
		t.Errorf("%d calls, then at %q", server.Count(api.EndSessions.Endpoint), s.Window.Loaded)
	}
}

func TestPageSaysThatEndingAllSessionsFailed(t *testing.T) {
	server := pagetest.With(api.Sessions.Endpoint, reply())
	s := pagetest.Open(t, server, "/sessions", sessions.New)
	server.Refusal = &fault.Error{Code: fault.Busy}
	s.Do(func(ctx app.Context) { sessions.AskEndAll(ctx, s.Page) })
	s.Do(func(ctx app.Context) { sessions.AnswerYes(ctx, s.Page) })
	s.Shows("opptatt", "Prøv igjen")
	if s.Window.Loaded != "" {
		t.Errorf("went to %q", s.Window.Loaded)
	}
}
