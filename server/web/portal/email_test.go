package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bompass/server/internal/proves"
	"bompass/server/person"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
)

// S4.14, S4.23: a new address of an existing customer is in use once it is confirmed, by the code that is sent to it if
// not by the link. A new code can be asked for.
func TestEmailAddressIsConfirmedByCode(t *testing.T) {
	h := webtest.New(t)
	const fresh = "kari.lund@bompass.example"
	v := h.SignIn(webtest.Kari)
	webtest.Call(v, api.ChangeEmail, api.EmailRequest{Email: fresh}, "")
	p := webtest.Call(v, api.Profile, api.Empty{}, "")
	if p.Email != webtest.Kari || p.PendingEmail != fresh {
		t.Errorf("before the code: %+v", p)
	}
	confirm := func(code string, wanted fault.Code) api.ProfileReply {
		t.Helper()
		return webtest.Call(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Email, Code: code}, wanted)
	}
	codeIn := func() string {
		t.Helper()
		return webtest.CodePattern.FindString(h.LastMessage(fresh).Text)
	}
	first := codeIn()
	h.Advance(person.CodeMax + time.Second)
	confirm(first, fault.CodeWrong) // it has expired
	webtest.Call(v, api.SendCode, api.CodeRequest{Channel: person.Email}, "")
	second := codeIn()
	if p = confirm(second, ""); p.Email != fresh || !p.EmailConfirmed || p.PendingEmail != "" {
		t.Errorf("after the code: %+v", p)
	}
	confirm(second, fault.CodeWrong)
	for email, want := range map[string]int{fresh: http.StatusSeeOther, webtest.Kari: http.StatusUnauthorized} {
		if p := h.Visitor().SubmitPassword(email, fixture.Password); p.StatusCode != want {
			t.Errorf("sign-in with %s: got %d, want %d", email, p.StatusCode, want)
		}
	}
	webtest.Call(v, api.SendCode, api.CodeRequest{Channel: "pigeon"}, fault.FieldMissing)
	proves.That(t, "S4.14", "S4.23")
}

// A change that is not confirmed can be withdrawn, also one to an address that another account has. The link then says so,
// and neither it nor the code confirms the change.
func TestPendingEmailAddressIsWithdrawn(t *testing.T) {
	h := webtest.New(t)
	const fresh = "kari.lund@bompass.example"
	v := h.SignIn(webtest.Kari)
	for _, email := range []string{"olav@bompass.example", fresh} {
		webtest.Call(v, api.ChangeEmail, api.EmailRequest{Email: email}, "")
		if p := webtest.Call(v, api.Profile, api.Empty{}, ""); p.PendingEmail != email {
			t.Fatalf("before: %+v", p)
		}
		if p := webtest.Call(v, api.KeepEmail, api.Empty{}, ""); p.PendingEmail != "" || p.Email != webtest.Kari {
			t.Errorf("after the withdrawal of %s: %+v", email, p)
		}
	}
	mail := h.LastMessage(fresh)
	webtest.Call(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Email, Code: webtest.CodePattern.FindString(mail.Text)}, fault.CodeWrong)
	link := h.LinkIn(mail)
	v.Get(link)
	path, _, _ := strings.Cut(link, "?")
	if p := v.Get(path); p.StatusCode != http.StatusOK || !strings.Contains(p.Body, "Byttet er trukket tilbake") || strings.Contains(p.Body, `action="/email/confirm"`) {
		t.Errorf("the link: %d %s", p.StatusCode, p.Body)
	}
	if p := webtest.Call(v, api.Profile, api.Empty{}, ""); p.Email != webtest.Kari || p.PendingEmail != "" {
		t.Errorf("after the link: %+v", p)
	}
	if history := webtest.Call(v, api.Sessions, api.Empty{}, "").History; history[0].Kind != "email.kept" {
		t.Errorf("history: %+v", history)
	}
	webtest.Call(v, api.KeepEmail, api.Empty{}, "") // there is nothing to withdraw
}

