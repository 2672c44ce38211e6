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
	case !strings.HasPrefix(reply.Reference, "urn:") || len(reply.Reference) > codeMax || reply.Seconds <= 0:
		return "", i.down(errors.New("push request: no reference came back"))
	}
	return reply.Reference, nil
}

// exchangeCode exchanges the code for tokens. It is repeated only if no connection was made, since a code can be used
// once.
func (i *Issuer) exchangeCode(ctx context.Context, s *metadata, j identity.AuthRequest, code string) (*oauth2.Token, error) {
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
			oauth2.SetAuthURLParam("client_assertion_type", AssertionType), oauth2.SetAuthURLParam("client_assertion", assertion))
		if err == nil {
			return token, nil
		}
		if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" && try == 1 {
			continue
		}
		if answered, ok := errors.AsType[*oauth2.RetrieveError](err); ok && answered.Response.StatusCode < http.StatusInternalServerError {
			return nil, i.refuse("the code is not taken: " + answered.ErrorCode)
		}
		if ctx.Err() == nil && strings.Contains(err.Error(), "oauth2:") { // an answer that is not valid
			return nil, i.refuse("the token answer cannot be read")
		}
		return nil, i.down(err)
	}
}

// claims are the claims of an ID token that the library does not read.
type claims struct {
	Party     string          `json:"azp"`
	Level     string          `json:"acr"`
	ProvedAt  json.RawMessage `json:"auth_time"`
	Session   string          `json:"sid"`
	NotBefore json.RawMessage `json:"nbf"`
	Events    json.RawMessage `json:"events"`
	Number    string          `json:"-"` // the claim's name depends on the country
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
func (i *Issuer) verifyIDToken(ctx context.Context, s *metadata, j identity.AuthRequest, token *oauth2.Token) (identity.Person, error) {
	raw, _ := token.Extra("id_token").(string)
	if raw == "" || !strings.EqualFold(token.Type(), "Bearer") {
		return identity.Person{}, i.refuse("there is no proof in the answer")
	}
	proof, err := i.verifier(s).Verify(ctx, raw)
	if err != nil {
		return identity.Person{}, i.refuse(err.Error())
	}
	var c claims
	if err := proof.Claims(&c); err != nil {
		return identity.Person{}, i.refuse(err.Error())
	}
	if c.Number, err = i.number(proof); err != nil {
		return identity.Person{}, i.refuse(err.Error())
	}
	if proof.AccessTokenHash != "" && proof.VerifyAccessToken(token.AccessToken) != nil {
		return identity.Person{}, i.refuse("the proof belongs to another access token")
	}
	level, proved, why := i.checkClaims(s, j, proof, c)
	if why != "" {
		return identity.Person{}, i.refuse(why)
	}
	return identity.Person{
		Issuer: proof.Issuer, Subject: proof.Subject, BirthNumber: c.Number, Session: c.Session,
		Level: level, AuthTime: proved, IDToken: raw,
	}, nil
}

// checkClaims checks the claims of an ID token with a valid signature; why is the first error, or empty.
func (i *Issuer) checkClaims(s *metadata, j identity.AuthRequest, proof *oidc.IDToken, c claims) (level identity.Level, proved time.Time, why string) {
	now := i.Now()
	level = identity.Level(slices.Index(i.Levels, c.Level) + 1)
	proved, known := parseTime(c.ProvedAt)
	starts, hasStart := parseTime(c.NotBefore)
	switch {
	case !equalSecrets(proof.Nonce, j.Nonce) || proof.Nonce == "":
		why = "the nonce is not the one that was sent"
	case len(proof.Audience) != 1 && c.Party == "", c.Party != "" && c.Party != i.ClientID:
		why = "the proof is made out to somebody else too"
	case proof.Subject == "" || len(proof.Subject) > subjectMax || !isPrintable(proof.Subject):
		why = "the proof names nobody"
	case proof.IssuedAt.After(now.Add(leeway)) || proof.IssuedAt.Before(j.Began.Add(-leeway)):
		why = "the proof is not of this sign-in's time"
	case len(c.NotBefore) > 0 && (!hasStart || starts.After(now.Add(leeway))):
		why = "the proof is not valid yet"
	case level == 0 || level < j.Params.Level:
		why = "the level " + c.Level + " is not enough"
	case len(c.ProvedAt) > 0 && !known, known && proved.After(now.Add(leeway)):
		why = "the time of the proof is none"
	case j.Params.Reauthenticate && (!known || proved.Before(j.Began.Add(-leeway))):
		why = "the person has not proved again who they are"
	case known && now.Sub(proved) > i.LoginLimit+leeway:
		why = "the person proved who they are too long ago"
	case c.Number != "" && !isPersonalNumber(i.Country, c.Number):
		why = "the personal number cannot be one"
	case (s.FrontSession || s.BackSession) && c.Session == "", len(c.Session) > sessionMax || !isPrintable(c.Session):
		why = "the issuer's session has no name"
	case len(c.Events) > 0:
		why = "the proof is a message of another kind"
	}
	if !known {
		proved = proof.IssuedAt
	}
	return level, proved, why
}

// isPrintable reports whether a name has visible characters only.
func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 0x21 || r > 0x7e })
}

// parseTime parses a number of seconds; ok is false for anything else.
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
		return identity.LogoutToken{}, i.refuse("the message is not of this time")
	case len(out.Audience) != 1:
		return identity.LogoutToken{}, i.refuse("the message is made out to somebody else too")
	case len(out.SessionID) > sessionMax || len(out.Subject) > subjectMax || len(out.TokenID) > sessionMax:
		return identity.LogoutToken{}, i.refuse("the message has names that are too long")
	}
	return identity.LogoutToken{Issuer: out.Issuer, Subject: out.Subject, Session: out.SessionID, TokenID: out.TokenID, ExpiresAt: out.Expiry}, nil
}
