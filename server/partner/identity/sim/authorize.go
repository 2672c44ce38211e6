package sim

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"bompass/server/partner/identity/openid"
)

// sessionCookie is the name of the session's cookie. It is unique, since all ports of a host share cookies.
const sessionCookie = "eid-sim"

// pushRequest accepts a pushed authorization request (RFC 9126).
func (s *Issuer) pushRequest(w http.ResponseWriter, r *http.Request) {
	if err := s.authenticateClient(r); err != nil {
		writeError(w, http.StatusUnauthorized, "invalid_client", err.Error())
		return
	}
	request := url.Values{}
	for name, value := range r.PostForm {
		// The assertion authenticates this request only and is not a part of the authorization request.
		if !strings.HasPrefix(name, "client_assertion") {
			request[name] = value
		}
	}
	if problem := s.requestError(request); problem != "" {
		writeError(w, http.StatusBadRequest, "invalid_request", problem)
		return
	}
	reference := "urn:simulated:" + randomToken()
	now := s.Now()
	s.mu.Lock()
	s.deleteExpired(now)
	s.pushed[reference] = pendingRequest{request, now.Add(pushedMax)}
	s.mu.Unlock()
	reply := map[string]any{"request_uri": reference, "expires_in": int(pushedMax / time.Second)}
	if change := s.currentAttack().PushedReply; change != nil {
		change(reply)
	}
	writeJSON(w, http.StatusCreated, reply)
}

// requestError returns the first error of a request, or an empty text. Parameters that ID-porten only recommends,
// such as state, nonce and PKCE, are required, so that a client without them is noticed in tests.
func (s *Issuer) requestError(v url.Values) string {
	switch {
	case v.Get("client_id") != s.Client.ID:
		return "unknown client"
	case v.Get("redirect_uri") != s.Client.Redirect:
		return "redirect_uri is not registered"
	case v.Get("response_type") != "code":
		return "only response_type code"
	case !slices.Contains(strings.Fields(v.Get("scope")), "openid"):
		return "scope openid is missing"
	case v.Get("state") == "" || v.Get("nonce") == "":
		return "state and nonce are needed"
	case v.Get("code_challenge_method") != "S256" || len(v.Get("code_challenge")) != 43:
		return "PKCE with S256 is needed"
	case v.Get("acr_values") != "" && s.level(v.Get("acr_values")) < 0:
		return "unknown acr_values"
	}
	return ""
}

// level returns the index of the first known level among names separated by spaces, or -1.
func (s *Issuer) level(names string) int {
	for _, name := range strings.Fields(names) {
		if n := slices.Index(s.Levels, name); n >= 0 {
			return n
		}
	}
	return -1
}