// The address of another account is pending like any other, and no code is sent to it.
func TestTakenEmailAddressHasNoCode(t *testing.T) {
	h := webtest.New(t)
	const taken = "olav@bompass.example"
	v := h.SignIn(webtest.Kari)
	webtest.Call(v, api.ChangeEmail, api.EmailRequest{Email: taken}, "")
	if p := webtest.Call(v, api.Profile, api.Empty{}, ""); p.PendingEmail != taken {
		t.Errorf("profile: %+v", p)
	}
	webtest.Call(v, api.SendCode, api.CodeRequest{Channel: person.Email}, "")
	message := h.LastMessage(taken)
	if webtest.CodePattern.MatchString(message.Text) || len(h.Inbox.List(taken)) != 1 {
		t.Errorf("the owner is sent %+v", h.Inbox.List(taken))
	}
	webtest.Call(v, api.ConfirmCode, api.ConfirmRequest{Channel: person.Email, Code: "000000"}, fault.CodeWrong)
}

// S1.25: the link in the message to the new address confirms a change; the one to the old address undoes it.
func TestEmailChangeSendsLinkToBothAddresses(t *testing.T) {
	h := webtest.New(t)
	const fresh = "kari.lund@bompass.example"
	v := h.SignIn(webtest.Kari)
	webtest.Call(v, api.ChangeEmail, api.EmailRequest{Email: "not an address"}, fault.FieldWrong)
	webtest.Call(v, api.ChangeEmail, api.EmailRequest{Email: fresh}, "")
	stop := h.LinkIn(h.LastMessage(webtest.Kari))
	if p := webtest.Call(v, api.Profile, api.Empty{}, ""); p.Email != webtest.Kari {
		t.Errorf("before the link: %s", p.Email)
	}
	if p := v.OpenLink(h.LinkIn(h.LastMessage(fresh)), url.Values{}); p.StatusCode != http.StatusOK {
		t.Fatalf("confirm: %d %s", p.StatusCode, p.Body)
	}
	if p := webtest.Call(v, api.Profile, api.Empty{}, ""); p.Email != fresh || !p.EmailConfirmed {
		t.Errorf("after the link: %+v", p)
	}
	if p := h.Visitor().OpenLink(stop, url.Values{}); p.StatusCode != http.StatusOK || !strings.HasPrefix(stop, "/email/undo") {
		t.Fatalf("undo: %d %s", p.StatusCode, p.Body)
	}
	webtest.Call(v, api.Profile, api.Empty{}, fault.SignedOut)
	if p := h.Visitor().SubmitPassword(webtest.Kari, fixture.Password); p.StatusCode != http.StatusSeeOther {
		t.Errorf("the old address: got %d", p.StatusCode)
	}
	if mail := h.LastMessage(webtest.Kari); !strings.Contains(mail.Subject, "stoppet") {
		t.Errorf("mail: %+v", mail)
	}
	// The address of another account gets the same answer and no link.
	h.Advance(time.Minute)
	v = h.SignIn(webtest.Kari)
	webtest.Call(v, api.ChangeEmail, api.EmailRequest{Email: "olav@bompass.example"}, "")
	if mail := h.LastMessage("olav@bompass.example"); strings.Contains(mail.Text, "token=") {
		t.Errorf("the owner of a taken address is sent %+v", mail)
	}
	proves.That(t, "S1.25")
}

func TestTakenEmailAddressIsRefused(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	webtest.Call(v, api.ChangeEmail, api.EmailRequest{Email: "free@bompass.example"}, "")
	h.Exec("update account set email = 'free@bompass.example' where email = 'olav@bompass.example'")
	if p := v.OpenLink(h.LinkIn(h.LastMessage("free@bompass.example")), url.Values{}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an address that another account has by now: got %d", p.StatusCode)
	}
}
