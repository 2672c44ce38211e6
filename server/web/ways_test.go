package web_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pquerna/otp/totp"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/server/internal/proves"
	"bompass/server/notice"
	"bompass/server/partner/mail/sim"
	printsim "bompass/server/partner/print/sim"
	textsim "bompass/server/partner/text/sim"
	"bompass/server/store/accessdb"
	"bompass/server/store/noticedb"
	"bompass/server/web"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

const fresh = "sju svaner seiler sakte"

// post hands over every letter that is due and returns the newest to an address.
func (h *house) post(to string) sim.Received {
	h.t.Helper()
	sender := notice.NewSender(noticedb.New(h.db), h.keys, notice.Channels{Mailer: h.inbox, Texter: textsim.New(h.inbox), Printer: printsim.New(h.inbox)}, h.now)
	for _, id := range pgtest.WaitingMessages(h.t, h.db) {
		_ = sender.Send(h.t.Context(), notice.SendJob{ID: id}, 1) // a code that has expired is given up
	}
	list := h.inbox.List(to)
	if len(list) == 0 {
		h.t.Fatalf("nothing was sent to %s", to)
	}
	return list[0]
}

var linked = regexp.MustCompile(`https?://[^ \n]+`)

// linkIn is the path of the link in a message.
func (h *house) linkIn(m sim.Received) string {
	h.t.Helper()
	found := linked.FindString(m.Text)
	path, ok := strings.CutPrefix(found, h.url)
	if !ok {
		h.t.Fatalf("no link in %q", m.Text)
	}
	return path
}

// follow follows a letter's link and sends the form behind it.
func (v *visitor) open(path string, fields url.Values) page {
	v.t.Helper()
	p := v.get(path)
	if p.StatusCode != http.StatusSeeOther || strings.Contains(p.Header.Get("Location"), "token") || p.Header.Get("Referrer-Policy") != "no-referrer" {
		v.t.Fatalf("the link: got %d %q, want its token out of the address and told to nobody", p.StatusCode, p.Header.Get("Location"))
	}
	// A browser that may not say where it is sends a form's Origin as null, which is refused.
	if policy := v.get(p.Header.Get("Location")).Header.Get("Referrer-Policy"); policy == "no-referrer" {
		v.t.Errorf("%s has a form and the policy %s", p.Header.Get("Location"), policy)
	}
	return v.fill(p.Header.Get("Location"), fields)
}

var secretOn = regexp.MustCompile(`<code class="bp-secret">([A-Z2-7 ]+)</code>`)

// enrol connects an authenticator app on the page it is offered on, and returns its secret.
func (v *visitor) enrol(path string) (secret string, after page) {
	v.t.Helper()
	found := secretOn.FindStringSubmatch(v.get(path).body)
	if found == nil {
		v.t.Fatalf("%s offers no secret", path)
	}
	secret = strings.ReplaceAll(found[1], " ", "")
	code, err := totp.GenerateCode(secret, v.now())
	if err != nil {
		v.t.Fatal(err)
	}
	return secret, v.fill(path, url.Values{"code": {code}})
}

