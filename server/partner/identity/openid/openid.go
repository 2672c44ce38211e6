// Package openid is the adapter of issuers of electronic identities that use OpenID Connect with the profile of
// ID-porten: code flow with PKCE, pushed requests, private_key_jwt, and three kinds of logout.
//
// Every claim of an answer is verified. The tests run the adapter against the hostile issuers of package sim.
package openid

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"bompass/server/partner/identity"
	"bompass/shared/fault"
)

// Limits of requests to an issuer.
const (
	timeMax        = 8 * time.Second  // for one answer
	bytesMax       = 1 << 20          // of one answer
	leeway         = 30 * time.Second // between clocks
	authRequestMax = 10 * time.Minute // from Begin to Finish
	metadataMax    = time.Hour        // how long an issuer's metadata is used
	retryInterval  = 10 * time.Second // least time between two tries to get it, and between two fetches of keys
	subjectMax     = 255              // OpenID Connect Core 2
	sessionMax     = 255
	codeMax        = 2048
)

// Config is the issuer's address and our credentials.
type Config struct {
	Partner            string            // name in faults and logs, such as "ID-porten"
	Issuer             string            // identifier, exactly as in its tokens
	ClientID           string            // our client identifier
	Key                Key               // signs client assertions
	RedirectURL        string            // where the browser comes back to
	PostLogoutRedirect string            // where it comes back to after logout
	Levels             []string          // the issuer's names of the levels, substantial first, then high
	Client             http.RoundTripper // nil is http.DefaultTransport
	Now                func() time.Time
	Country            string        // of the personal numbers that it returns: "NO" if empty, or "SE"
	LoginLimit         time.Duration // maximum age of an authentication under single sign-on; 0 is two hours
}

// Issuer is one real issuer.
type Issuer struct {
	Config
	http          *http.Client
	mu            sync.Mutex // guards what follows
	cached        *metadata
	metadataErr   error
	metadataTried time.Time
}

var _ identity.Issuer = (*Issuer)(nil)

// New returns an Issuer. It checks the configuration and connects at the first request.
func New(c Config) (*Issuer, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("issuer %s: %w", c.Partner, err)
	}
	if c.Country == "" {
		c.Country = Norway
	}
	if c.LoginLimit == 0 {
		c.LoginLimit = 2 * time.Hour // ID-porten: 30 minutes, extendable to 120
	}
	return &Issuer{Config: c, http: client(c.Client)}, nil
}

// check returns an error if the configuration is incomplete or invalid.
func (c Config) check() error {
	switch {
	case c.ClientID == "" || c.RedirectURL == "" || c.Now == nil || c.Key.private == nil:
		return errors.New("client, address, clock and key are needed")
	case c.Country != "" && c.Country != Norway && c.Country != Sweden:
		return errors.New("unknown country of personal numbers: " + c.Country)
	case len(c.Levels) == 0 || len(c.Levels) > int(identity.High) || slices.Contains(c.Levels, ""):
		return errors.New("one or two levels are needed")
	}
	return checkURL(c.Issuer)
}

// checkURL returns an error unless an address has https or is on this machine, where plain http is accepted for
// tests and simulators.
func checkURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return fmt.Errorf("%q is not an address", address)
	}
	local := u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost" || u.Hostname() == "::1"
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return fmt.Errorf("%q must begin with https", address)
	}
	return nil
}

// ID returns the issuer's identifier.
func (i *Issuer) ID() string { return i.Issuer }

// Begin starts an authentication request. If the issuer supports pushed requests (RFC 9126), the browser carries a
// reference only.
func (i *Issuer) Begin(ctx context.Context, params identity.AuthRequestParams) (identity.AuthRequest, error) {
	s, err := i.metadata(ctx)
	if err != nil {
		return identity.AuthRequest{}, err
	}
	j := identity.AuthRequest{
		State: randomSecret(), Nonce: randomSecret(), Verifier: randomSecret(), Params: params, Began: i.Now(),
	}
	request := i.request(j)
	if s.PushedEndpoint == "" {
		j.URL = addQuery(s.provider.Endpoint().AuthURL, request)
		return j, nil
	}
	reference, err := i.pushRequest(ctx, s, request)
	if err != nil {
		return identity.AuthRequest{}, err
	}
	j.URL = addQuery(s.provider.Endpoint().AuthURL, url.Values{"client_id": {i.ClientID}, "request_uri": {reference}})
	return j, nil
}

