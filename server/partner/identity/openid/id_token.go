package openid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"bompass/server/partner/identity"
)

// pushRequest sends the request to the issuer and returns its reference.
func (i *Issuer) pushRequest(ctx context.Context, s *metadata, request url.Values) (string, error) {
	assertion, err := i.assertion()
	if err != nil {
		return "", err
	}
	request.Set("client_assertion_type", AssertionType)
	request.Set("client_assertion", assertion)
	ctx, cancel := context.WithTimeout(ctx, timeMax)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.PushedEndpoint, strings.NewReader(request.Encode()))
	if err != nil {
		return "", fmt.Errorf("push request: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := i.http.Do(r)
	if err != nil {
		return "", i.down(fmt.Errorf("push request: %w", err))
	}
	defer func() { _ = resp.Body.Close() }()
	var reply struct {
		Reference string `json:"request_uri"`
		Seconds   int    `json:"expires_in"`
	}
	err = json.NewDecoder(resp.Body).Decode(&reply)
	switch {
	case resp.StatusCode != http.StatusCreated:
		return "", i.down(fmt.Errorf("push request: answered %d", resp.StatusCode))
	case err != nil:
		return "", i.down(fmt.Errorf("push request: %w", err))
	// RFC 9126 section 2.2 recommends URNs; the address of a site is not expected.
	case !strings.HasPrefix(reply.Reference, "urn:") || len(reply.Reference) > codeMax || reply.Seconds <= 0:
		return "", i.down(errors.New("push request: no valid reference was returned"))
	}
	return reply.Reference, nil
}

// exchangeCode exchanges the code for tokens. It tries again only if no connection was made, since a code can be
// used once.
func (i *Issuer) exchangeCode(
	ctx context.Context, s *metadata, j identity.AuthRequest, code string,
) (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeout(ctx, timeMax)
	defer cancel()
	end := s.provider.Endpoint()
	end.AuthStyle = oauth2.AuthStyleInParams
	config := oauth2.Config{ClientID: i.ClientID, RedirectURL: i.RedirectURL, Endpoint: end}
	for try := 1; ; try++ {
		assertion, err := i.assertion()
		if err != nil {
			return nil, err
		}
		token, err := config.Exchange(i.library(ctx), code, oauth2.VerifierOption(j.Verifier),
			oauth2.SetAuthURLParam("client_assertion_type", AssertionType),
			oauth2.SetAuthURLParam("client_assertion", assertion))
		if err == nil {
			return token, nil
		}
		if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" && try == 1 {
			continue
		}
		if answered, ok := errors.AsType[*oauth2.RetrieveError](err); ok &&
			answered.Response.StatusCode < http.StatusInternalServerError {
			return nil, i.refuse("the code is refused: " + answered.ErrorCode)
		}
		if ctx.Err() == nil &&
			strings.Contains(err.Error(), "oauth2:") { // the library's own error about an invalid answer
			return nil, i.refuse("the token reply cannot be parsed")
		}
		return nil, i.down(err)
	}
}

// claims are the claims of an ID token that the library does not read.
type claims struct {
	AuthorizedParty string          `json:"azp"`
	Level           string          `json:"acr"`
	AuthTime        json.RawMessage `json:"auth_time"`
	Session         string          `json:"sid"`
	NotBefore       json.RawMessage `json:"nbf"`
	Events          json.RawMessage `json:"events"`
	Number          string          `json:"-"` // the claim's name depends on the country
}

// verifier returns a verifier of signature, issuer, audience and expiry, with the leeway subtracted from the clock.
func (i *Issuer) verifier(s *metadata) *oidc.IDTokenVerifier {
	var names []string
	for _, a := range algorithms() {
		names = append(names, string(a))
	}
	return oidc.NewVerifier(i.Issuer, s.keys, &oidc.Config{
		ClientID: i.ClientID, SupportedSigningAlgs: names, Now: func() time.Time { return i.Now().Add(-leeway) },
	})
}

// verifyIDToken verifies every claim of the ID token.
func (i *Issuer) verifyIDToken(
	ctx context.Context, s *metadata, j identity.AuthRequest, token *oauth2.Token,
) (identity.Person, error) {
	raw, _ := token.Extra("id_token").(string)
	if raw == "" || !strings.EqualFold(token.Type(), "Bearer") {
		return identity.Person{}, i.refuse("the answer has no ID token")
	}
	idToken, err := i.verifier(s).Verify(ctx, raw)
	if err != nil {
		return identity.Person{}, i.refuse(err.Error())
	}
	var c claims
	if err := idToken.Claims(&c); err != nil {
		return identity.Person{}, i.refuse(err.Error())
	}
	if c.Number, err = i.number(idToken); err != nil {
		return identity.Person{}, i.refuse(err.Error())
	}
	if idToken.AccessTokenHash != "" && idToken.VerifyAccessToken(token.AccessToken) != nil {
		return identity.Person{}, i.refuse("the ID token belongs to another access token")
	}
	level, authTime, problem := i.checkClaims(s, j, idToken, c)
	if problem != "" {
		return identity.Person{}, i.refuse(problem)
	}
	return identity.Person{
		Issuer: idToken.Issuer, Subject: idToken.Subject, BirthNumber: c.Number, Session: c.Session,
		Level: level, AuthTime: authTime, IDToken: raw,
	}, nil
}

