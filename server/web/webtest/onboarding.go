package webtest

import (
	"net/http"
	"net/url"
)

// RegisterPerson registers a person without an eID: address, password, confirmation and authenticator app. It returns the
// browser, signed in.
func (h *Server) RegisterPerson(email, name string) *Visitor {
	h.t.Helper()
	v := h.Visitor()
	v.SubmitForm("/register", url.Values{"name": {name}, "email": {email}, "password": {Fresh}})
	if p := v.OpenLink(h.LinkIn(h.LastMessage(email)), url.Values{}); p.StatusCode != http.StatusOK {
		h.t.Fatalf("confirm: %d %s", p.StatusCode, p.Body)
	}
	v.SubmitPassword(email, Fresh)
	v.EnrolTOTP("/login/enrol")
	v.LoadCSRF()
	return v
}

// CheckRedirect fails the test unless a page redirects to another.
func (v *Visitor) CheckRedirect(from, to string) {
	v.t.Helper()
	if p := v.Get(from); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != to {
		v.t.Errorf("%s: got %d %q, want a redirect to %q", from, p.StatusCode, p.Header.Get("Location"), to)
	}
}

// AddAgreement adds a customer of an earlier time who has one agreement and no account.
func (h *Server) AddAgreement(id, kind, number, email string) {
	h.Exec("insert into customer (id, kind, name, email, country, language) values ('" + id + "', '" + kind + "', 'Eldre Kunde', '" + email + "', 'NO', 'nb')")
	h.Exec("insert into agreement (id, number, customer_id, issuer, charger, valid_from) values (gen_random_uuid(), '" + number + "', '" + id + "', 'bompass', 'ferde', '2024-01-01')")
}
