package webtest

import (
	"net/http"
	"net/url"
	"strings"

	"bompass/server/partner/mail/sim"
	"bompass/shared/fixture"
)

// Kari's account and postal address in the demo data.
const (
	KariAccount = "0196a000-0000-7000-8000-000000000501"
	KariAddress = "Kari Lund\nStorgata 1\n0155 Oslo"
)

// StartRecovery asks for the recovery of Kari's account, of which every factor is lost, and returns the letter on
// paper.
func (h *Server) StartRecovery() sim.Received {
	h.t.Helper()
	v := h.Visitor()
	v.SubmitPassword(Kari, fixture.Password)
	if p := v.Get("/login/code"); !strings.Contains(p.Body, `href="/login/lost"`) {
		h.t.Fatalf("the page of the code has no link to recovery: %s", p.Body)
	}
	if p := v.SubmitForm("/login/lost", url.Values{}); p.Header.Get("Location") != "/login/lost" {
		h.t.Fatalf("ask: %d %s", p.StatusCode, p.Body)
	}
	return h.LastMessage(KariAddress)
}

// SubmitRecoveryCode signs in with Kari's password and the code from the letter.
func (h *Server) SubmitRecoveryCode(code string) (*Visitor, Page) {
	h.t.Helper()
	v := h.Visitor()
	v.SubmitPassword(Kari, fixture.Password)
	v.Get("/login/lost")
	token := HiddenPattern.FindStringSubmatch(v.Get("/login").Body)[2]
	return v, v.Do(http.MethodPost, "/login/lost/code", url.Values{
		"csrf": {token}, "code": {code},
	}.Encode(), Header("Content-Type", "application/x-www-form-urlencoded"))
}