// S1.06, S1.07, S1.08, S2.15, S2.16, S2.17, S2.20: register, confirm, log in again, connect an app.
func TestANewcomerRegistersAndConnectsAnApp(t *testing.T) {
	h := newHouse(t)
	v := h.visitor()
	const email = "berit@bompass.example"
	register := url.Values{"name": {"Berit Aas"}, "email": {" Berit@bompass.example"}, "password": {fresh}}
	if p := v.fill("/register", register); p.StatusCode != http.StatusOK || !strings.Contains(p.body, "Berit@bompass.example") {
		t.Fatalf("register: %d %s", p.StatusCode, p.body)
	}
	if p := v.password(email, fresh); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("before the link: got %d, want 401", p.StatusCode)
	}
	mail := h.post(email)
	if !strings.HasPrefix(mail.Subject, "Bekreft") || mail.Language != "nb" || !strings.Contains(mail.Text, "Hei Berit Aas") {
		t.Errorf("mail: %+v", mail)
	}
	path := h.linkIn(mail)
	if p := v.open(path, url.Values{}); p.StatusCode != http.StatusOK || len(h.inbox.List(email)) != 1 {
		t.Fatalf("confirm: %d %s", p.StatusCode, p.body)
	}
	if p := v.get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the link signed somebody in: got %d", p.StatusCode)
	}
	if p := h.visitor().open(path, url.Values{}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the link again: got %d, want 422", p.StatusCode)
	}
	if p := v.password(email, fresh); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("password: %d", p.StatusCode)
	}
	if p := v.get("/login/code"); p.Header.Get("Location") != "/login/enrol" {
		t.Errorf("without a factor: sent to %q", p.Header.Get("Location"))
	}
	if p := v.get("/login/enrol"); !strings.Contains(html.UnescapeString(p.body), `src="data:image/svg+xml;base64,`) {
		t.Error("there is no picture to scan")
	}
	if p := v.fill("/login/enrol", url.Values{"code": {"000000"}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("wrong code: got %d", p.StatusCode)
	}
	_, codes := v.enrol("/login/enrol")
	if n := strings.Count(codes.body, "<li><code>"); n != factor.RecoveryCodes {
		t.Errorf("%d recovery codes are shown, want %d: %s", n, factor.RecoveryCodes, codes.body)
	}
	if !strings.Contains(codes.body, `href="/profile"`) { // S2.18
		t.Error("the newcomer is not led to what is missing")
	}
	if p := v.get(api.Me.Path); !strings.Contains(p.body, `"person":"Berit Aas"`) {
		t.Errorf("me: %d %s", p.StatusCode, p.body)
	}
	if got := h.post(email); !strings.Contains(got.Subject, "Ny måte") {
		t.Errorf("the owner is not told of the factor: %+v", got)
	}
	proves.That(t, "S2.15–S2.17", "O.01")
}

// ASVS V6.4.2, portal.md D4: a known and an unknown address read the same.
func TestNobodyLearnsWhoHasAnAccount(t *testing.T) {
	h := newHouse(t)
	for path, fields := range map[string][2]url.Values{
		"/register":        {{"name": {"A B"}, "email": {kari}, "password": {fresh}}, {"name": {"A B"}, "email": {"k4ri@bompass.example"}, "password": {fresh}}},
		"/password/forgot": {{"name": {kari}}, {"name": {"k4ri@bompass.example"}}},
		"/first/password":  {{"number": {"7001001"}}, {"number": {"7999999"}}},
		"/first/email": {
			{"number": {"7001001"}, "personal": {"14848530051"}, "email": {"x@bompass.example"}},
			{"number": {"7999999"}, "personal": {"14848530051"}, "email": {"x@bompass.example"}},
		},
	} {
		known, unknown := h.visitor().fill(path, fields[0]), h.visitor().fill(path, fields[1])
		same := strings.NewReplacer(kari, "it", "k4ri@bompass.example", "it")
		if known.StatusCode != unknown.StatusCode || known.StatusCode != http.StatusOK || same.Replace(known.body) != same.Replace(unknown.body) {
			t.Errorf("%s: known %d, unknown %d, or other words", path, known.StatusCode, unknown.StatusCode)
		}
	}
	if got := h.post(kari); len(h.inbox.List(kari)) != 4 {
		t.Errorf("%d letters to the owner, want one for each flow, newest %q", len(h.inbox.List(kari)), got.Subject)
	}
	for _, r := range h.inbox.List("") {
		if r.To != kari && r.To != "k4ri@bompass.example" {
			t.Errorf("a letter went to %s", r.To)
		}
	}
}

