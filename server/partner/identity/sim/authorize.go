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

// stayCookie is the name of the session's cookie. It is unique, since all ports of a host share cookies.
const stayCookie = "eid-sim"

// push accepts a pushed authorization request (RFC 9126).
func (s *Issuer) push(w http.ResponseWriter, r *http.Request) {
	if err := s.client(r); err != nil {
		refuse(w, http.StatusUnauthorized, "invalid_client", err.Error())
		return
	}
	request := url.Values{}
	for name, value := range r.PostForm {
		if !strings.HasPrefix(name, "client_assertion") {
			request[name] = value
		}
	}
	if why := s.wrong(request); why != "" {
		refuse(w, http.StatusBadRequest, "invalid_request", why)
		return
	}
	reference := "urn:simulated:" + token()
	now := s.Now()
	s.mu.Lock()
	s.sweep(now)
	s.pushed[reference] = asked{request, now.Add(pushedMax)}
	s.mu.Unlock()
	reply := map[string]any{"request_uri": reference, "expires_in": int(pushedMax / time.Second)}
	if change := s.mischief().Pushed; change != nil {
		change(reply)
	}
	writeJSON(w, http.StatusCreated, reply)
}

// wrong returns the first error of a request, or an empty text. What ID-porten recommends is required too.
func (s *Issuer) wrong(v url.Values) string {
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

func (s *Issuer) level(names string) int {
	for _, name := range strings.Fields(names) {
		if n := slices.Index(s.Levels, name); n >= 0 {
			return n
		}
	}
	return -1
}

// client checks that the caller is the registered client, RFC 7523.
func (s *Issuer) client(r *http.Request) error {
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
	if c.Iss != s.Client.ID || c.Sub != s.Client.ID || c.Aud != s.Issuer || c.Jti == "" || now.After(until) || until.Sub(now) > 2*time.Minute {
		return errors.New("the assertion is not for this issuer and now")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, again := s.used[c.Jti]; again {
		return errors.New("the assertion was used before")
	}
	s.used[c.Jti] = until
	return nil
}

// authorize shows the list of persons, or answers at once if single sign-on applies.
func (s *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	reference := r.URL.Query().Get("request_uri")
	now := s.Now()
	s.mu.Lock()
	request, ok := s.pushed[reference]
	delete(s.pushed, reference)
	s.mu.Unlock()
	if !ok || now.After(request.until) || r.URL.Query().Get("client_id") != s.Client.ID {
		s.page(w, http.StatusBadRequest, "stale", view{})
		return
	}
	here, known := s.stay(r)
	if known && request.Get("prompt") != "login" && here.method.Level >= max(0, s.level(request.Get("acr_values"))) {
		s.back(w, r, request, here)
		return
	}
	id := token()
	request.until = now.Add(10 * time.Minute)
	s.mu.Lock()
	s.waiting[id] = request
	s.mu.Unlock()
	s.page(w, http.StatusOK, "choose", view{ID: id, Language: request.Get("ui_locales"), Least: max(0, s.level(request.Get("acr_values")))})
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
		s.page(w, http.StatusBadRequest, "stale", view{})
		return
	}
	if r.PostForm.Get("cancel") != "" {
		s.send(w, r, request, url.Values{"error": {"access_denied"}})
		return
	}
	p, known := s.person(r.PostForm.Get("person"))
	m := slices.IndexFunc(s.Methods, func(m Method) bool { return m.Name == r.PostForm.Get("method") })
	if !known || m < 0 || s.Methods[m].Level < max(0, s.level(request.Get("acr_values"))) {
		s.page(w, http.StatusBadRequest, "stale", view{})
		return
	}
	here := stay{person: p, method: s.Methods[m], sid: token(), proved: now, until: now.Add(stayMax)}
	cookie := token()
	s.mu.Lock()
	s.sweep(now)
	s.stays[cookie] = here
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: stayCookie, Value: cookie, Path: s.path + "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}) //nolint:gosec // loopback has no https
	s.back(w, r, request, here)
}

func (s *Issuer) person(key string) (Person, bool) {
	n := slices.IndexFunc(s.Persons, func(p Person) bool { return p.Key == key })
	if n < 0 {
		return Person{}, false
	}
	return s.Persons[n], true
}

func (s *Issuer) stay(r *http.Request) (stay, bool) {
	cookie, err := r.Cookie(stayCookie)
	if err != nil {
		return stay{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	here, ok := s.stays[cookie.Value]
	return here, ok && s.Now().Before(here.until)
}

// back redirects the browser to the client with a code.
func (s *Issuer) back(w http.ResponseWriter, r *http.Request, request asked, here stay) {
	code := token()
	s.mu.Lock()
	s.codes[code] = grant{asked: request, stay: here, until: s.Now().Add(codeMax)}
	s.mu.Unlock()
	s.send(w, r, request, url.Values{"code": {code}})
}

func (s *Issuer) send(w http.ResponseWriter, r *http.Request, request asked, v url.Values) {
	v.Set("state", request.Get("state"))
	v.Set("iss", s.Issuer)
	if change := s.mischief().Return; change != nil {
		change(v)
	}
	http.Redirect(w, r, request.Get("redirect_uri")+"?"+v.Encode(), http.StatusSeeOther)
}

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