// request returns the parameters of an authentication request.
func (i *Issuer) request(j identity.AuthRequest) url.Values {
	v := url.Values{
		"response_type": {"code"}, "client_id": {i.ClientID}, "redirect_uri": {i.RedirectURL},
		"scope": {"openid profile"},
		"state": {j.State}, "nonce": {j.Nonce},
		"code_challenge": {oauth2.S256ChallengeFromVerifier(j.Verifier)}, "code_challenge_method": {"S256"},
		"acr_values": {i.level(j.Params.Level)},
	}
	if j.Params.Language != "" {
		v.Set("ui_locales", j.Params.Language)
	}
	if j.Params.Reauthenticate {
		v.Set("prompt", "login")
	}
	return v
}

// level returns the issuer's name of a level.
func (i *Issuer) level(least identity.Level) string {
	n := max(int(least), int(identity.Substantial))
	return i.Levels[min(n, len(i.Levels))-1]
}

// Finish exchanges the code for an ID token and verifies it.
func (i *Issuer) Finish(
	ctx context.Context, j identity.AuthRequest, back identity.AuthResponse,
) (identity.Person, error) {
	s, err := i.metadata(ctx)
	if err != nil {
		return identity.Person{}, err
	}
	if err := i.checkReturn(s, j, back); err != nil {
		return identity.Person{}, err
	}
	token, err := i.exchangeCode(ctx, s, j, back.Code)
	if err != nil {
		return identity.Person{}, err
	}
	return i.verifyIDToken(ctx, s, j, token)
}

// checkReturn checks the answer of the issuer before its code is used.
func (i *Issuer) checkReturn(s *metadata, j identity.AuthRequest, back identity.AuthResponse) error {
	switch {
	case j.State == "" || !equalSecrets(j.State, back.State):
		return i.refuse("the state is not the one that was sent")
	case back.Issuer != "" && back.Issuer != i.Issuer, back.Issuer == "" && s.SendsIssuer: // RFC 9207
		return i.refuse("the answer has another issuer or none")
	case i.Now().Sub(j.Began) > authRequestMax:
		return i.refuse("the authentication took too long")
	case back.Error == "access_denied":
		return fault.New(fault.EIDCancelled)
	case back.Error != "":
		return i.refuse("the issuer answers with an error")
	case back.Code == "" || len(back.Code) > codeMax:
		return i.refuse("there is no code")
	}
	return nil
}

// EndSession returns the request of an RP-initiated logout.
func (i *Issuer) EndSession(ctx context.Context, token, state string) (identity.EndSessionRequest, bool, error) {
	s, err := i.metadata(ctx)
	if err != nil {
		return identity.EndSessionRequest{}, false, err
	}
	if s.EndSessionEndpoint == "" {
		return identity.EndSessionRequest{}, false, nil
	}
	return identity.EndSessionRequest{URL: s.EndSessionEndpoint, Fields: map[string]string{
		"id_token_hint": token, "client_id": i.ClientID, "post_logout_redirect_uri": i.PostLogoutRedirect,
		"state": state,
	}}, true, nil
}

// FrameOrigins returns the origins of the issuer and, once its metadata is known, of its pages.
func (i *Issuer) FrameOrigins(ctx context.Context) []string {
	addresses := []string{i.Issuer}
	if s, err := i.metadata(ctx); err == nil {
		addresses = append(addresses, s.provider.Endpoint().AuthURL, s.EndSessionEndpoint)
	}
	var list []string
	for _, address := range addresses {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			list = append(list, u.Scheme+"://"+u.Host)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// refuse returns fault.EIDRefused, with the reason for the operator in its chain.
func (i *Issuer) refuse(reason string) error {
	return fmt.Errorf("%s: %s: %w", i.Partner, reason, fault.New(fault.EIDRefused))
}

// down returns fault.PartnerDown, with the cause for the operator in its chain.
func (i *Issuer) down(cause error) error {
	return fmt.Errorf("%w: %w", fault.New(fault.PartnerDown, "partner", i.Partner), cause)
}

// randomSecret returns 256 random bits; also a PKCE verifier of 43 characters.
func randomSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func addQuery(address string, v url.Values) string {
	join := "?"
	if strings.Contains(address, "?") {
		join = "&"
	}
	return address + join + v.Encode()
}

// library returns a context that makes the OpenID library use our HTTP client, with its limits.
func (i *Issuer) library(ctx context.Context) context.Context { return oidc.ClientContext(ctx, i.http) }
