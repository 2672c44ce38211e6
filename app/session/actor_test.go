//go:build !js

package session_test

import (
	"context"
	"testing"
	"time"

	"bompass/app/browser"
	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/oslo"
)

// named answers as server does, and names the actor of each answer.
type named struct {
	server

	actor string
}

func (n *named) Do(ctx context.Context, r apiclient.Request) (apiclient.Response, error) {
	reply, err := n.server.Do(ctx, r)
	reply.Actor = n.actor
	return reply, err
}

// Someone may sign in or switch in another tab: then nothing of theirs is shown under the name on this one.
func TestAnswerForAnotherActorStartsThePageAnew(t *testing.T) {
	n := &named{server{me: api.MeReply{Person: "Kari Lund", Actor: "kari"}}, "kari"}
	w := &browser.Window{Transport: n}
	s := session.New(w, func() time.Time { return noon })
	me, err := s.FetchMe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.SetMe(me)
	if _, err := s.Client.Overview(t.Context()); err != nil || w.Reloads != 0 {
		t.Fatalf("the same actor: %v, %d reloads", err, w.Reloads)
	}
	n.actor = "olav"
	if reply, err := s.Client.Overview(t.Context()); err == nil || reply.Total != 0 || w.Reloads != 1 {
		t.Errorf("another actor: got %v %v, %d reloads", reply, err, w.Reloads)
	}
	if _, err := s.FetchMe(t.Context()); err == nil || w.Reloads != 2 {
		t.Errorf("another person: got %v, %d reloads", err, w.Reloads)
	}
	s.CompleteLogout("")
	if _, err := s.Client.Overview(t.Context()); err != nil {
		t.Errorf("after signing out: %v", err)
	}
}

func TestTodayIsTheServersDay(t *testing.T) {
	for _, c := range []struct {
		name  string
		ahead time.Duration
		wrong bool
	}{
		{"a year behind", 365 * 24 * time.Hour, true},
		{"two days ahead", -48 * time.Hour, true},
		{"25 seconds behind", 25 * time.Second, false},
		{"right", 0, false},
	} {
		s := session.New(&browser.Window{}, func() time.Time { return noon })
		s.SetMe(api.MeReply{Now: noon.Add(c.ahead)})
		if want := oslo.DayOf(noon.Add(c.ahead)); s.Today() != want || s.ClockIsWrong() != c.wrong {
			t.Errorf("%s: today is %v, want %v; wrong %v", c.name, s.Today(), want, s.ClockIsWrong())
		}
	}
}

// The program begins with the answers that the server has sent with the page, each once.
func TestFirstAnswersCameWithThePage(t *testing.T) {
	left := map[string]string{api.Me.Path: `{"person":"Kari Lund","csrf":"token"}`, api.Overview.Path: `{"total":4242}`}
	w := &browser.Window{Answers: func(path string) ([]byte, bool) {
		body, ok := left[path]
		delete(left, path)
		return []byte(body), ok
	}}
	s := session.New(w, func() time.Time { return noon })
	if me, known := s.Me(); !known || me.Person != "Kari Lund" || s.Client.CSRF != "token" {
		t.Errorf("got %v", me)
	}
	if reply, ok := session.First(s, s.Client.Overview); !ok || reply.Total != 4242 {
		t.Errorf("got %v %v", reply, ok)
	}
	if _, ok := session.First(s, s.Client.Overview); ok {
		t.Error("an answer was returned twice")
	}
	if _, ok := session.First(session.Neutral(), s.Client.Overview); ok {
		t.Error("the first paint of everyone has an answer")
	}
}