// S4.09, S4.10, S4.11, S4.12, ASVS V6.4.3: a link by mail; the second factor is still needed.
func TestAForgottenPasswordIsChosenAnew(t *testing.T) {
	h := newHouse(t)
	inside := h.signIn(kari)
	v := h.visitor()
	if p := v.fill("/password/forgot", url.Values{"name": {kari}}); !strings.Contains(p.body, "72 54 09 00") {
		t.Errorf("the page has no number to call: %s", p.body)
	}
	path := h.linkIn(h.post(kari))
	for what, password := range map[string]string{"short": "ei bru", "common": "Passord123456", "own": "karilund-2026"} {
		if p := h.visitor().open(path, url.Values{"password": {password}}); p.StatusCode != http.StatusUnprocessableEntity || strings.Contains(p.body, password) {
			t.Errorf("a %s password: got %d", what, p.StatusCode)
		}
	}
	if p := v.open(path, url.Values{"password": {fresh}}); p.StatusCode != http.StatusOK {
		t.Fatalf("choose: %d %s", p.StatusCode, p.body)
	}
	if p := inside.get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("an old session: got %d, want it ended", p.StatusCode)
	}
	if p := v.password(kari, fixture.Password); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the old password: got %d", p.StatusCode)
	}
	if p := v.password(kari, fresh); p.Header.Get("Location") != "/login/code" {
		t.Errorf("the new password: %d %q, want the code's page", p.StatusCode, p.Header.Get("Location"))
	}
	if p := h.visitor().open(path, url.Values{"password": {fresh + "r"}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the link again: got %d", p.StatusCode)
	}
	h.visitor().fill("/password/forgot", url.Values{"name": {"olav@bompass.example"}})
	late := h.linkIn(h.post("olav@bompass.example"))
	h.pass(access.ResetMax + time.Second)
	if p := h.visitor().open(late, url.Values{"password": {fresh}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("after 20 minutes: got %d", p.StatusCode)
	}
	proves.That(t, "S4.09", "S4.11", "S4.12")
}

// S3.06, S3.11, S4.08, K03: one account, several names; S4.10: the link by SMS.
func TestAnAccountHasSeveralNames(t *testing.T) {
	h := newHouse(t)
	h.sql("update profile set mobile = '+4790000001', mobile_confirmed_at = now() where account_id = '0196a000-0000-7000-8000-000000000501'")
	for _, name := range []string{kari, "7001001", "7 001 001", "90 00 00 01", "+4790000001", "0047 900 00 001"} {
		if p := h.visitor().password(name, fixture.Password); p.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: got %d", name, p.StatusCode)
		}
	}
	h.visitor().fill("/password/forgot", url.Values{"name": {"900 00 001"}})
	if sms := h.post("+4790000001"); !sms.SMS || !strings.HasPrefix(h.linkIn(sms), "/password/new?token=") {
		t.Errorf("text message: %+v", sms)
	}
	h.sql("update profile set mobile_confirmed_at = null")
	if p := h.visitor().password("90000001", fixture.Password); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("an unconfirmed number: got %d", p.StatusCode)
	}
	h.sql("insert into customer_contact (customer_id, organisation) values ('0196a000-0000-7000-8000-000000000002', '165560360793')")
	if p := h.visitor().password("16556036-0793", fixture.Password); p.StatusCode != http.StatusSeeOther { // S3.14, K15
		t.Errorf("an organisation number: got %d", p.StatusCode)
	}
}

// S3.15 to S3.28: a customer without an account registers an address and creates a password.
func TestACustomerNumberComesAliveInTwoSteps(t *testing.T) {
	h := newHouse(t)
	const customer, mail = "0196a000-0000-7000-8000-0000000000f1", "lars@bompass.example"
	h.sql("insert into customer (id, kind, name, email, country, language) values ('" + customer + "', 'private', 'Lars Ek', '', 'SE', 'sv')")
	h.sql("insert into agreement (id, number, customer_id, issuer, charger, valid_from) values (gen_random_uuid(), '7009001', '" + customer + "', 'bompass', 'ferde', '2024-01-01')")
	key, sealed := h.keys.SealText([]byte("197801012399"), customer)
	if err := accessdb.New(h.db).AddCustomerIdentity(t.Context(), toll.CustomerID(customer), seal.Sealed{Key: key, Data: sealed}, h.keys.LookupHash("197801012399")); err != nil {
		t.Fatal(err)
	}
	fill := func(personal, email string) {
		t.Helper()
		h.pass(time.Hour) // past the throttle
		if p := h.visitor().fill("/first/email", url.Values{"number": {"7009001"}, "personal": {personal}, "email": {email}}); p.StatusCode != http.StatusOK {
			t.Fatalf("first e-mail: %d %s", p.StatusCode, p.body)
		}
	}
	fill("14848530051", "thief@bompass.example") // somebody else's number
	fill("19780101-2399", mail)
	if got := h.post(mail); got.Language != "sv" {
		t.Errorf("S3.21: %+v", got)
	}
	fill("19780101-2399", "thief@bompass.example") // S3.22, K02: never replaced
	if got := h.post(mail); len(h.inbox.List("thief@bompass.example")) != 0 || !strings.Contains(got.Subject, "en annan") {
		t.Errorf("a second address: the owner got %q", got.Subject)
	}
	h.visitor().fill("/first/password", url.Values{"number": {"7009001"}, "email": {"thief@bompass.example"}})
	path := h.linkIn(h.post(mail))
	if len(h.inbox.List("thief@bompass.example")) != 0 { // S3.26
		t.Error("a letter went to an address that was typed in")
	}
	v := h.visitor()
	if p := v.open(path, url.Values{"password": {fresh}}); p.StatusCode != http.StatusOK {
		t.Fatalf("S3.27: %d %s %s", p.StatusCode, p.body, h.log.String())
	}
	if p := v.password("7009001", fresh); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("S3.28: %d", p.StatusCode)
	}
	v.enrol("/login/enrol")
	if p := v.get(api.Me.Path); !strings.Contains(p.body, customer) || !strings.Contains(p.body, `"language":"sv"`) {
		t.Errorf("me: %s", p.body)
	}
}

