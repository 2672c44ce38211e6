package webtest

import (
	"net/url"
	"strings"

	"bompass/shared/fixture"
)

// Phone is the number of the person who signs in with codes by text message.
const Phone = "+4790000001"

// TextCode is the newest code on Kari's telephone.
func (h *Server) TextCode() string {
	h.t.Helper()
	code := CodePattern.FindString(h.LastMessage(Phone).Text)
	if code == "" {
		h.t.Fatalf("no code in %q", h.LastMessage(Phone).Text)
	}
	return code
}

// RequestTextCode goes as far as the page where the code from the telephone is written.
func (h *Server) RequestTextCode() *Visitor {
	h.t.Helper()
	v := h.Visitor()
	v.SubmitPassword(Kari, fixture.Password)
	if p := v.Get("/login/code"); !strings.Contains(p.Body, `action="/login/text"`) || strings.Contains(p.Body, Phone) || !strings.Contains(p.Body, "•001") {
		h.t.Fatalf("the code's page offers no text message, or tells the number: %s", p.Body)
	}
	if p := v.SubmitFormAt("/login/text", "/login/code", url.Values{}); p.Header.Get("Location") != "/login/text" {
		h.t.Fatalf("send: %d %s", p.StatusCode, p.Body)
	}
	return v
}

// SubmitTextCode sends the form of a code by text message.
func (v *Visitor) SubmitTextCode(code string) Page {
	v.t.Helper()
	return v.SubmitFormAt("/login/text/code", "/login/text", url.Values{"code": {code}})
}