// checkClaims checks the claims of an ID token with a valid signature, beyond what the library checks (OpenID
// Connect Core 3.1.3.7). It returns the level and time of authentication, and the first error as text, or an empty
// text. A leeway for clocks applies to every time. An issuer that states no time of authentication is taken to have
// authenticated the person when it issued the token.
func (i *Issuer) checkClaims(
	s *metadata, j identity.AuthRequest, idToken *oidc.IDToken, c claims,
) (level identity.Level, authTime time.Time, problem string) {
	now := i.Now()
	level = identity.Level(slices.Index(i.Levels, c.Level) + 1)
	authTime, known := parseTime(c.AuthTime)
	starts, hasStart := parseTime(c.NotBefore)
	switch {
	case !equalSecrets(idToken.Nonce, j.Nonce) || idToken.Nonce == "":
		problem = "the nonce is not the one that was sent"
	case len(idToken.Audience) != 1 && c.AuthorizedParty == "", c.AuthorizedParty != "" &&
		c.AuthorizedParty != i.ClientID:
		problem = "the ID token has another audience"
	case idToken.Subject == "" || len(idToken.Subject) > subjectMax || !isPrintable(idToken.Subject):
		problem = "the subject is empty or invalid"
	case idToken.IssuedAt.After(now.Add(leeway)) || idToken.IssuedAt.Before(j.Began.Add(-leeway)):
		problem = "the ID token was not issued during this sign-in"
	case len(c.NotBefore) > 0 && (!hasStart || starts.After(now.Add(leeway))):
		problem = "the ID token is not valid yet"
	case level == 0 || level < j.Params.Level:
		problem = "the level " + c.Level + " is too low"
	case len(c.AuthTime) > 0 && !known, known && authTime.After(now.Add(leeway)):
		problem = "the time of authentication is invalid"
	case j.Params.Reauthenticate && (!known || authTime.Before(j.Began.Add(-leeway))):
		problem = "the person has not authenticated again"
	case known && now.Sub(authTime) > i.LoginLimit+leeway:
		problem = "the person authenticated too long ago"
	case c.Number != "" && !isPersonalNumber(i.Country, c.Number):
		problem = "the personal number is invalid"
	case (s.FrontSession || s.BackSession) && c.Session == "", len(c.Session) > sessionMax || !isPrintable(c.Session):
		problem = "the issuer's session identifier is missing or invalid"
	case len(c.Events) > 0:
		problem = "the ID token is a logout token"
	}
	if !known {
		authTime = idToken.IssuedAt
	}
	return level, authTime, problem
}

// isPrintable reports whether an identifier has visible ASCII characters only.
func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 0x21 || r > 0x7e })
}

// parseTime parses a claim with seconds since 1970. It reports false for anything else.
func parseTime(raw json.RawMessage) (time.Time, bool) {
	var seconds float64
	if len(raw) == 0 || json.Unmarshal(raw, &seconds) != nil || seconds < 0 || seconds > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0), true
}

// VerifyLogoutToken verifies a back-channel logout token.
func (i *Issuer) VerifyLogoutToken(ctx context.Context, message string) (identity.LogoutToken, error) {
	s, err := i.metadata(ctx)
	if err != nil {
		return identity.LogoutToken{}, err
	}
	out, err := i.verifier(s).VerifyLogout(ctx, message)
	if err != nil {
		return identity.LogoutToken{}, i.refuse(err.Error())
	}
	now := i.Now()
	switch {
	case out.IssuedAt.After(now.Add(leeway)) || now.Sub(out.IssuedAt) > authRequestMax:
		return identity.LogoutToken{}, i.refuse("the logout token is too old or from the future")
	// One of several audiences could replay the token here.
	case len(out.Audience) != 1:
		return identity.LogoutToken{}, i.refuse("the logout token has another audience")
	case len(out.SessionID) > sessionMax || len(out.Subject) > subjectMax || len(out.TokenID) > sessionMax:
		return identity.LogoutToken{}, i.refuse("the logout token has identifiers that are too long")
	}
	return identity.LogoutToken{
		Issuer: out.Issuer, Subject: out.Subject, Session: out.SessionID, TokenID: out.TokenID, ExpiresAt: out.Expiry,
	}, nil
}