// portal.md D2: ten codes, each opens once, new ones end the old.
func TestRecoveryCodesOpenOnceAndAreReplaced(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	made := v.formIn("/security/codes", "/security", url.Values{})
	codes := regexp.MustCompile(`<li><code>([A-Z2-7-]+)</code>`).FindAllStringSubmatch(made.body, -1)
	if len(codes) != factor.RecoveryCodes || len(codes[0][1]) != 19 {
		t.Fatalf("codes: %v %s", codes, made.body)
	}
	use := func(code string) page {
		w := h.visitor()
		w.password(kari, fixture.Password)
		return w.fill("/login/recovery", url.Values{"code": {code}})
	}
	if p := use(strings.ToLower(codes[0][1])); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/" {
		t.Errorf("a code: got %d %s", p.StatusCode, p.body)
	}
	if mail := h.post(kari); !strings.Contains(mail.Text, "9 igjen") {
		t.Errorf("mail: %+v", mail)
	}
	if p := use(codes[0][1]); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the same code: got %d", p.StatusCode)
	}
	v.formIn("/security/codes", "/security", url.Values{})
	if p := use(codes[1][1]); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("a code of the old set: got %d", p.StatusCode)
	}
}

// formIn sends a form of the signed-in person.
func (v *visitor) formIn(action, from string, fields url.Values, changes ...change) page {
	v.t.Helper()
	found := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(v.get(from).body)
	if found == nil {
		v.t.Fatalf("%s has no form", from)
	}
	fields.Set("csrf", found[1])
	return v.do(http.MethodPost, action, fields.Encode(), append([]change{header("Content-Type", "application/x-www-form-urlencoded")}, changes...)...)
}

// portal.md D5, ASVS V7.5.1, V7.2.4: changes to the ways in need a factor shown in the last five minutes.
func TestImportantChangesNeedAFreshFactor(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	h.pass(access.StepUpMax + time.Second)
	for _, path := range []string{"/security/app", "/security/password"} {
		if p := v.get(path); p.Header.Get("Location") != "/prove?next="+url.QueryEscape(path) {
			t.Errorf("%s: got %d %q", path, p.StatusCode, p.Header.Get("Location"))
		}
	}
	if p := v.formIn("/security/codes", "/security", url.Values{}); !strings.HasPrefix(p.Header.Get("Location"), "/prove") {
		t.Errorf("new codes: got %d %q", p.StatusCode, p.Header.Get("Location"))
	}
	old := v.client.Jar.Cookies(v.parsed())
	if p := v.formIn("/prove", "/prove?next=/security/password", url.Values{"code": {"000000"}}); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("a wrong code: got %d", p.StatusCode)
	}
	if p := v.formIn("/prove", "/prove", url.Values{"code": {h.codeOf(kari)}, "next": {"/security/password"}}); p.Header.Get("Location") != "/security/password" {
		t.Fatalf("prove: got %d %q %s", p.StatusCode, p.Header.Get("Location"), p.body)
	}
	thief := h.visitor()
	thief.client.Jar.SetCookies(v.parsed(), old)
	if p := thief.get(api.Me.Path); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the token before: got %d, want it replaced", p.StatusCode)
	}
	if p := v.formIn("/security/password", "/security/password", url.Values{"password": {fresh}}); p.StatusCode != http.StatusOK {
		t.Fatalf("change password: %d %s", p.StatusCode, p.body)
	}
	if p := v.get(api.Me.Path); p.StatusCode != http.StatusOK {
		t.Errorf("this session: got %d, want it to go on", p.StatusCode)
	}
	if mail := h.post(kari); !strings.Contains(mail.Subject, "Passordet") {
		t.Errorf("mail: %+v", mail)
	}
}

