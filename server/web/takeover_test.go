package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bompass/server/access/factor"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
)

// The tests of this file are the rows of the table "Who can become whom" in assets/docs/security.md. In each, a stranger
// starts a flow with what strangers know, the person does what its message asks for, and the stranger has gained nothing.

const victim = "offer@bompass.example"

// ownersOf returns the names of the owners of an agreement.
func ownersOf(h *webtest.Server, number string) string {
	return h.QueryText(`select coalesce(string_agg(a.person, ',' order by a.person), 'nobody') from agreement g
		join account_party p on p.customer_id = g.customer_id and p.role = 'owner' join account a on a.id = p.account_id
		where g.number = '` + number + `'`)
}

// A stranger registers the address of a person who has an agreement, with a password and a name. Both are chosen anew by
// the reader of the mailbox, so that the stranger's password opens nothing.
func TestStrangerCannotRegisterForAnother(t *testing.T) {
	h := webtest.New(t)
	h.ImportAgreement("private", "7009301", victim)
	const theirs = "strangers vet alltid best"
	stranger := h.Visitor()
	for range 2 {
		stranger.SubmitForm("/register?lang=de", url.Values{"email": {victim}, "name": {"Gewinn Sie"}, "password": {theirs}})
	}
	if mail := h.LastMessage(victim); strings.Contains(mail.Text, "Gewinn") {
		t.Errorf("the message has the stranger's words: %s", mail.Text)
	}
	first := h.LinkIn(h.Inbox.List(victim)[1])
	owner := h.Visitor()
	if p := owner.OpenLink(h.LinkIn(h.LastMessage(victim)), url.Values{}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("pressing the button alone: got %d, want name and password asked for", p.StatusCode)
	}
	owner.Register(victim, "Oda Ferdig")
	for _, password := range []string{theirs, webtest.NewPassword} {
		want := map[bool]int{true: http.StatusSeeOther, false: http.StatusUnauthorized}[password == webtest.NewPassword]
		if p := h.Visitor().SubmitPassword(victim, password); p.StatusCode != want {
			t.Errorf("%q: got %d, want %d", password, p.StatusCode, want)
		}
	}
	if p := stranger.OpenLink(first, url.Values{"name": {"Stranger"}, "password": {theirs}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another link to the address, later: got %d", p.StatusCode)
	}
	owner.SubmitPassword(victim, webtest.NewPassword)
	owner.EnrolTOTP("/login/enrol")
	owner.LoadCSRF()
	owner.CompleteWelcome(h.NewMobile())
	if got := ownersOf(h, "7009301"); got != "Oda Ferdig" {
		t.Errorf("the agreement is owned by %s", got)
	}
}

// A stranger changes their own account's address to a person's, who presses everything that the message offers. The
// address, and the agreement on it, is given to a session of the account only.
func TestStrangerCannotTakeAnAddress(t *testing.T) {
	h := webtest.New(t)
	h.ImportAgreement("private", "7009302", victim)
	stranger := h.SignIn("olav@bompass.example")
	webtest.Call(stranger, api.ChangeEmail, api.EmailRequest{Email: victim}, "")
	path := h.LinkIn(h.LastMessage(victim))

	outside := h.Visitor()
	outside.Get(path)
	page := outside.Get("/email/confirm")
	if !strings.Contains(page.Body, `href="/login?next=%2Femail%2Fconfirm"`) || strings.Contains(page.Body, `action="/email/confirm"`) {
		t.Errorf("without a session the page can confirm: %s", page.Body)
	}
	form := webtest.Header("Content-Type", "application/x-www-form-urlencoded")
	token := webtest.HiddenOf(page.Body, "csrf")
	if p := outside.Do(http.MethodPost, "/email/confirm", "csrf="+token, form); !strings.HasPrefix(p.Header.Get("Location"), "/login") {
		t.Errorf("confirmed without a session: %d %s", p.StatusCode, p.Body)
	}
	other := h.SignIn("per@bompass.example")
	if p := other.OpenLink(path, url.Values{}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("confirmed in the session of another account: got %d", p.StatusCode)
	}
	for _, code := range []string{"000000", "111111", "222222", "333333", "444444", "555555"} {
		webtest.Call(stranger, api.ConfirmCode, api.ConfirmRequest{Channel: "email", Code: code}, fault.CodeWrong)
	}
	me := webtest.Call(stranger, api.Profile, api.Empty{}, "")
	if got := ownersOf(h, "7009302"); got != "nobody" || me.Email != "olav@bompass.example" {
		t.Errorf("the agreement is owned by %s; the stranger's address is %s", got, me.Email)
	}
}

// A stranger searches for agreements by a person's address. The link in the message works in the stranger's session
// only, which does not have it.
func TestStrangerCannotLinkAgreementsOfAnAddress(t *testing.T) {
	h := webtest.New(t)
	h.ImportAgreement("private", "7009303", victim)
	stranger := h.SignIn("olav@bompass.example")
	stranger.SubmitFormAt("/agreements/find", "/agreements/find", url.Values{"email": {victim}})
	path := h.LinkIn(h.LastMessage(victim))
	if p := h.SignIn("per@bompass.example").OpenLink(path, url.Values{}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("in the person's session: got %d", p.StatusCode)
	}
	if p := stranger.SubmitForm("/agreements/link", url.Values{}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without the token: got %d", p.StatusCode)
	}
	if got := ownersOf(h, "7009303"); got != "nobody" {
		t.Errorf("the agreement is owned by %s", got)
	}
}

// A stranger who knows a customer number, but not the personal number, registers no address for it. An address is
// registered once its mailbox is proven, so that a mistyped one gives nobody anything and keeps nobody out.
func TestStrangerCannotSignInForTheFirstTimeForAnother(t *testing.T) {
	h := webtest.New(t)
	h.ImportLegacy(
		"customer,kind,name,country,language,personal_number\nL-1,private,Lars Ek,SE,nb,19780101-2399\n",
		"agreement,customer,charger,from\n7009304,L-1,ferde,2024-01-01\n",
	)
	register := func(personal, email string) {
		t.Helper()
		h.Advance(time.Hour) // past the throttle
		h.Visitor().SubmitForm("/first/email", url.Values{"number": {"7009304"}, "personal": {personal}, "email": {email}})
	}
	register("14848530051", "stranger@bompass.example")
	register("19780101-2399", "mistyped@bompass.example")
	h.Visitor().SubmitForm("/first/password", url.Values{"number": {"7009304"}, "email": {"stranger@bompass.example"}})
	mistyped := h.LinkIn(h.LastMessage("mistyped@bompass.example"))
	if n := len(h.Inbox.List("")); n != 1 {
		t.Errorf("%d messages were sent, want one, to the address that is not proven", n)
	}
	register("19780101-2399", victim)
	if p := h.Visitor().OpenLink(h.LinkIn(h.LastMessage(victim)), url.Values{}); p.StatusCode != http.StatusOK {
		t.Fatalf("the right address: %d %s", p.StatusCode, p.Body)
	}
	if p := h.Visitor().OpenLink(mistyped, url.Values{}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("another address, later: got %d", p.StatusCode)
	}
	h.SetFirstPassword("7009304", victim)
	if got := ownersOf(h, "7009304"); got != "Lars Ek" {
		t.Errorf("the agreement is owned by %s", got)
	}
}

// An invitation gives its reader a right, and whoever sent it nothing of the reader's.
func TestInvitingGivesTheInviterNothing(t *testing.T) {
	h := webtest.New(t)
	stranger := h.SignIn("nils@fjordfrakt.example")
	before := webtest.Call(stranger, api.Sessions, api.Empty{}, "")
	parties := h.QueryText("select count(*)::text from account_party p join account a on a.id = p.account_id where a.email = 'nils@fjordfrakt.example'")
	webtest.Call(stranger, api.Invite, api.InviteRequest{Email: webtest.Kari, Role: "auditor"}, "")
	path := h.LinkIn(h.LastMessage(webtest.Kari))
	kari := h.SignIn(webtest.Kari)
	if p := kari.OpenLink(path, url.Values{}); p.StatusCode != http.StatusOK {
		t.Fatalf("accept: %d %s", p.StatusCode, p.Body)
	}
	if p := h.SignIn("olav@bompass.example").OpenLink(path, url.Values{}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a second person with the link: got %d", p.StatusCode)
	}
	after := h.QueryText("select count(*)::text from account_party p join account a on a.id = p.account_id where a.email = 'nils@fjordfrakt.example'")
	if after != parties || ownersOf(h, "7001001") != "Kari Lund" || len(before.Sessions) != 1 {
		t.Errorf("the inviter has %s rights, had %s; the reader's agreement is owned by %s", after, parties, ownersOf(h, "7001001"))
	}
}

// A stranger begins to connect an eID to their account and lets another person authenticate at the issuer. The answer is
// accepted in the stranger's browser only, and an eID that opens an account with a password is never merged.
func TestStrangerCannotConnectAnothersEID(t *testing.T) {
	p := webtest.NewPortal(t)
	p.SignInWithEID("liv") // who has an account
	stranger := p.SignIn("olav@bompass.example")
	begun := stranger.Get("/login/eid/no?link=1").Header.Get("Location")
	person := p.Visitor()
	answer := person.AuthenticateAt(begun, "no", "liv")
	if back := person.DoCrossSite(http.MethodGet, answer, ""); back.StatusCode == http.StatusOK || back.Header.Get("Location") == "/security/eid" {
		t.Errorf("the answer in the person's browser: %d %q", back.StatusCode, back.Header.Get("Location"))
	}
	if page := stranger.Get("/security/eid"); page.Header.Get("Location") != "/security" {
		t.Errorf("the stranger is offered the eID: %d %s", page.StatusCode, page.Body)
	}
	if n := p.QueryText("select count(*)::text from account where person = 'Liv Nygaard'"); n != "1" {
		t.Errorf("%s accounts of the person, want her own", n)
	}
}

// A stranger with a customer number of the legacy system, but not its password, links nothing.
func TestStrangerCannotLinkByLegacyNumber(t *testing.T) {
	h := webtest.New(t)
	h.ImportAgreement("private", "7009305", victim)
	h.ImportCredential("A-100205", "7009305")
	stranger := h.SignIn("olav@bompass.example")
	for _, password := range []string{"", "7009305", "A-100205", fixture.Password} {
		stranger.SubmitLegacyPassword("A-100205", password)
	}
	if got := ownersOf(h, "7009305"); got != "nobody" {
		t.Errorf("the agreement is owned by %s", got)
	}
}

// The next subscriber of a mobile number that was a login name asks for a new password. Where the number receives codes
// as a second factor as well, the link goes to the email address, so that the number alone opens nothing.
func TestNextSubscriberOfNumberGetsNoLink(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	v.SubmitFormAt("/security/text", "/security", url.Values{})
	if p := v.SubmitFormAt("/security/text/code", "/security/text", url.Values{"code": {h.TextCode()}}); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("codes by text message: %d %s", p.StatusCode, p.Body)
	}
	h.Advance(factor.TextCodeInterval + time.Second)
	before := len(h.Inbox.List(webtest.Phone))
	h.Visitor().SubmitForm("/password/forgot", url.Values{"name": {webtest.Phone}})
	if mail := h.LastMessage(webtest.Kari); !strings.Contains(mail.Text, "/password/new?token=") {
		t.Errorf("the owner is sent %q", mail.Subject)
	}
	if n := len(h.Inbox.List(webtest.Phone)); n != before {
		t.Errorf("%d text messages were sent", n-before)
	}
}

