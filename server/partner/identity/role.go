// Package identity is the role of issuers of electronic identities, which are used through OpenID Connect.
//
// It owns the request to an issuer and the accepted part of its answer. Package openid is the adapter of real issuers,
// package sim an issuer for development and tests. Accounts belong to package access.
package identity

import (
	"context"
	"time"

	"bompass/shared/fault"
)

// Level is a level of assurance of eIDAS.
type Level uint8

// The accepted levels. Lower ones are refused.
const (
	Substantial Level = iota + 1
	High
)

// String returns the level's name in logs and in the database.
func (l Level) String() string {
	switch l {
	case Substantial:
		return "substantial"
	case High:
		return "high"
	}
	return "none"
}

// AuthRequestParams are the parameters of one sign-in.
type AuthRequestParams struct {
	Language       string // that the issuer's pages should be in
	Level          Level  // at least
	Reauthenticate bool   // the person must authenticate again, without single sign-on
}

// AuthRequest is an authentication request: the issuer's address for the browser, and the values that are stored until
// the answer. State, Nonce and Verifier are secret.
type AuthRequest struct {
	URL      string
	State    string
	Nonce    string
	Verifier string
	Params   AuthRequestParams
	Began    time.Time
}

// AuthResponse is the issuer's answer: the query parameters with which the browser is redirected to the portal.
type AuthResponse struct {
	Code   string
	State  string
	Issuer string // RFC 9207; empty when the issuer does not send it
	Error  string
}

// Person is the authenticated person.
type Person struct {
	Issuer      string
	Subject     string // the issuer's identifier of the person, which no other client gets
	BirthNumber string // eleven digits; empty if the issuer does not return it
	Session     string // of the issuer, for logout
	Level       Level
	AuthTime    time.Time // of the last authentication
	IDToken     string    // the hint for logout
}

// EndSessionRequest is a request that ends the issuer's session: a form to be posted, so that the token is in no
// address.
type EndSessionRequest struct {
	URL    string
	Fields map[string]string
}

// LogoutToken is an issuer's message that a person has signed out elsewhere. Subject or Session may be empty, not both.
type LogoutToken struct {
	Issuer    string
	Subject   string
	Session   string
	TokenID   string    // identifier of the message, so that it is accepted once
	ExpiresAt time.Time // when the message is no longer valid
}

// Issuer authenticates people and reports their logout.
type Issuer interface {
	Authenticator
	LogoutHandler
	// ID returns the issuer's identifier, as in its tokens.
	ID() string
}

// Authenticator authenticates people.
type Authenticator interface {
	// Begin starts an authentication request.
	Begin(ctx context.Context, params AuthRequestParams) (AuthRequest, error)
	// Finish verifies the answer. It returns fault.EIDRefused or fault.EIDCancelled.
	Finish(ctx context.Context, request AuthRequest, response AuthResponse) (Person, error)
}

// LogoutHandler ends sessions on both sides.
type LogoutHandler interface {
	// EndSession returns the request that ends the issuer's session. It reports false if the issuer offers none.
	EndSession(ctx context.Context, token, state string) (EndSessionRequest, bool, error)
	// VerifyLogoutToken verifies an issuer's message that a person has signed out.
	VerifyLogoutToken(ctx context.Context, message string) (LogoutToken, error)
	// FrameOrigins returns the origins of the issuer that may show our front-channel page in a frame.
	FrameOrigins(ctx context.Context) []string
}

// Unconfigured is an issuer without configuration.
type Unconfigured struct{ Variable string }

func (u Unconfigured) fault() error { return fault.New(fault.PartnerUnset, "variable", u.Variable) }

// Begin returns fault.PartnerUnset with the variable.
func (u Unconfigured) Begin(context.Context, AuthRequestParams) (AuthRequest, error) {
	return AuthRequest{}, u.fault()
}

// Finish returns fault.PartnerUnset with the variable.
func (u Unconfigured) Finish(context.Context, AuthRequest, AuthResponse) (Person, error) {
	return Person{}, u.fault()
}

// EndSession reports false.
func (u Unconfigured) EndSession(context.Context, string, string) (EndSessionRequest, bool, error) {
	return EndSessionRequest{}, false, nil
}

// VerifyLogoutToken returns fault.PartnerUnset with the variable.
func (u Unconfigured) VerifyLogoutToken(context.Context, string) (LogoutToken, error) {
	return LogoutToken{}, u.fault()
}

// FrameOrigins returns nil.
func (u Unconfigured) FrameOrigins(context.Context) []string { return nil }

// ID returns an empty text, which no issuer has.
func (u Unconfigured) ID() string { return "" }
