package sim

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// token exchanges a code for an ID token, once.
func (s *Issuer) token(w http.ResponseWriter, r *http.Request) {
	if err := s.client(r); err != nil {
		refuse(w, http.StatusUnauthorized, "invalid_client", err.Error())
		return
	}
	evil := s.mischief()
	now := s.Now()
	s.mu.Lock()
	g, ok := s.codes[r.PostForm.Get("code")]
	if !evil.ManyTimes {
		delete(s.codes, r.PostForm.Get("code"))
	}
	s.mu.Unlock()
	right := evil.ManyTimes || challenge(r.PostForm.Get("code_verifier")) == g.Get("code_challenge")
	if !ok || now.After(g.until) || !right ||
		r.PostForm.Get("redirect_uri") != g.Get("redirect_uri") || r.PostForm.Get("grant_type") != "authorization_code" {
		refuse(w, http.StatusBadRequest, "invalid_grant", "the code is not good")
		return
	}
	access := token()
	claims := s.claims(g, access, now)
	if evil.Claims != nil {
		evil.Claims(claims)
	}
	proof, err := s.sign(evil.Sign, "JWT", claims)
	if err != nil {
		http.Error(w, "sign", http.StatusInternalServerError)
		return
	}
	reply := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": int(proofMax / time.Second), "id_token": proof}
	if evil.Reply != nil {
		evil.Reply(s, reply)
	}
	s.mu.Lock()
	s.last = proof
	s.turns++
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, reply)
}

func (s *Issuer) sign(other func(*Issuer, map[string]any) (string, error), typ string, claims map[string]any) (string, error) {
	if other != nil {
		return other(s, claims)
	}
	return s.key.Sign(typ, claims)
}

func (s *Issuer) claims(g grant, access string, now time.Time) map[string]any {
	sum := sha256.Sum256([]byte(access))
	claims := map[string]any{
		"iss": s.Issuer, "sub": s.subject(g.person), "aud": s.Client.ID, "nonce": g.Get("nonce"), "jti": token(),
		"iat": now.Unix(), "exp": now.Add(proofMax).Unix(), "auth_time": g.proved.Unix(),
		"acr": s.Levels[g.method.Level], "amr": []string{g.method.Name}, "sid": g.sid, "locale": g.Get("ui_locales"),
		"at_hash": base64.RawURLEncoding.EncodeToString(sum[:16]),
	}
	if g.person.Number != "" {
		claims[s.NumberClaim] = g.person.Number
	}
	return claims
}

// endSession ends the browser's session and notifies the client on both channels.
func (s *Issuer) endSession(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "form", http.StatusBadRequest)
		return
	}
	cookie, err := r.Cookie(stayCookie)
	var here stay
	if err == nil {
		s.mu.Lock()
		here = s.stays[cookie.Value]
		delete(s.stays, cookie.Value)
		s.mu.Unlock()
	}
	if here.sid != "" {
		s.notify(r.Context(), here)
	}
	v := view{Language: r.Form.Get("ui_locales")}
	if r.Form.Get("post_logout_redirect_uri") == s.Client.LoggedOut && s.Client.LoggedOut != "" {
		v.Onward = s.Client.LoggedOut + "?" + url.Values{"state": {r.Form.Get("state")}}.Encode()
	}
	if here.sid != "" && s.Client.Front != "" {
		v.Frame = s.Client.Front + "?" + url.Values{"iss": {s.Issuer}, "sid": {here.sid}}.Encode()
	}
	s.page(w, http.StatusOK, "left", v)
}

// notify sends the back-channel message, once, as ID-porten does.
func (s *Issuer) notify(ctx context.Context, here stay) {
	if s.Client.Back == "" {
		return
	}
	message, err := s.Message(here.sid, s.subject(here.person))
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	form := url.Values{"logout_token": {message}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Client.Back, strings.NewReader(form))
	if err != nil {
		return
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if resp, err := s.HTTP.Do(r); err == nil {
		_ = resp.Body.Close()
	}
}

// Message returns the back-channel logout token of a session.
func (s *Issuer) Message(sid, subject string) (string, error) {
	now := s.Now()
	claims := map[string]any{
		"iss": s.Issuer, "sub": subject, "aud": s.Client.ID, "iat": now.Unix(), "exp": now.Add(proofMax).Unix(), "jti": token(), "sid": sid,
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	evil := s.mischief()
	if evil.Message != nil {
		evil.Message(claims)
	}
	return s.sign(evil.SignMessage, "logout+jwt", claims)
}

// Last returns the last ID token, for tests of replay.
func (s *Issuer) Last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// Leave ends all sessions of a person, as logout at another service does, and notifies the client.
func (s *Issuer) Leave(ctx context.Context, key string) {
	var left []stay
	s.mu.Lock()
	for cookie, here := range s.stays {
		if here.person.Key == key {
			left = append(left, here)
			delete(s.stays, cookie)
		}
	}
	s.mu.Unlock()
	for _, here := range left {
		s.notify(ctx, here)
	}
}
