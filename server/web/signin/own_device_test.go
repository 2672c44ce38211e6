package signin_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
)

const keepPath = "/security/device"

// keepSignedIn signs in with an eID and stays signed in on this device.
func keepSignedIn(t *testing.T, p *webtest.Portal, person string) *webtest.Visitor {
	t.Helper()
	v := p.SignInWithEID(person)
	kept := v.SubmitFormAt(keepPath, keepPath, url.Values{"keep": {"yes"}})
	if kept.StatusCode != http.StatusSeeOther || !strings.Contains(strings.ToLower(kept.Header.Get("Set-Cookie")), "max-age=1209600") {
		t.Fatalf("stay signed in: %d %q %s", kept.StatusCode, kept.Header.Values("Set-Cookie"), kept.Body)
	}
	return v
}

// checkLocked checks that a session opens nothing, and whether the sign-in page offers to continue.
func checkLocked(t *testing.T, v *webtest.Visitor, what string, locked bool) {
	t.Helper()
	p := v.Get(api.Me.Path)
	var known fault.Error
	if err := json.Unmarshal([]byte(p.Body), &known); err != nil || p.StatusCode != http.StatusUnauthorized || fault.IsLocked(&known) != locked {
		t.Errorf("%s: got %d %s, want locked %t", what, p.StatusCode, p.Body, locked)
	}
	if offered := strings.Contains(v.Get("/login").Body, "Fortsett som"); offered != locked {
		t.Errorf("%s: the sign-in page offers to continue: %t", what, offered)
	}
}

// ASVS V7.3.1: on the person's own device a session that is not used is locked. It is continued with an eID, in the role
// it had, and ends after 14 days.
func TestOwnDeviceIsLockedAndContinued(t *testing.T) {
	p := webtest.NewPortal(t)
	v := keepSignedIn(t, p, "kari")
	p.Advance(29 * time.Minute)
	if me := v.Get(api.Me.Path); me.StatusCode != http.StatusOK || !strings.Contains(me.Body, `"kept":true`) {
		t.Errorf("within half an hour: %d %s", me.StatusCode, me.Body)
	}
	for range 3 {
		p.Advance(13 * 24 * time.Hour)
		checkLocked(t, v, "after 13 days", true)
		if page := v.Get("/"); page.StatusCode != http.StatusSeeOther || !strings.HasPrefix(page.Header.Get("Location"), "/login") {
			t.Errorf("the overview of a locked session: %d", page.StatusCode)
		}
		if body := v.Get("/prices").Body; strings.Contains(body, "nobody") {
			t.Error("a public page tells the program to delete what the device stores")
		}
		if back := v.SubmitEID("no", "kari", ""); back.StatusCode != http.StatusSeeOther || !strings.Contains(strings.ToLower(strings.Join(back.Header.Values("Set-Cookie"), " ")), "max-age=1209600") {
			t.Fatalf("continue: %d %q", back.StatusCode, back.Header.Values("Set-Cookie"))
		}
		if me := v.Get(api.Me.Path); me.StatusCode != http.StatusOK || !strings.Contains(me.Body, `"kept":true`) {
			t.Errorf("continued: %d %s", me.StatusCode, me.Body)
		}
	}
	p.Advance(14*24*time.Hour + time.Minute)
	checkLocked(t, v, "after 14 days", false)
}

// ASVS V7.3.2: a session on the person's own device that is used all the time is locked twelve hours after the proof.
func TestOwnDeviceIsLockedAfterTwelveHours(t *testing.T) {
	p := webtest.NewPortal(t)
	v := keepSignedIn(t, p, "kari")
	for range 12*3 - 1 {
		p.Advance(20 * time.Minute)
		v.Get(api.Me.Path)
	}
	if me := v.Get(api.Me.Path); me.StatusCode != http.StatusOK {
		t.Errorf("before twelve hours are over: got %d", me.StatusCode)
	}
	p.Advance(21 * time.Minute)
	checkLocked(t, v, "after twelve hours", true)
}

// A session at the issuer does not open the one that waits here: the person proves the eID anew.
func TestOwnDeviceNeedsTheEIDAnew(t *testing.T) {
	p := webtest.NewPortal(t)
	ask := func(v *webtest.Visitor) bool {
		page := v.DoCrossSite(http.MethodGet, v.Get("/login/eid/no").Header.Get("Location"), "")
		return page.StatusCode == http.StatusOK && strings.Contains(page.Body, `name="person"`)
	}
	if plain := p.SignInWithEID("kari"); ask(plain) {
		t.Fatal("the issuer has no session of the person, so that the test shows nothing")
	}
	if !ask(keepSignedIn(t, p, "kari")) {
		t.Error("the issuer does not ask the person")
	}
}

// A locked session ends with "log out everywhere", on the sign-in page, with another way of signing in, and when it is no
// longer kept. Only a person with a passkey or an eID can keep one, after a recent proof.
func TestOwnDeviceIsForgotten(t *testing.T) {
	p := webtest.NewPortal(t)
	idle := func() { p.Advance(31 * time.Minute) }
	for what, end := range map[string]func(v *webtest.Visitor){
		"log out everywhere": func(*webtest.Visitor) {
			other := p.SignInWithEID("kari")
			webtest.Call(other, api.EndSessions, api.Empty{}, "")
		},
		"sign out on the sign-in page": func(v *webtest.Visitor) {
			if left := v.SubmitFormAt("/login/leave", "/login", url.Values{}); left.StatusCode != http.StatusSeeOther || left.Header.Get("Clear-Site-Data") != `"storage"` {
				t.Errorf("leave: %d %q", left.StatusCode, left.Header.Get("Clear-Site-Data"))
			}
		},
		"a password and a code": func(v *webtest.Visitor) {
			locked := v.CookieValue("sid")
			v.SubmitPassword(webtest.Kari, fixture.Password)
			v.SubmitCode(p.TOTPCode(webtest.Kari))
			v.SetCookie("sid", locked)
		},
	} {
		v := keepSignedIn(t, p, "kari")
		idle()
		checkLocked(t, v, what+", before", true)
		end(v)
		checkLocked(t, v, what, false)
	}
	v := keepSignedIn(t, p, "kari")
	if off := v.SubmitFormAt(keepPath, keepPath, url.Values{}); off.StatusCode != http.StatusSeeOther {
		t.Errorf("turn off: %d", off.StatusCode)
	}
	idle()
	checkLocked(t, v, "turned off", false)

	plain := p.SignIn("olav@bompass.example")
	if page := plain.Get(keepPath); page.StatusCode != http.StatusOK || strings.Contains(page.Body, `name="keep"`) {
		t.Errorf("without a passkey or an eID: %d, or the page offers it", page.StatusCode)
	}
	if refused := plain.SubmitFormAt(keepPath, "/security", url.Values{"keep": {"yes"}}); refused.StatusCode != http.StatusForbidden {
		t.Errorf("without a passkey or an eID: got %d", refused.StatusCode)
	}
	p.Advance(6 * time.Minute)
	if page := plain.Get(keepPath); !strings.HasPrefix(page.Header.Get("Location"), "/prove") {
		t.Errorf("without a recent proof: %d %q", page.StatusCode, page.Header.Get("Location"))
	}
}
