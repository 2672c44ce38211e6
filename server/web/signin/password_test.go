package signin_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"bompass/server/access/factor"
	"bompass/server/internal/proves"
	"bompass/server/web"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fixture"
)

// S1.06–S1.08, S2.15–S2.17, S2.20, S4.14: a newcomer registers, follows the link, signs in again and connects an
// authenticator app.
func TestNewcomerRegistersAndConnectsApp(t *testing.T) {
	h := webtest.New(t)
	v := h.Visitor()
	const email = "berit@bompass.example"
	if p := v.SubmitForm("/register", url.Values{"email": {" Berit@bompass.example"}}); p.StatusCode != http.StatusOK || !strings.Contains(p.Body, "Berit@bompass.example") {
		t.Fatalf("register: %d %s", p.StatusCode, p.Body)
	}
	if p := v.SubmitPassword(email, webtest.NewPassword); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("before the link: got %d, want 401", p.StatusCode)
	}
	mail := h.LastMessage(email)
	if !strings.HasPrefix(mail.Subject, "Bekreft") || mail.Language != "nb" {
		t.Errorf("mail: %+v", mail)
	}
	path := h.LinkIn(mail)
	for what, fields := range map[string]url.Values{
		"name":     {"name": {""}, "password": {webtest.NewPassword}},
		"password": {"name": {"Berit Aas"}, "password": {"ei bru"}},
	} {
		if p := v.OpenLink(path, fields); p.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(p.Body, `id="`+what+`-error"`) {
			t.Errorf("a wrong %s: got %d", what, p.StatusCode)
		}
	}
	chosen := func() url.Values { return url.Values{"name": {" Berit Aas "}, "password": {webtest.NewPassword}} }
	if p := v.OpenLink(path, chosen()); p.StatusCode != http.StatusOK || len(h.Inbox.List(email)) != 1 {
		t.Fatalf("choose: %d %s", p.StatusCode, p.Body)
	}
	if p := v.Get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the link opens a session: got %d", p.StatusCode)
	}
	if p := h.Visitor().OpenLink(path, chosen()); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the link again: got %d, want 422", p.StatusCode)
	}
	if p := v.SubmitPassword(email, webtest.NewPassword); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("password: %d", p.StatusCode)
	}
	if p := v.Get("/login/code"); p.Header.Get("Location") != "/login/enrol" {
		t.Errorf("without a factor: sent to %q", p.Header.Get("Location"))
	}
	if p := v.Get("/login/enrol"); !strings.Contains(html.UnescapeString(p.Body), `src="data:image/svg+xml;base64,`) {
		t.Error("there is no QR code")
	}
	if p := v.SubmitForm("/login/enrol", url.Values{"code": {"000000"}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("wrong code: got %d", p.StatusCode)
	}
	_, codes := v.EnrolTOTP("/login/enrol")
	if n := strings.Count(codes.Body, "<li><code>"); n != factor.RecoveryCodes {
		t.Errorf("%d recovery codes are shown, want %d: %s", n, factor.RecoveryCodes, codes.Body)
	}
	if !strings.Contains(codes.Body, `class="ds-button" href="/"`) {
		t.Error("the page does not lead to the portal")
	}
	v.CheckRedirect("/", "/welcome") // S2.18
	if p := v.Get(api.Me.Path); !strings.Contains(p.Body, `"person":"Berit Aas"`) {
		t.Errorf("me: %d %s", p.StatusCode, p.Body)
	}
	if got := h.LastMessage(email); !strings.Contains(got.Subject, "Ny måte") {
		t.Errorf("the owner is not notified of the factor: %+v", got)
	}
	proves.That(t, "S2.15–S2.17", "O.01")
}

// ASVS V6.4.2: known and unknown addresses and numbers get the same answer.
func TestAnswersDoNotRevealAccounts(t *testing.T) {
	h := webtest.New(t)
	for path, fields := range map[string][2]url.Values{
		"/register":        {{"email": {webtest.Kari}}, {"email": {"k4ri@bompass.example"}}},
		"/password/forgot": {{"name": {webtest.Kari}}, {"name": {"k4ri@bompass.example"}}},
		"/first/password":  {{"number": {"7001001"}}, {"number": {"7999999"}}},
		"/first/email": {
			{"number": {"7001001"}, "personal": {"14848530051"}, "email": {"x@bompass.example"}},
			{"number": {"7999999"}, "personal": {"14848530051"}, "email": {"x@bompass.example"}},
		},
	} {
		known, unknown := h.Visitor().SubmitForm(path, fields[0]), h.Visitor().SubmitForm(path, fields[1])
		same := strings.NewReplacer(webtest.Kari, "it", "k4ri@bompass.example", "it")
		if known.StatusCode != unknown.StatusCode || known.StatusCode != http.StatusOK || same.Replace(known.Body) != same.Replace(unknown.Body) {
			t.Errorf("%s: known %d, unknown %d, or other words", path, known.StatusCode, unknown.StatusCode)
		}
	}
	if got := h.LastMessage(webtest.Kari); len(h.Inbox.List(webtest.Kari)) != 4 {
		t.Errorf("%d messages to the owner, want one for each flow; the newest is %q", len(h.Inbox.List(webtest.Kari)), got.Subject)
	}
	for _, r := range h.Inbox.List("") {
		if r.To != webtest.Kari && r.To != "k4ri@bompass.example" {
			t.Errorf("a message was sent to %s", r.To)
		}
	}
}

