package webtest

import (
	"net/http"
	"net/url"
)

// RegisterPerson goes the whole way of a person without an eID, to the first page behind the door.
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

// CheckRedirect tells whether a page sends a person somewhere else first.
func (v *Visitor) CheckRedirect(from, to string) {
	v.t.Helper()
	if p := v.Get(from); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != to {
		v.t.Errorf("%s: got %d %q, want to be led to %q", from, p.StatusCode, p.Header.Get("Location"), to)
	}
}

// AddAgreement is a customer of old without an account, with one agreement.
func (h *Server) AddAgreement(id, kind, number, email string) {
	h.Exec("insert into customer (id, kind, name, email, country, language) values ('" + id + "', '" + kind + "', 'Eldre Kunde', '" + email + "', 'NO', 'nb')")
	h.Exec("insert into agreement (id, number, customer_id, issuer, charger, valid_from) values (gen_random_uuid(), '" + number + "', '" + id + "', 'bompass', 'ferde', '2024-01-01')")
}