// An app that replaces another: the old one's codes open nothing.
func TestAnAppIsReplaced(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	found := secretOn.FindStringSubmatch(v.get("/security/app").body)
	secret := strings.ReplaceAll(found[1], " ", "")
	code, err := totp.GenerateCode(secret, h.now())
	if err != nil {
		t.Fatal(err)
	}
	if p := v.formIn("/security/app", "/security/app", url.Values{"code": {code}}); p.StatusCode != http.StatusOK && p.StatusCode != http.StatusSeeOther {
		t.Fatalf("confirm: %d %s", p.StatusCode, p.body)
	}
	h.pass(time.Minute)
	w := h.visitor()
	w.password(kari, fixture.Password)
	if p := w.code(h.codeOf(kari)); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("the old app: got %d", p.StatusCode)
	}
	code, _ = totp.GenerateCode(secret, h.now())
	if p := w.code(code); p.StatusCode != http.StatusSeeOther {
		t.Errorf("the new app: got %d", p.StatusCode)
	}
}

// parsed is the house's address.
func (h *house) parsed() *url.URL {
	u, err := url.Parse(h.url)
	if err != nil {
		h.t.Fatal(err)
	}
	return u
}

// The mailbox is for trying out: every mail is there with its link, and in production it is not.
func TestTheMailboxIsOnlyForTryingOut(t *testing.T) {
	h := newHouse(t)
	h.visitor().fill("/password/forgot", url.Values{"name": {kari}})
	path := h.linkIn(h.post(kari))
	if p := h.visitor().get("/dev/inbox"); p.StatusCode != http.StatusOK || !strings.Contains(p.body, `href="`+h.url+path+`"`) {
		t.Errorf("the mailbox: %d %s", p.StatusCode, p.body)
	}
	real := newHouse(t, func(d *web.Deps) { d.Inbox = nil })
	if p := real.visitor().get("/dev/inbox"); p.StatusCode != http.StatusNotFound {
		t.Errorf("without a mailbox: got %d", p.StatusCode)
	}
}

// sql runs a statement that no flow has yet.
func (h *house) sql(statement string) {
	h.t.Helper()
	h.standIn("a row that the test has written")
	conn, err := pgx.Connect(h.t.Context(), h.dsn)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = conn.Close(h.t.Context()) }()
	if _, err := conn.Exec(h.t.Context(), statement); err != nil {
		h.t.Fatalf("%s: %v", statement, err)
	}
}

// one reads a value that no page shows.
func (h *house) one(query string) (value string) {
	h.t.Helper()
	conn, err := pgx.Connect(h.t.Context(), h.dsn)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = conn.Close(h.t.Context()) }()
	if err := conn.QueryRow(h.t.Context(), query).Scan(&value); err != nil {
		h.t.Fatalf("%s: %v", query, err)
	}
	return value
}

// ASVS V6.3.5: a sign-in from a browser that the account was not seen in is told, from a known one not.
func TestTheOwnerHearsOfAnUnknownBrowser(t *testing.T) {
	h := newHouse(t)
	v := h.signIn(kari)
	v.get("/")
	if mail := h.post(kari); !strings.Contains(mail.Subject, "ny enhet") || !strings.Contains(mail.Text, "127.0.0.0/24") {
		t.Errorf("mail: %+v", mail)
	}
	h.pass(time.Minute)
	ask(v, api.Logout, api.Empty{}, "")
	v.password(kari, fixture.Password)
	if p := v.code(h.codeOf(kari)); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("again: %d", p.StatusCode)
	}
	if h.post(kari); len(h.inbox.List(kari)) != 1 {
		t.Errorf("%d letters, want the first alone", len(h.inbox.List(kari)))
	}
}
