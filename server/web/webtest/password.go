package webtest

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/pquerna/otp/totp"

	"bompass/server/internal/pgtest"
	"bompass/server/notice"
	"bompass/server/partner/mail/sim"
	printsim "bompass/server/partner/print/sim"
	textsim "bompass/server/partner/text/sim"
	"bompass/server/store/noticedb"
)

// NewPassword is a password that is accepted and that no account has.
const NewPassword = "sju svaner seiler sakte"

// LastMessage sends every waiting message and returns the newest to an address: of email, a telephone number or a
// postal address.
func (h *Server) LastMessage(to string) sim.Received {
	h.t.Helper()
	sender := notice.NewSender(noticedb.New(h.DB), h.Keys, notice.Channels{
		Mailer: h.Inbox, Texter: textsim.New(h.Inbox), Printer: printsim.New(h.Inbox),
	}, h.Now)
	for _, id := range pgtest.WaitingMessages(h.t, h.DB) {
		_ = sender.Send(h.t.Context(), notice.SendJob{ID: id}, 1) // a code that has expired is given up
	}
	list := h.Inbox.List(to)
	if len(list) == 0 {
		h.t.Fatalf("nothing was sent to %s", to)
	}
	return list[0]
}

var linkPattern = regexp.MustCompile(`https?://[^ \n]+`)

// LinkIn returns the path and query of the link in a message.
func (h *Server) LinkIn(m sim.Received) string {
	h.t.Helper()
	found := linkPattern.FindString(m.Text)
	path, ok := strings.CutPrefix(found, h.URL)
	if !ok {
		h.t.Fatalf("no link in %q", m.Text)
	}
	return path
}

// OpenLink opens the link of a message and submits the form on its page. It fails the test unless the token moves
// from the address into a cookie.
func (v *Visitor) OpenLink(path string, fields url.Values) Page {
	v.t.Helper()
	p := v.Get(path)
	if p.StatusCode != http.StatusSeeOther || strings.Contains(p.Header.Get("Location"), "token") ||
		p.Header.Get("Referrer-Policy") != "no-referrer" {
		v.t.Fatalf("the link: got %d %q, want a redirect without the token and no referrer", p.StatusCode,
			p.Header.Get("Location"))
	}
	// Under the policy no-referrer, a browser sends "null" as the Origin of a form, which the server refuses.
	if policy := v.Get(p.Header.Get("Location")).Header.Get("Referrer-Policy"); policy == "no-referrer" {
		v.t.Errorf("%s has a form and the referrer policy %s", p.Header.Get("Location"), policy)
	}
	return v.SubmitForm(p.Header.Get("Location"), fields)
}

// SecretPattern matches the secret for an authenticator app on a page.
var SecretPattern = regexp.MustCompile(`<code class="bp-secret">([A-Z2-7 ]+)</code>`)

// EnrolTOTP connects an authenticator app on the page at path, and returns its secret and the answer.
func (v *Visitor) EnrolTOTP(path string) (secret string, after Page) {
	v.t.Helper()
	found := SecretPattern.FindStringSubmatch(v.Get(path).Body)
	if found == nil {
		v.t.Fatalf("%s offers no secret", path)
	}
	secret = strings.ReplaceAll(found[1], " ", "")
	code, err := totp.GenerateCode(secret, v.Now())
	if err != nil {
		v.t.Fatal(err)
	}
	return secret, v.SubmitForm(path, url.Values{"code": {code}})
}

// SubmitFormAt submits a form of a signed-in person to action, with the token of the page at from.
func (v *Visitor) SubmitFormAt(action, from string, fields url.Values, changes ...Change) Page {
	v.t.Helper()
	found := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(v.Get(from).Body)
	if found == nil {
		v.t.Fatalf("%s has no form", from)
	}
	fields.Set("csrf", found[1])
	return v.Do(http.MethodPost, action, fields.Encode(), append([]Change{
		Header("Content-Type", "application/x-www-form-urlencoded"),
	}, changes...)...)
}

// ParsedURL returns the server's address.
func (h *Server) ParsedURL() *url.URL {
	u, err := url.Parse(h.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	return u
}

// Exec runs an SQL statement, for states that no flow of the product produces. The test then proves no behaviour.
func (h *Server) Exec(statement string) {
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

// QueryText returns a value from the database that no page shows.
func (h *Server) QueryText(query string) (value string) {
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
