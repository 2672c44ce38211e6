// Package identity is the role of those who know who a person is: issuers of electronic identities
// that are reached through OpenID Connect.
//
// It owns what is asked of an issuer and what is believed of its answer. Package openid speaks to
// real issuers, package sim is one for development and tests; who the person is to us is package
// access's.
package identity

import (
	"context"
	"time"

	"bompass/shared/fault"
)

// Level is how sure an issuer is of a person, as eIDAS counts it.
type Level uint8

// The levels that open an account. Anything below is refused.
const (
	Substantial Level = iota + 1
	High
)

// String is the level's name in logs and in the database.
func (l Level) String() string {
	switch l {
	case Substantial:
		return "substantial"
	case High:
		return "high"
	}
	return "none"
}

// AuthRequestParams is what is asked of an issuer for one sign-in.
type AuthRequestParams struct {
	Language       string // that the issuer's pages should be in
	Level          Level  // at least
	Reauthenticate bool   // the person must prove who they are again, whatever the issuer remembers
}

// AuthRequest is a sign-in on its way: where the browser is sent and what must be remembered until it
// comes back. State, Nonce and Verifier are secrets of the browser's and ours.
type AuthRequest struct {
	URL      string
	State    string
	Nonce    string
	Verifier string
	Params   AuthRequestParams
	Began    time.Time
}

// AuthResponse is what the browser brought back from the issuer.
type AuthResponse struct {
	Code   string
	State  string
	Issuer string // RFC 9207; empty when the issuer does not send it
	Error  string
}

// Person is who the issuer vouches for.
type Person struct {
	Issuer      string
	Subject     string // the issuer's name for the person, to us alone
	BirthNumber string // eleven digits; empty when the issuer does not tell
	Session     string // of the issuer, by which it says that the person has left
	Level       Level
	AuthTime    time.Time // when the person last proved who they are
	IDToken     string    // what the issuer wants to see when the person leaves
}

// EndSessionRequest is how a person is sent to the issuer to leave there too: a form to be posted, so that the
// token is in no address.
type EndSessionRequest struct {
	URL    string
	Fields map[string]string
}

// LogoutToken is what an issuer says when a person has left elsewhere. Subject or Session may be empty, not both.
type LogoutToken struct {
	Issuer    string
	Subject   string
	Session   string
	TokenID   string    // names this message, so that it is believed once
	ExpiresAt time.Time // when the message is no longer valid
}

// Issuer proves who people are, and says when they have left.
type Issuer interface {
	Authenticator
	LogoutHandler
	// ID is the issuer's identifier, as it stands in everything it signs.
	ID() string
}

// Authenticator proves who people are.
type Authenticator interface {
	// Begin asks the issuer for a sign-in.
	Begin(ctx context.Context, wish AuthRequestParams) (AuthRequest, error)
	// Finish believes the issuer, or says fault.EIDRefused or fault.EIDCancelled.
	Finish(ctx context.Context, journey AuthRequest, back AuthResponse) (Person, error)
}

// LogoutHandler ends sessions on both sides.
type LogoutHandler interface {
	// EndSession says how the person ends the issuer's session too; false when the issuer knows no such way.
	EndSession(ctx context.Context, token, state string) (EndSessionRequest, bool, error)
	// VerifyLogoutToken reads an issuer's message that a person has left.
	VerifyLogoutToken(ctx context.Context, message string) (LogoutToken, error)
	// FrameOrigins are the sites of the issuer that may show our front-channel page in a frame.
	FrameOrigins(ctx context.Context) []string
}

// Unconfigured is the issuer that nobody has configured.
type Unconfigured struct{ Variable string }

func (u Unconfigured) fault() error { return fault.New(fault.PartnerUnset, "variable", u.Variable) }

// Begin names the variable to set.
func (u Unconfigured) Begin(context.Context, AuthRequestParams) (AuthRequest, error) {
	return AuthRequest{}, u.fault()
}

// Finish names the variable to set.
func (u Unconfigured) Finish(context.Context, AuthRequest, AuthResponse) (Person, error) {
	return Person{}, u.fault()
}

// EndSession knows no way.
func (u Unconfigured) EndSession(context.Context, string, string) (EndSessionRequest, bool, error) {
	return EndSessionRequest{}, false, nil
}

// VerifyLogoutToken names the variable to set.
func (u Unconfigured) VerifyLogoutToken(context.Context, string) (LogoutToken, error) {
	return LogoutToken{}, u.fault()
}

// FrameOrigins are none.
func (u Unconfigured) FrameOrigins(context.Context) []string { return nil }

// ID is empty: nobody signs as nobody.
func (u Unconfigured) ID() string { return "" }
