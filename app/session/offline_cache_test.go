//go:build !js

package session_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bompass/app/browser"
	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/apiclient"
	"bompass/shared/fault"
	"bompass/shared/oslo"
)

// server answers for one person; a status other than 200 refuses everything.
type server struct {
	me     api.MeReply
	status int
	locked bool // on the person's own device
}

func (d *server) Do(_ context.Context, r apiclient.Request) (apiclient.Response, error) {
	var reply any = api.OverviewReply{Total: 4242}
	switch {
	case d.status == 401 && d.locked:
		reply = fault.New(fault.SignedOut, fault.Locked, "yes")
	case d.status == 401:
		reply = fault.New(fault.SignedOut)
	case r.Path == api.Me.Path:
		reply = d.me
	}
	body, err := json.Marshal(reply)
	return apiclient.Response{Status: max(200, d.status), Body: body}, err
}

var noon = time.Date(2026, time.November, 20, 11, 0, 0, 0, time.UTC)

// ownDevice returns a window that Kari has marked as her own and in which she has seen the overview and a
// period.
func ownDevice(t *testing.T) (*browser.Window, *session.Session, *server) {
	t.Helper()
	d := &server{me: api.MeReply{Person: "Kari Lund", Customer: "kari", CSRF: "token"}}
	w := &browser.Window{Transport: d}
	s := session.New(w, func() time.Time { return noon })
	me, err := s.FetchMe(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	s.SetMe(me)
	s.SetOwnDevice(true)
	see(t, s)
	return w, s, d
}

// see loads the answers that the first pages need.
func see(t *testing.T, s *session.Session) {
	t.Helper()
	ctx := context.Background()
	if _, err := s.FetchMe(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Client.Overview(ctx); err != nil {
		t.Fatal(err)
	}
	for _, from := range []oslo.Day{oslo.Date(2026, time.November, 1), oslo.Date(2026, time.March, 1)} {
		if _, err := s.Client.Passages(ctx, api.PassageListRequest{From: from, To: from + 10}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStoredAnswersAreReturnedWhenTheServerIsUnreachable(t *testing.T) {
	w, s, _ := ownDevice(t)
	w.Offline = true
	ctx := context.Background()
	reply, err := s.Client.Overview(ctx)
	if err != nil || reply.Total != 4242 {
		t.Errorf("overview: %v, %v", reply.Total, err)
	}
	if unreachable, since := s.Connection(); !unreachable || !since.Equal(noon) {
		t.Errorf("unreachable %v since %v", unreachable, since)
	}
	november := oslo.Date(2026, time.November, 1)
	if _, err := s.Client.Passages(ctx, api.PassageListRequest{From: november, To: november + 10}); err != nil {
		t.Errorf("a period seen before: %v", err)
	}
	for name, from := range map[string]oslo.Day{"never seen": november + 1, "more than 90 days back": oslo.Date(2026, time.March, 1)} {
		if _, err := s.Client.Passages(ctx, api.PassageListRequest{From: from, To: from + 10}); err == nil {
			t.Errorf("%s: there is an answer", name)
		}
	}
	if strings.Contains(w.Contents(), "token") {
		t.Error("the session's token is on the device")
	}
	w.Offline = false
	if _, err := s.Client.Overview(ctx); err != nil {
		t.Fatal(err)
	}
	if unreachable, since := s.Connection(); unreachable || !since.IsZero() {
		t.Error("the server answers, and the session says otherwise")
	}
}

func TestOnlyAnOwnDeviceStoresAnswers(t *testing.T) {
	w := &browser.Window{Transport: &server{me: api.MeReply{Person: "Kari Lund"}}}
	s := session.New(w, func() time.Time { return noon })
	see(t, s)
	if n, _ := s.CountStored(context.Background()); n != 0 {
		t.Errorf("%d answers are stored", n)
	}
}

func TestStoredAnswersAreDeleted(t *testing.T) {
	for name, c := range map[string]struct {
		do  func(*browser.Window, *session.Session, *server)
		own bool // whether it is still the person's own device
	}{
		"at log out":                   {func(_ *browser.Window, s *session.Session, _ *server) { s.CompleteLogout("") }, true},
		"at log out without a network": {func(_ *browser.Window, s *session.Session, _ *server) { s.LogOutOffline(func() {}) }, true},
		"when the session has ended": {func(_ *browser.Window, s *session.Session, d *server) {
			d.status = 401
			_, _ = s.Client.Overview(context.Background())
		}, true},
		"when somebody else signs in": {func(_ *browser.Window, s *session.Session, d *server) {
			d.me = api.MeReply{Person: "Nils Berg", Customer: "fjordfrakt"}
			_, _ = s.FetchMe(context.Background())
			_, _ = s.Client.Overview(context.Background())
		}, false},
		"when it is no longer their own device": {func(_ *browser.Window, s *session.Session, _ *server) { s.SetOwnDevice(false) }, false},
		"after 14 days without the server": {func(w *browser.Window, _ *session.Session, _ *server) {
			session.New(w, func() time.Time { return noon.Add(15 * 24 * time.Hour) })
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w, s, d := ownDevice(t)
			if n, _ := s.CountStored(context.Background()); n != 3 {
				t.Fatalf("%d answers are stored, want 3", n)
			}
			c.do(w, s, d)
			if n, _ := s.CountStored(context.Background()); n != 0 {
				t.Errorf("%d answers are left", n)
			}
			if got := w.Preference("own") != ""; got != c.own {
				t.Errorf("own device: %v, want %v", got, c.own)
			}
			for _, word := range []string{"Kari", "4242", "token"} {
				if strings.Contains(w.Contents(), word) {
					t.Errorf("%s is left: %s", word, w.Contents())
				}
			}
		})
	}
}

func TestLogoutWithoutANetworkIsFinishedOnce(t *testing.T) {
	w, s, _ := ownDevice(t)
	s.LogOutOffline(func() {})
	next := session.New(w, func() time.Time { return noon })
	me, err := next.FetchMe(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	next.SetMe(me)
	if !next.TakeUnfinishedLogout() || next.TakeUnfinishedLogout() {
		t.Error("the session that was logged out is to be ended, once")
	}
}

func TestInstallationIsOfferedFromTheSecondVisit(t *testing.T) {
	w := &browser.Window{Transport: emptyServer{}}
	now := noon
	begin := func() *session.Session { return session.New(w, func() time.Time { return now }) }
	if begin().OffersInstall() {
		t.Error("at the first visit")
	}
	now = now.Add(time.Minute)
	if begin().OffersInstall() {
		t.Error("when the page is loaded anew")
	}
	now = now.Add(24 * time.Hour)
	s := begin()
	if !s.OffersInstall() {
		t.Error("not at the second visit")
	}
	if s.DeclineInstall(); begin().OffersInstall() {
		t.Error("after it was declined")
	}
}

// A session that is locked on the person's own device leads to the sign-in page; what the device stores stays.
func TestLockedSessionKeepsStoredAnswers(t *testing.T) {
	w, s, d := ownDevice(t)
	d.status, d.locked = 401, true
	_, err := s.Client.Overview(context.Background())
	if !fault.IsLocked(err) || !s.HandleSignedOut(err) {
		t.Errorf("a locked session: %v", err)
	}
	if stored := w.Contents(); !strings.Contains(stored, "4242") {
		t.Errorf("the device stores %q", stored)
	}
	d.locked = false
	_, _ = s.Client.Overview(context.Background())
	if stored := w.Contents(); strings.Contains(stored, "4242") {
		t.Errorf("after the end of the session the device stores %q", stored)
	}
}
