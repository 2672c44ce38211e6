package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bompass/server/access"
	"bompass/server/internal/proves"
	"bompass/shared/api"
)

// S2.21: who registered by e-mail and gets an eID connects it, is one person afterwards, and needs no second
// factor any more.
func TestWhoRegisteredByEmailConnectsAnEID(t *testing.T) {
	p := newPortal(t)
	p.enter("liv") // and so has begun an account of her own
	v := p.visitor()
	const email = "liv@bompass.example"
	v.fill("/register", url.Values{"name": {"Liv Nygaard"}, "email": {email}, "password": {fresh}})
	v.open(p.linkIn(p.post(email)), url.Values{})
	v.password(email, fresh)
	v.enrol("/login/enrol")
	page := v.get("/security").body
	if !strings.Contains(page, `href="/login/eid/no?link=1"`) {
		t.Fatalf("the page offers no eID: %s", page)
	}
	// Another site leads the browser there: nothing begins.
	if stolen := v.get("/login/eid/no?link=1", header("Sec-Fetch-Site", "cross-site")); stolen.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: got %d", stolen.StatusCode)
	}
	begun := v.get("/login/eid/no?link=1")
	back := v.abroad(http.MethodGet, v.choose(begun.Header.Get("Location"), "no", "liv"), "")
	if back.Header.Get("Location") != "/security/eid" {
		t.Fatalf("back from the issuer: %d %q", back.StatusCode, back.Header.Get("Location"))
	}
	if asks := v.get("/security/eid").body; !strings.Contains(asks, "Liv Nygaard") {
		t.Errorf("the page does not say what becomes of the other account: %s", asks)
	}
	if p := v.do(http.MethodPost, "/security/eid", "csrf=x", header("Content-Type", "application/x-www-form-urlencoded")); p.StatusCode != http.StatusForbidden {
		t.Errorf("without the session's token: got %d", p.StatusCode)
	}
	if done := v.formIn("/security/eid", "/security/eid", url.Values{}); done.StatusCode != http.StatusOK {
		t.Fatalf("connect: %d %s", done.StatusCode, done.body)
	}
	if got := p.post(email); !strings.Contains(got.Subject, "Elektronisk ID") {
		t.Errorf("the owner hears %q", got.Subject)
	}
	w := p.enter("liv")
	if me := w.get(api.Profile.Path).body; !strings.Contains(me, email) {
		t.Errorf("with the eID: %s", me)
	}
	if n := p.one("select count(*)::text from account where person = 'Liv Nygaard'"); n != "1" {
		t.Errorf("%s accounts, want one person", n)
	}
	if again := v.get("/security").body; !strings.Contains(again, "Norsk eID er koblet til.") {
		t.Errorf("the page does not say that it is connected: %s", again)
	}
	proves.That(t, "S2.21")
}

// An eID whose account has a password is not taken: the page says so and nothing changes.
func TestAnEIDThatOpensAnAccountWithAPasswordIsNotConnected(t *testing.T) {
	p := newPortal(t)
	v := p.signIn("olav@bompass.example")
	begun := v.get("/login/eid/no?link=1")
	back := v.abroad(http.MethodGet, v.choose(begun.Header.Get("Location"), "no", "kari"), "")
	if back.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(back.body, "kundeservice") {
		t.Errorf("got %d %s", back.StatusCode, back.body)
	}
	p.pass(access.StepUpMax + 1)
	if late := v.get("/login/eid/no?link=1"); !strings.HasPrefix(late.Header.Get("Location"), "/prove") {
		t.Errorf("without a fresh factor: got %d %q", late.StatusCode, late.Header.Get("Location"))
	}
}

// An address that has an account is answered like any other; its owner is told how two become one.
func TestAnAddressThatIsTakenTellsItsOwnerAlone(t *testing.T) {
	h := newHouse(t)
	v := h.signIn("olav@bompass.example")
	ask(v, api.ChangeEmail, api.EmailRequest{Email: kari}, "")
	if got := h.post(kari); !strings.Contains(got.Text, "Koble til elektronisk ID") || strings.Contains(got.Text, "Olav") || strings.Contains(got.Text, "token=") {
		t.Errorf("the owner got %+v", got)
	}
}
