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
	if err := s.authenticateClient(r); err != nil {
		writeError(w, http.StatusUnauthorized, "invalid_client", err.Error())
		return
	}
	attack := s.currentAttack()
	now := s.Now()
	s.mu.Lock()
	g, ok := s.codes[r.PostForm.Get("code")]
	if !attack.ReusableCodes {
		delete(s.codes, r.PostForm.Get("code"))
	}
	s.mu.Unlock()
	verified := attack.ReusableCodes || challengeOf(r.PostForm.Get("code_verifier")) == g.Get("code_challenge")
	if !ok || now.After(g.until) || !verified ||
		r.PostForm.Get("redirect_uri") != g.Get("redirect_uri") ||
		r.PostForm.Get("grant_type") != "authorization_code" {
		writeError(w, http.StatusBadRequest, "invalid_grant", "the code, its verifier or its redirect_uri is wrong")
		return
	}
	access := randomToken()
	claims := s.claims(g, access, now)
	if attack.Claims != nil {
		attack.Claims(claims)
	}
	idToken, err := s.sign(attack.SignIDToken, "JWT", claims)
	if err != nil {
		http.Error(w, "sign", http.StatusInternalServerError)
		return
	}
	reply := map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": int(tokenMax / time.Second), "id_token": idToken,
	}
	if attack.TokenReply != nil {
		attack.TokenReply(s, reply)
	}
	s.mu.Lock()
	// Stored after the attack has changed the reply, so that a replay attack sends the token before this one.
	s.lastIDToken = idToken
	s.tokensIssued++
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, reply)
}

// sign signs claims with the issuer's key, or as an attack does.
func (s *Issuer) sign(
	other func(*Issuer, map[string]any) (string, error), typ string, claims map[string]any,
) (string, error) {
	if other != nil {
		return other(s, claims)
	}
	return s.key.Sign(typ, claims)
}

// claims returns the claims of an ID token. at_hash is the left half of the access token's hash, OpenID Connect Core
// 3.1.3.6.
func (s *Issuer) claims(g grant, access string, now time.Time) map[string]any {
	sum := sha256.Sum256([]byte(access))
	claims := map[string]any{
		"iss": s.Issuer, "sub": s.subject(g.person), "aud": s.Client.ID, "nonce": g.Get("nonce"), "jti": randomToken(),
		"iat": now.Unix(), "exp": now.Add(tokenMax).Unix(), "auth_time": g.authenticatedAt.Unix(),
		"acr": s.Levels[g.method.Level], "amr": []string{g.method.Name}, "sid": g.sid, "locale": g.Get("ui_locales"),
		"at_hash": base64.RawURLEncoding.EncodeToString(sum[:16]),
	}
	if g.person.Number != "" {
		claims[s.NumberClaim] = g.person.Number
	}
	return claims
}

// endSession ends the browser's session and notifies the client: at once on the back channel, and by a frame in the
// page on the front channel.
func (s *Issuer) endSession(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "form", http.StatusBadRequest)
		return
	}
	cookie, err := r.Cookie(sessionCookie)
	var ended session
	if err == nil {
		s.mu.Lock()
		ended = s.sessions[cookie.Value]
		delete(s.sessions, cookie.Value)
		s.mu.Unlock()
	}
	if ended.sid != "" {
		s.sendLogoutToken(r.Context(), ended)
	}
	v := view{Language: r.Form.Get("ui_locales")}
	// Other addresses are not registered and get no link.
	if r.Form.Get("post_logout_redirect_uri") == s.Client.LoggedOut && s.Client.LoggedOut != "" {
		v.Onward = s.Client.LoggedOut + "?" + url.Values{"state": {r.Form.Get("state")}}.Encode()
	}
	if ended.sid != "" && s.Client.Front != "" {
		v.Frame = s.Client.Front + "?" + url.Values{"iss": {s.Issuer}, "sid": {ended.sid}}.Encode()
	}
	s.sendPage(w, http.StatusOK, "left", v)
}

// sendLogoutToken sends the logout token of a session to the client. Like ID-porten, it does not try again after a
// failure.
func (s *Issuer) sendLogoutToken(ctx context.Context, ended session) {
	if s.Client.Back == "" {
		return
	}
	token, err := s.LogoutToken(ended.sid, s.subject(ended.person))
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	form := url.Values{"logout_token": {token}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Client.Back, strings.NewReader(form))
	if err != nil {
		return
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if resp, err := s.HTTP.Do(r); err == nil {
		_ = resp.Body.Close()
	}
}

// LogoutToken returns the logout token of a session, OpenID Connect Back-Channel Logout 2.4.
func (s *Issuer) LogoutToken(sid, subject string) (string, error) {
	now := s.Now()
	claims := map[string]any{
		"iss": s.Issuer, "sub": subject, "aud": s.Client.ID, "iat": now.Unix(), "exp": now.Add(tokenMax).Unix(),
		"jti": randomToken(), "sid": sid,
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	attack := s.currentAttack()
	if attack.LogoutClaims != nil {
		attack.LogoutClaims(claims)
	}
	return s.sign(attack.SignLogoutToken, "logout+jwt", claims)
}

// LastIDToken returns the last ID token that was issued, for replay attacks. It is empty before the first.
func (s *Issuer) LastIDToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lastIDToken
}

// EndSessions ends all sessions of the person with a key, as logout at another service does, and notifies the client on
// the back channel.
func (s *Issuer) EndSessions(ctx context.Context, key string) {
	var ended []session
	s.mu.Lock()
	for cookie, one := range s.sessions {
		if one.person.Key == key {
			ended = append(ended, one)
			delete(s.sessions, cookie)
		}
	}
	s.mu.Unlock()
	for _, one := range ended {
		s.sendLogoutToken(ctx, one)
	}
}
