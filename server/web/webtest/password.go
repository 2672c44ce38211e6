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

// Fresh is a password that is accepted.
const Fresh = "sju svaner seiler sakte"

// LastMessage hands over every letter that is due and returns the newest to an address.
func (h *Server) LastMessage(to string) sim.Received {
	h.t.Helper()
	sender := notice.NewSender(noticedb.New(h.DB), h.Keys, notice.Channels{Mailer: h.Inbox, Texter: textsim.New(h.Inbox), Printer: printsim.New(h.Inbox)}, h.Now)
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

// LinkIn is the path of the link in a message.
func (h *Server) LinkIn(m sim.Received) string {
	h.t.Helper()
	found := linkPattern.FindString(m.Text)
	path, ok := strings.CutPrefix(found, h.URL)
	if !ok {
		h.t.Fatalf("no link in %q", m.Text)
	}
	return path
}

// OpenLink opens an email's link and sends the form behind it.
func (v *Visitor) OpenLink(path string, fields url.Values) Page {
	v.t.Helper()
	p := v.Get(path)
	if p.StatusCode != http.StatusSeeOther || strings.Contains(p.Header.Get("Location"), "token") || p.Header.Get("Referrer-Policy") != "no-referrer" {
		v.t.Fatalf("the link: got %d %q, want its token out of the address and told to nobody", p.StatusCode, p.Header.Get("Location"))
	}
	// A browser that may not say where it is sends a form's Origin as null, which is refused.
	if policy := v.Get(p.Header.Get("Location")).Header.Get("Referrer-Policy"); policy == "no-referrer" {
		v.t.Errorf("%s has a form and the policy %s", p.Header.Get("Location"), policy)
	}
	return v.SubmitForm(p.Header.Get("Location"), fields)
}

// SecretPattern matches the secret of an authenticator app on a page.
var SecretPattern = regexp.MustCompile(`<code class="bp-secret">([A-Z2-7 ]+)</code>`)

// EnrolTOTP connects an authenticator app on the page it is offered on, and returns its secret.
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

// SubmitFormAt sends a form of the signed-in person.
func (v *Visitor) SubmitFormAt(action, from string, fields url.Values, changes ...Change) Page {
	v.t.Helper()
	found := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(v.Get(from).Body)
	if found == nil {
		v.t.Fatalf("%s has no form", from)
	}
	fields.Set("csrf", found[1])
	return v.Do(http.MethodPost, action, fields.Encode(), append([]Change{Header("Content-Type", "application/x-www-form-urlencoded")}, changes...)...)
}

// ParsedURL is the house's address.
func (h *Server) ParsedURL() *url.URL {
	u, err := url.Parse(h.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	return u
}

// Exec runs a statement that no flow has yet.
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

// QueryText reads a value that no page shows.
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