// S4.09–S4.12, ASVS V6.4.3: a forgotten password is reset by a link in an email. The second factor is still needed.
func TestForgottenPasswordIsReset(t *testing.T) {
	h := webtest.New(t)
	inside := h.SignIn(webtest.Kari)
	v := h.Visitor()
	if p := v.SubmitForm("/password/forgot", url.Values{"name": {webtest.Kari}}); !strings.Contains(p.Body, "72 54 09 00") {
		t.Errorf("the page has no telephone number: %s", p.Body)
	}
	path := h.LinkIn(h.LastMessage(webtest.Kari))
	for what, password := range map[string]string{"short": "ei bru", "common": "Passord123456", "own": "karilund-2026"} {
		if p := h.Visitor().OpenLink(path, url.Values{"password": {password}}); p.StatusCode != http.StatusUnprocessableEntity || strings.Contains(p.Body, password) {
			t.Errorf("a %s password: got %d", what, p.StatusCode)
		}
	}
	if p := v.OpenLink(path, url.Values{"password": {webtest.NewPassword}}); p.StatusCode != http.StatusOK {
		t.Fatalf("choose: %d %s", p.StatusCode, p.Body)
	}
	if p := inside.Get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("an old session: got %d, want it ended", p.StatusCode)
	}
	if p := v.SubmitPassword(webtest.Kari, fixture.Password); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the old password: got %d", p.StatusCode)
	}
	if p := v.SubmitPassword(webtest.Kari, webtest.NewPassword); p.Header.Get("Location") != "/login/code" {
		t.Errorf("the new password: %d %q, want the code's page", p.StatusCode, p.Header.Get("Location"))
	}
	h.Advance(time.Minute) // the code of this time step was used before
	if p := v.SubmitCode(h.TOTPCode(webtest.Kari)); p.Header.Get("Location") != "/" {
		t.Errorf("a code of the same app as before: %d %q, want to be signed in", p.StatusCode, p.Header.Get("Location"))
	}
	if p := h.Visitor().OpenLink(path, url.Values{"password": {webtest.NewPassword + "r"}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the link again: got %d", p.StatusCode)
	}
	h.Visitor().SubmitForm("/password/forgot", url.Values{"name": {"olav@bompass.example"}})
	late := h.LinkIn(h.LastMessage("olav@bompass.example"))
	h.Advance(20*time.Minute + time.Second)
	if p := h.Visitor().OpenLink(late, url.Values{"password": {webtest.NewPassword}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("after 20 minutes: got %d", p.StatusCode)
	}
	proves.That(t, "S4.09", "S4.11", "S4.12")
}

// S3.06, S3.11, S4.08: email address, customer number and confirmed mobile number are login names of one
// account.
func TestAccountHasSeveralLoginNames(t *testing.T) {
	h := webtest.New(t)
	for _, name := range []string{webtest.Kari, "7001001", "7 001 001", "90 00 00 01", webtest.Phone, "0047 900 00 001"} {
		v := h.Visitor()
		if p := v.SubmitPassword(name, fixture.Password); p.Header.Get("Location") != "/login/code" {
			t.Errorf("%s: got %d", name, p.StatusCode)
		}
	}
	v := h.SignIn(webtest.Kari)
	details := webtest.Call(v, api.Profile, api.Empty{}, "").Details
	details.Mobile = "+4790000002"
	webtest.Call(v, api.SaveProfile, api.SaveRequest{Details: details}, "")
	for name, mobile := range map[string]string{"an unconfirmed number": "90000002", "the number before": "90000001"} {
		if p := h.Visitor().SubmitPassword(mobile, fixture.Password); p.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: got %d", name, p.StatusCode)
		}
	}
	proves.That(t, "S3.11", "S4.08")
}