// authenticateClient verifies the client assertion of a request (private_key_jwt, RFC 7523 section 3): it must be
// signed with the registered key, addressed to this issuer, valid for at most two minutes, and not used before.
func (s *Issuer) authenticateClient(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if r.PostForm.Get("client_assertion_type") != openid.AssertionType {
		return errors.New("private_key_jwt is needed")
	}
	jws, err := jose.ParseSigned(r.PostForm.Get("client_assertion"), []jose.SignatureAlgorithm{jose.RS256, jose.ES256})
	if err != nil {
		return err
	}
	payload, err := jws.Verify(s.Client.Key)
	if err != nil {
		return err
	}
	var c struct {
		Iss string `json:"iss"`
		Sub string `json:"sub"`
		Aud string `json:"aud"`
		Jti string `json:"jti"`
		Exp int64  `json:"exp"`
	}
	if err := json.Unmarshal(payload, &c); err != nil {
		return err
	}
	now, until := s.Now(), time.Unix(c.Exp, 0)
	if c.Iss != s.Client.ID || c.Sub != s.Client.ID || c.Aud != s.Issuer || c.Jti == "" || now.After(until) ||
		until.Sub(now) > 2*time.Minute {
		return errors.New("the assertion is not for this issuer and now")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, replayed := s.assertions[c.Jti]; replayed {
		return errors.New("the assertion was used before")
	}
	// Kept until the assertion would have expired, which is when a replay is refused for its age.
	s.assertions[c.Jti] = until
	return nil
}

// authorize shows the list of persons. If the browser has a session of a sufficient level and the client does not
// ask for a new authentication, it answers at once (single sign-on).
func (s *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	reference := r.URL.Query().Get("request_uri")
	now := s.Now()
	s.mu.Lock()
	request, ok := s.pushed[reference]
	// A reference can be used once (RFC 9126 section 7.3).
	delete(s.pushed, reference)
	s.mu.Unlock()
	if !ok || now.After(request.until) || r.URL.Query().Get("client_id") != s.Client.ID {
		s.sendPage(w, http.StatusBadRequest, "stale", view{})
		return
	}
	current, found := s.session(r)
	if found && request.Get("prompt") != "login" && current.method.Level >= max(0, s.level(request.Get("acr_values"))) {
		s.redirectWithCode(w, r, request, current)
		return
	}
	id := randomToken()
	request.until = now.Add(10 * time.Minute)
	s.mu.Lock()
	s.waiting[id] = request
	s.mu.Unlock()
	s.sendPage(w, http.StatusOK, "choose", view{
		ID: id, Language: request.Get("ui_locales"), Least: max(0, s.level(request.Get("acr_values"))),
	})
}

// choose handles the choice of a person.
func (s *Issuer) choose(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "form", http.StatusBadRequest)
		return
	}
	now := s.Now()
	s.mu.Lock()
	request, ok := s.waiting[r.PostForm.Get("id")]
	delete(s.waiting, r.PostForm.Get("id"))
	s.mu.Unlock()
	if !ok || now.After(request.until) {
		s.sendPage(w, http.StatusBadRequest, "stale", view{})
		return
	}
	if r.PostForm.Get("cancel") != "" {
		s.redirect(w, r, request, url.Values{"error": {"access_denied"}})
		return
	}
	p, found := s.person(r.PostForm.Get("person"))
	m := slices.IndexFunc(s.Methods, func(m Method) bool { return m.Name == r.PostForm.Get("method") })
	if !found || m < 0 || s.Methods[m].Level < max(0, s.level(request.Get("acr_values"))) {
		s.sendPage(w, http.StatusBadRequest, "stale", view{})
		return
	}
	current := session{
		person: p, method: s.Methods[m], sid: randomToken(), authenticatedAt: now, until: now.Add(sessionMax),
	}
	cookie := randomToken()
	s.mu.Lock()
	s.deleteExpired(now)
	s.sessions[cookie] = current
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: cookie, Path: s.path + "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}) //nolint:gosec // loopback has no https
	s.redirectWithCode(w, r, request, current)
}

func (s *Issuer) person(key string) (Person, bool) {
	n := slices.IndexFunc(s.Persons, func(p Person) bool { return p.Key == key })
	if n < 0 {
		return Person{}, false
	}
	return s.Persons[n], true
}

// session returns the session of the browser that sends a request, if it has not expired.
func (s *Issuer) session(r *http.Request) (session, bool) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return session{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	current, ok := s.sessions[cookie.Value]
	return current, ok && s.Now().Before(current.until)
}

// redirectWithCode redirects the browser to the client with a code.
func (s *Issuer) redirectWithCode(w http.ResponseWriter, r *http.Request, request pendingRequest, current session) {
	code := randomToken()
	s.mu.Lock()
	s.codes[code] = grant{pendingRequest: request, session: current, until: s.Now().Add(codeMax)}
	s.mu.Unlock()
	s.redirect(w, r, request, url.Values{"code": {code}})
}

// redirect redirects the browser to the client with the state and the issuer's identifier (RFC 9207).
func (s *Issuer) redirect(w http.ResponseWriter, r *http.Request, request pendingRequest, v url.Values) {
	v.Set("state", request.Get("state"))
	v.Set("iss", s.Issuer)
	if change := s.currentAttack().Redirect; change != nil {
		change(v)
	}
	http.Redirect(w, r, request.Get("redirect_uri")+"?"+v.Encode(), http.StatusSeeOther)
}

// challengeOf returns the S256 code challenge of a PKCE verifier, RFC 7636 section 4.2.
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
