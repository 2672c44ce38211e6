package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bompass/server/access"
	"bompass/server/internal/proves"
	"bompass/server/web/webtest"
	"bompass/shared/api"
)

// S2.21: a person who registered with an email address connects an eID. Both accounts become one, and sign-in with the
// eID needs no second factor.
func TestPersonWithPasswordConnectsEID(t *testing.T) {
	p := webtest.NewPortal(t)
	p.SignInWithEID("liv") // and so has begun an account of her own
	v := p.Visitor()
	const email = "liv@bompass.example"
	v.Register(email, "Liv Nygaard")
	v.SubmitPassword(email, webtest.NewPassword)
	v.EnrolTOTP("/login/enrol")
	page := v.Get("/security").Body
	if !strings.Contains(page, `href="/login/eid/no?link=1"`) {
		t.Fatalf("the page offers no eID: %s", page)
	}
	// A link on another site starts no request.
	if stolen := v.Get("/login/eid/no?link=1", webtest.Header("Sec-Fetch-Site", "cross-site")); stolen.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: got %d", stolen.StatusCode)
	}
	begun := v.Get("/login/eid/no?link=1")
	back := v.DoCrossSite(http.MethodGet, v.AuthenticateAt(begun.Header.Get("Location"), "no", "liv"), "")
	if back.Header.Get("Location") != "/security/eid" {
		t.Fatalf("back from the issuer: %d %q", back.StatusCode, back.Header.Get("Location"))
	}
	if asks := v.Get("/security/eid").Body; !strings.Contains(asks, "Liv Nygaard") {
		t.Errorf("the page does not say what happens to the other account: %s", asks)
	}
	if p := v.Do(http.MethodPost, "/security/eid", "csrf=x", webtest.Header("Content-Type", "application/x-www-form-urlencoded")); p.StatusCode != http.StatusForbidden {
		t.Errorf("without the session's token: got %d", p.StatusCode)
	}
	if done := v.SubmitFormAt("/security/eid", "/security/eid", url.Values{}); done.StatusCode != http.StatusOK {
		t.Fatalf("connect: %d %s", done.StatusCode, done.Body)
	}
	if got := p.LastMessage(email); !strings.Contains(got.Subject, "eID") {
		t.Errorf("the owner is sent %q", got.Subject)
	}
	w := p.SignInWithEID("liv")
	if me := w.Get(api.Profile.Path).Body; !strings.Contains(me, email) {
		t.Errorf("with the eID: %s", me)
	}
	if n := p.QueryText("select count(*)::text from account where person = 'Liv Nygaard'"); n != "1" {
		t.Errorf("%s accounts, want one person", n)
	}
	if again := v.Get("/security").Body; !strings.Contains(again, "Norsk eID er koblet til.") {
		t.Errorf("the page does not say that it is connected: %s", again)
	}
	proves.That(t, "S2.21")
}

// An eID that opens another account with a password is not connected, and the page says so.
func TestEIDOfAnotherAccountIsNotConnected(t *testing.T) {
	p := webtest.NewPortal(t)
	v := p.SignIn("olav@bompass.example")
	begun := v.Get("/login/eid/no?link=1")
	back := v.DoCrossSite(http.MethodGet, v.AuthenticateAt(begun.Header.Get("Location"), "no", "kari"), "")
	if back.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(back.Body, "kundeservice") {
		t.Errorf("got %d %s", back.StatusCode, back.Body)
	}
	p.Advance(access.StepUpMax + 1)
	if late := v.Get("/login/eid/no?link=1"); !strings.HasPrefix(late.Header.Get("Location"), "/prove") {
		t.Errorf("without a recent factor: got %d %q", late.StatusCode, late.Header.Get("Location"))
	}
}

// A change to an address that has an account gets the usual answer. The owner of the address is told how two accounts
// are merged.
func TestOwnerOfTakenEmailAddressIsNotified(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn("olav@bompass.example")
	webtest.Call(v, api.ChangeEmail, api.EmailRequest{Email: webtest.Kari}, "")
	if got := h.LastMessage(webtest.Kari); !strings.Contains(got.Text, "Koble til eID") || strings.Contains(got.Text, "Olav") || strings.Contains(got.Text, "token=") {
		t.Errorf("the owner is sent %+v", got)
	}
}