// S3.06, S3.15, S3.21, S3.22, S3.26–S3.28: a customer without an account registers an address and creates a password.
func TestCustomerNumberGetsAddressAndPassword(t *testing.T) {
	h := webtest.New(t)
	const mail, thief = "lars@bompass.example", "thief@bompass.example"
	h.ImportLegacy(
		"customer,kind,name,country,language,personal_number\nL-1,private,Lars Ek,SE,sv,19780101-2399\n",
		"agreement,customer,charger,from\n7009001,L-1,ferde,2024-01-01\n",
	)
	register := func(personal, email string) {
		t.Helper()
		h.Advance(time.Hour) // past the throttle
		fields := url.Values{"number": {"7009001"}, "personal": {personal}, "email": {email}}
		p := h.Visitor().SubmitForm("/first/email", fields)
		if p.StatusCode != http.StatusOK || !strings.Contains(p.Body, "72 54 09 00") {
			t.Fatalf("first address: %d, or no number of customer service: %s", p.StatusCode, p.Body)
		}
	}
	if p := h.Visitor().SubmitPassword("7009001", webtest.NewPassword); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("before the first password: got %d", p.StatusCode)
	}
	register("14848530051", thief) // the personal number of another person
	register("19780101-2399", mail)
	got := h.LastMessage(mail)
	if got.Language != "sv" || !strings.Contains(got.Text, "/first/email/confirm") {
		t.Errorf("the message to the registered address: %+v", got)
	}
	if p := h.Visitor().OpenLink(h.LinkIn(got), url.Values{}); p.StatusCode != http.StatusOK || !strings.Contains(p.Body, `href="/first/password"`) {
		t.Fatalf("the link to the registered address: %d %s", p.StatusCode, p.Body)
	}
	register("19780101-2399", thief)
	if got := h.LastMessage(mail); !strings.Contains(got.Subject, "en annan") || !strings.Contains(got.Text, "ringer oss") {
		t.Errorf("a second address: the owner is sent %+v", got)
	}
	h.Visitor().SubmitForm("/first/password", url.Values{"number": {"7009001"}, "email": {thief}})
	path := h.LinkIn(h.LastMessage(mail))
	if sent := h.Inbox.List(thief); len(sent) != 0 {
		t.Errorf("messages were sent to an address that was typed in: %+v", sent)
	}
	v := h.Visitor()
	if p := v.OpenLink(path, url.Values{"password": {webtest.NewPassword}}); p.StatusCode != http.StatusOK {
		t.Fatalf("first password: %d %s", p.StatusCode, p.Body)
	}
	if p := v.SubmitPassword("7009001", webtest.NewPassword); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign-in: %d", p.StatusCode)
	}
	v.EnrolTOTP("/login/enrol")
	if me := webtest.Call(v, api.Me, api.Empty{}, ""); me.Name != "Lars Ek" || me.Language != "sv" {
		t.Errorf("me: %+v", me)
	}
	if me := webtest.Call(v, api.Profile, api.Empty{}, ""); me.Email != mail || !me.EmailConfirmed {
		t.Errorf("profile: %+v", me)
	}
	proves.That(t, "S3.06", "S3.15", "S3.21", "S3.22", "S3.26–S3.28")
}

// Each of ten recovery codes works once. New codes replace all old ones.
func TestRecoveryCodeWorksOnce(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	made := v.SubmitFormAt("/security/codes", "/security", url.Values{})
	codes := regexp.MustCompile(`<li><code>([A-Z2-7-]+)</code>`).FindAllStringSubmatch(made.Body, -1)
	if len(codes) != factor.RecoveryCodes || len(codes[0][1]) != 19 {
		t.Fatalf("codes: %v %s", codes, made.Body)
	}
	use := func(code string) webtest.Page {
		w := h.Visitor()
		w.SubmitPassword(webtest.Kari, fixture.Password)
		return w.SubmitForm("/login/recovery", url.Values{"code": {code}})
	}
	if p := use(strings.ToLower(codes[0][1])); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/" {
		t.Errorf("a code: got %d %s", p.StatusCode, p.Body)
	}
	if mail := h.LastMessage(webtest.Kari); !strings.Contains(mail.Text, "9 igjen") {
		t.Errorf("mail: %+v", mail)
	}
	if p := use(codes[0][1]); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the same code: got %d", p.StatusCode)
	}
	v.SubmitFormAt("/security/codes", "/security", url.Values{})
	if p := use(codes[1][1]); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("a code of the old set: got %d", p.StatusCode)
	}
}

