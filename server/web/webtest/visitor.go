package webtest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/pquerna/otp/totp"

	"bompass/shared/api"
	"bompass/shared/fixture"
)

// Visitor is a browser without scripts: it stores cookies, follows no redirect, and states the origin of its requests.
type Visitor struct {
	*Server
	Client *http.Client
	CSRF   string
}

// Visitor returns a new browser without cookies.
func (h *Server) Visitor() *Visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true}
	h.t.Cleanup(transport.CloseIdleConnections)
	return &Visitor{Server: h, Client: &http.Client{
		Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Page is an answer and its body.
type Page struct {
	*http.Response
	Body string
}

// Change is a change of a request before it is sent.
type Change func(*http.Request)

// Header returns a change that sets a header, or removes it if the value is empty.
func Header(name, value string) Change {
	return func(r *http.Request) {
		if r.Header.Del(name); value != "" {
			r.Header.Set(name, value)
		}
	}
}

// Host returns a change that names another host.
func Host(name string) Change { return func(r *http.Request) { r.Host = name } }

// Do sends a request as the portal's own page does, and returns the answer.
func (v *Visitor) Do(method, path, body string, changes ...Change) Page {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.URL+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	// Browsers send these headers with every request of a page's own script.
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		r.Header.Set("Origin", v.URL)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Csrf-Token", v.CSRF)
	}
	for _, c := range changes {
		c(r)
	}
	resp, err := v.Client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return Page{resp, string(text)}
}

// Get requests a page.
func (v *Visitor) Get(path string, changes ...Change) Page {
	v.t.Helper()
	return v.Do(http.MethodGet, path, "", changes...)
}

// HiddenPattern matches the hidden fields csrf and next of a form.
var HiddenPattern = regexp.MustCompile(`name="(csrf|next)" value="([^"]*)"`)

// SubmitForm submits the form on the page at path, with its hidden fields, to the same path.
func (v *Visitor) SubmitForm(path string, fields url.Values, changes ...Change) Page {
	v.t.Helper()
	for _, m := range HiddenPattern.FindAllStringSubmatch(v.Get(path).Body, -1) {
		if !fields.Has(m[1]) {
			fields.Set(m[1], m[2])
		}
	}
	action, _, _ := strings.Cut(path, "?")
	form := Header("Content-Type", fiber.MIMEApplicationForm)
	return v.Do(http.MethodPost, action, fields.Encode(), append([]Change{form}, changes...)...)
}

// SubmitPassword submits the sign-in form.
func (v *Visitor) SubmitPassword(email, password string) Page {
	v.t.Helper()
	return v.SubmitForm("/login", url.Values{"email": {email}, "password": {password}})
}

// SubmitCode submits the form of the authenticator's code.
func (v *Visitor) SubmitCode(code string) Page {
	v.t.Helper()
	return v.SubmitForm("/login/code", url.Values{"code": {code}})
}

// TOTPCode returns the current code of an account of the demo data.
func (h *Server) TOTPCode(email string) string {
	h.t.Helper()
	for _, a := range fixture.Accounts() {
		if a.Email == email {
			code, err := totp.GenerateCode(a.TOTPSecret, h.Now())
			if err != nil {
				h.t.Fatal(err)
			}
			return code
		}
	}
	h.t.Fatalf("no account has the address %s", email)
	return ""
}

// Kari is the email address of a private customer of the demo data.
const Kari = "kari@bompass.example"

// SignIn signs a person of the demo data in with password and code, and returns the browser with the CSRF token of the
// session.
func (h *Server) SignIn(email string) *Visitor {
	h.t.Helper()
	v := h.Visitor()
	if p := v.SubmitPassword(email, fixture.Password); p.StatusCode != http.StatusSeeOther {
		h.t.Fatalf("password: %d %s", p.StatusCode, p.Body)
	}
	if p := v.SubmitCode(h.TOTPCode(email)); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/" {
		h.t.Fatalf("code: %d %q %s", p.StatusCode, p.Header.Get("Location"), p.Body)
	}
	me := v.Get(api.Me.Path)
	_, rest, _ := strings.Cut(me.Body, `"csrf":"`)
	v.CSRF, _, _ = strings.Cut(rest, `"`)
	return v
}
