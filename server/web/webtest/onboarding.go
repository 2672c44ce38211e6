package webtest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// NewMobile returns a mobile number that no account has.
func (h *Server) NewMobile() string { return fmt.Sprintf("+47410%05d", h.mobiles.Add(1)) }

// RegisterNewcomer registers a person without an eID and signs in. The person has not been through onboarding.
func (h *Server) RegisterNewcomer(email, name string) *Visitor {
	h.t.Helper()
	v := h.Visitor()
	v.Register(email, name)
	v.SubmitPassword(email, NewPassword)
	v.EnrolTOTP("/login/enrol")
	v.LoadCSRF()
	return v
}

// Register creates an account: it asks for a link, and chooses name and password on the page that the link opens.
func (v *Visitor) Register(email, name string) {
	v.t.Helper()
	v.SubmitForm("/register", url.Values{"email": {email}})
	p := v.OpenLink(v.LinkIn(v.LastMessage(strings.ToLower(strings.TrimSpace(email)))), url.Values{"name": {name}, "password": {NewPassword}})
	if p.StatusCode != http.StatusOK {
		v.t.Fatalf("register: %d %s", p.StatusCode, p.Body)
	}
}

// RegisterPerson registers a person without an eID, signs in, and gives the details that are asked for.
func (h *Server) RegisterPerson(email, name string) *Visitor {
	h.t.Helper()
	v := h.RegisterNewcomer(email, name)
	v.CompleteWelcome(h.NewMobile())
	return v
}

// WelcomeDetails returns the fields of a mobile number and a postal address.
func WelcomeDetails(mobile string) url.Values {
	return url.Values{
		"mobile": {mobile}, "street": {"Fjordgata 8"}, "postal_code": {"7010"}, "city": {"Trondheim"},
		"country": {"NO"},
	}
}

// CompleteWelcome fills in the form of missing details, accepts the privacy statement, and confirms the mobile number
// by the code that is sent to it.
func (v *Visitor) CompleteWelcome(mobile string) {
	v.t.Helper()
	details := WelcomeDetails(mobile)
	asked := v.Get("/welcome").FieldNames()
	for name := range details {
		if !slices.Contains(asked, name) {
			details.Del(name)
		}
	}
	details.Set("consent-privacy", "yes")
	p := v.SubmitFormAt("/welcome", "/welcome", details)
	if p.StatusCode != http.StatusSeeOther || !strings.HasPrefix(p.Header.Get("Location"), "/welcome/mobile") {
		v.t.Fatalf("welcome: %d %q %s", p.StatusCode, p.Header.Get("Location"), p.Body)
	}
	if p := v.ConfirmMobile(mobile); p.StatusCode != http.StatusSeeOther {
		v.t.Fatalf("code for the mobile number: %d %s", p.StatusCode, p.Body)
	}
}

// ConfirmMobile sends the newest code to the mobile number with the form that asks for it.
func (v *Visitor) ConfirmMobile(mobile string) Page {
	v.t.Helper()
	code := CodePattern.FindString(v.LastMessage(mobile).Text)
	return v.SubmitFormAt("/welcome/mobile", "/welcome/mobile", url.Values{"code": {code}})
}

// CheckRedirect reports an error if a page does not redirect to another one.
func (v *Visitor) CheckRedirect(from, to string) {
	v.t.Helper()
	if p := v.Get(from); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != to {
		v.t.Errorf("%s: got %d %q, want a redirect to %q", from, p.StatusCode, p.Header.Get("Location"), to)
	}
}