// ASVS V7.5.1, V7.2.4: a change to a factor needs a factor that was confirmed in the last five minutes.
func TestSensitiveChangesNeedStepUp(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	h.Advance(5*time.Minute + time.Second)
	for _, path := range []string{"/security/app", "/security/password"} {
		if p := v.Get(path); p.Header.Get("Location") != "/prove?next="+url.QueryEscape(path) {
			t.Errorf("%s: got %d %q", path, p.StatusCode, p.Header.Get("Location"))
		}
	}
	if p := v.SubmitFormAt("/security/codes", "/security", url.Values{}); !strings.HasPrefix(p.Header.Get("Location"), "/prove") {
		t.Errorf("new codes: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	old := v.Client.Jar.Cookies(v.ParsedURL())
	if p := v.SubmitFormAt("/prove", "/prove?next=/security/password", url.Values{"code": {"000000"}}); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("a wrong code: got %d", p.StatusCode)
	}
	if p := v.SubmitFormAt("/prove", "/prove", url.Values{"code": {h.TOTPCode(webtest.Kari)}, "next": {"/security/password"}}); p.Header.Get("Location") != "/security/password" {
		t.Fatalf("prove: got %d %q %s", p.StatusCode, p.Header.Get("Location"), p.Body)
	}
	thief := h.Visitor()
	thief.Client.Jar.SetCookies(v.ParsedURL(), old)
	if p := thief.Get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the previous token: got %d, want it replaced", p.StatusCode)
	}
	if p := v.SubmitFormAt("/security/password", "/security/password", url.Values{"password": {webtest.NewPassword}}); p.StatusCode != http.StatusOK {
		t.Fatalf("change password: %d %s", p.StatusCode, p.Body)
	}
	if p := v.Get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Errorf("this session: got %d, want it open", p.StatusCode)
	}
	if mail := h.LastMessage(webtest.Kari); !strings.Contains(mail.Subject, "Passordet") {
		t.Errorf("mail: %+v", mail)
	}
}

// The codes of a replaced authenticator app are refused.
func TestAuthenticatorAppIsReplaced(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	found := webtest.SecretPattern.FindStringSubmatch(v.Get("/security/app").Body)
	secret := strings.ReplaceAll(found[1], " ", "")
	code, err := totp.GenerateCode(secret, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if p := v.SubmitFormAt("/security/app", "/security/app", url.Values{"code": {code}}); p.StatusCode != http.StatusOK && p.StatusCode != http.StatusSeeOther {
		t.Fatalf("confirm: %d %s", p.StatusCode, p.Body)
	}
	h.Advance(time.Minute)
	w := h.Visitor()
	w.SubmitPassword(webtest.Kari, fixture.Password)
	if p := w.SubmitCode(h.TOTPCode(webtest.Kari)); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the old app: got %d", p.StatusCode)
	}
	code, _ = totp.GenerateCode(secret, h.Now())
	if p := w.SubmitCode(code); p.StatusCode != http.StatusSeeOther {
		t.Errorf("the new app: got %d", p.StatusCode)
	}
}

// The mailbox shows every message with its link in development. It does not exist in production.
func TestMailboxIsForDevelopmentOnly(t *testing.T) {
	h := webtest.New(t)
	h.Visitor().SubmitForm("/password/forgot", url.Values{"name": {webtest.Kari}})
	path := h.LinkIn(h.LastMessage(webtest.Kari))
	if p := h.Visitor().Get("/dev/inbox"); p.StatusCode != http.StatusOK || !strings.Contains(p.Body, `href="`+h.URL+path+`"`) {
		t.Errorf("the mailbox: %d %s", p.StatusCode, p.Body)
	}
	real := webtest.New(t, func(d *web.Deps) { d.Inbox = nil })
	if p := real.Visitor().Get("/dev/inbox"); p.StatusCode != http.StatusNotFound {
		t.Errorf("without a mailbox: got %d", p.StatusCode)
	}
}

// ASVS V6.3.5: the owner is notified of a sign-in from a browser that the account has not used before.
func TestSignInFromNewBrowserIsReported(t *testing.T) {
	h := webtest.New(t)
	v := h.SignIn(webtest.Kari)
	v.Get("/")
	if mail := h.LastMessage(webtest.Kari); !strings.Contains(mail.Subject, "ny enhet") || !strings.Contains(mail.Text, "127.0.0.0/24") {
		t.Errorf("mail: %+v", mail)
	}
	h.Advance(time.Minute)
	webtest.Call(v, api.Logout, api.Empty{}, "")
	v.SubmitPassword(webtest.Kari, fixture.Password)
	if p := v.SubmitCode(h.TOTPCode(webtest.Kari)); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("again: %d", p.StatusCode)
	}
	if h.LastMessage(webtest.Kari); len(h.Inbox.List(webtest.Kari)) != 1 {
		t.Errorf("%d messages, want only the first", len(h.Inbox.List(webtest.Kari)))
	}
}
