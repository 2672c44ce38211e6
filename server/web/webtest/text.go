package webtest

import (
	"net/url"
	"strings"

	"bompass/shared/fixture"
)

// Phone is Kari's mobile number, to which codes are sent.
const Phone = "+4790000001"

// TextCode returns the newest code that was sent to Kari by text message.
func (h *Server) TextCode() string {
	h.t.Helper()
	code := CodePattern.FindString(h.LastMessage(Phone).Text)
	if code == "" {
		h.t.Fatalf("no code in %q", h.LastMessage(Phone).Text)
	}
	return code
}

// RequestTextCode signs in with Kari's password and asks for a code by text message. It returns the browser on the page
// where the code is entered.
func (h *Server) RequestTextCode() *Visitor {
	h.t.Helper()
	v := h.Visitor()
	v.SubmitPassword(Kari, fixture.Password)
	if p := v.Get("/login/code"); !strings.Contains(p.Body, `action="/login/text"`) ||
		strings.Contains(p.Body, Phone) || !strings.Contains(p.Body, "•001") {
		h.t.Fatalf("the code's page offers no text message, or shows the number: %s", p.Body)
	}
	if p := v.SubmitFormAt("/login/text", "/login/code", url.Values{}); p.Header.Get("Location") != "/login/text" {
		h.t.Fatalf("send: %d %s", p.StatusCode, p.Body)
	}
	return v
}

// SubmitTextCode submits the form of a code by text message.
func (v *Visitor) SubmitTextCode(code string) Page {
	v.t.Helper()
	return v.SubmitFormAt("/login/text/code", "/login/text", url.Values{"code": {code}})
}