// "This was not me" withdraws a link, with and without a session, and the account that asked has it in its history.
func TestDeclinedLinkIsWithdrawn(t *testing.T) {
	for name, begin := range map[string]func(h *webtest.Server) (to string, asker *webtest.Visitor){
		"registration": func(h *webtest.Server) (string, *webtest.Visitor) {
			h.Visitor().SubmitForm("/register", url.Values{"email": {victim}})
			return victim, nil
		},
		"forgotten password": func(h *webtest.Server) (string, *webtest.Visitor) {
			h.Visitor().SubmitForm("/password/forgot", url.Values{"name": {webtest.Kari}})
			return webtest.Kari, nil
		},
		"first password": func(h *webtest.Server) (string, *webtest.Visitor) {
			h.ImportAgreement("private", "7009306", victim)
			h.Visitor().SubmitForm("/first/password", url.Values{"number": {"7009306"}})
			return victim, nil
		},
		"email change": func(h *webtest.Server) (string, *webtest.Visitor) {
			v := h.SignIn("olav@bompass.example")
			webtest.Call(v, api.ChangeEmail, api.EmailRequest{Email: victim}, "")
			return victim, v
		},
		"linking": func(h *webtest.Server) (string, *webtest.Visitor) {
			v := h.SignIn("olav@bompass.example")
			v.SubmitFormAt("/agreements/find", "/agreements/find", url.Values{"email": {victim}})
			return victim, v
		},
		"invitation": func(h *webtest.Server) (string, *webtest.Visitor) {
			webtest.Call(h.SignIn("nils@fjordfrakt.example"), api.Invite, api.InviteRequest{Email: victim, Role: "auditor"}, "")
			return victim, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := webtest.New(t)
			to, asker := begin(h)
			path := h.LinkIn(h.LastMessage(to))
			reader := h.Visitor()
			at := reader.Get(path).Header.Get("Location")
			if page := reader.Get(at); !strings.Contains(page.Body, "Dette var ikke meg") {
				t.Fatalf("%s offers nothing to decline with: %d %s", at, page.StatusCode, page.Body)
			}
			done := reader.SubmitFormAt("/link/decline", at, url.Values{})
			if done.StatusCode != http.StatusOK || !strings.Contains(done.Body, "Lenken virker ikke lenger") {
				t.Errorf("decline: %d %s", done.StatusCode, done.Body)
			}
			if n := h.QueryText("select count(*)::text from link where used_at is null and purpose not in ('nothing', 'email.undo')"); n != "0" {
				t.Errorf("%s links can still be used", n)
			}
			if name == "invitation" {
				h.Advance(time.Minute) // to the next code
				if people := webtest.Call(h.SignIn("nils@fjordfrakt.example"), api.People, api.Empty{}, ""); len(people.Invited) != 0 {
					t.Errorf("the invitation is still open: %+v", people.Invited)
				}
			}
			if asker == nil {
				return
			}
			if history := webtest.Call(asker, api.Sessions, api.Empty{}, "").History; history[0].Kind != "link.declined" {
				t.Errorf("history: %+v", history)
			}
			if p := asker.OpenLink(path, url.Values{}); p.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("the link afterwards: got %d", p.StatusCode)
			}
		})
	}
}
