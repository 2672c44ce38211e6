// Package sim is a simulated issuer of electronic identities for development and tests: an OpenID provider over
// HTTP that lets the visitor choose a person from a list instead of authenticating.
//
// It has the profile of ID-porten: pushed authorization requests, PKCE, private_key_jwt, levels of assurance, single
// sign-on, and RP-initiated, front-channel and back-channel logout. Tests make it hostile with SetAttack.
package sim

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"

	"bompass/server/partner/identity/openid"
)

// Limits of the simulation.
const (
	sessionMax = 30 * time.Minute // // how long single sign-on lasts
	pushedMax  = time.Minute
	codeMax    = time.Minute
	tokenMax   = 2 * time.Minute // validity of ID tokens and logout tokens
	entriesMax = 10000           // in each map of requests, codes, sessions and assertions
	bodyMax    = 64 << 10
)

// Person is a person who can be chosen.
type Person struct {
	Key    string // names the person in forms and tests
	Name   string
	Number string // national identity number; empty for a person without one
}

// Method is a method of authentication with its level, an index into Config.Levels.
type Method struct {
	Name  string
	Level int
}

// Client is the registered client.
type Client struct {
	ID        string
	Key       jose.JSONWebKey
	Redirect  string
	LoggedOut string // redirect address after logout; empty for none
	Front     string // address of front-channel logout, loaded in a frame
	Back      string // address of back-channel logout, which receives a logout token
}

// Config describes one issuer.
type Config struct {
	Issuer      string // identifier; the handler serves the paths below it
	Title       string
	Levels      []string
	Methods     []Method
	Persons     []Person
	NumberClaim string // name of the claim with Person.Number; empty is "pid", that of ID-porten
	Client      Client
	Now         func() time.Time
	HTTP        *http.Client    // for back-channel logout; nil is a client with a timeout of five seconds
	Key         *rsa.PrivateKey // signs tokens; nil generates one
}

// Issuer is one simulated issuer.
type Issuer struct {
	Config
	path   string
	key    openid.Key
	salt   []byte
	attack atomic.Pointer[Attack]

	mu           sync.Mutex
	pushed       map[string]pendingRequest
	waiting      map[string]pendingRequest
	codes        map[string]grant
	sessions     map[string]session
	assertions   map[string]time.Time // expiry of the client assertions that were used, by jti
	lastIDToken  string               // for attacks that replay it
	tokensIssued int                  // number of ID tokens issued
}

// pendingRequest is an accepted authorization request.
type pendingRequest struct {
	url.Values
	until time.Time
}

// session is the single sign-on session of a person in one browser.
type session struct {
	person          Person
	method          Method
	sid             string
	authenticatedAt time.Time
	until           time.Time
}

// grant is what an authorization code stands for.
type grant struct {
	pendingRequest
	session
	until time.Time
}

// New returns an Issuer.
func New(c Config) (*Issuer, error) {
	u, err := url.Parse(c.Issuer)
	if err != nil {
		return nil, fmt.Errorf("simulated issuer: %w", err)
	}
	if c.Key == nil {
		if c.Key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return nil, fmt.Errorf("simulated issuer: %w", err)
		}
	}
	key, err := openid.NewKey(c.Key, "sim-"+randomToken()[:8])
	if err != nil {
		return nil, fmt.Errorf("simulated issuer: %w", err)
	}
	if c.NumberClaim == "" {
		c.NumberClaim = "pid"
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: 5 * time.Second}
	}
	// Subjects differ from issuer to issuer (pairwise identifiers, OpenID Connect Core section 8.1).
	salt := sha256.Sum256([]byte("pairwise " + c.Issuer))
	return &Issuer{
		Config: c, path: strings.TrimSuffix(u.Path, "/"), key: key, salt: salt[:],
		pushed: map[string]pendingRequest{}, waiting: map[string]pendingRequest{}, codes: map[string]grant{},
		sessions: map[string]session{}, assertions: map[string]time.Time{},
	}, nil
}

// SetAttack makes the issuer behave as an attack describes; nil restores normal behaviour.
func (s *Issuer) SetAttack(a *Attack) { s.attack.Store(a) }

// currentAttack returns the attack that is set, or one without any effect.
func (s *Issuer) currentAttack() Attack {
	if a := s.attack.Load(); a != nil {
		return *a
	}
	return Attack{}
}

// ServeHTTP serves the paths below the issuer's identifier.
func (s *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyMax)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if replaced := s.currentAttack().Handlers[strings.TrimPrefix(r.URL.Path, s.path)]; replaced != nil {
		replaced(w, r)
		return
	}
	switch r.Method + " " + strings.TrimPrefix(r.URL.Path, s.path) {
	case "GET /.well-known/openid-configuration":
		s.sendMetadata(w)
	case "GET /jwks":
		s.sendKeys(w)
	case "POST /par":
		s.pushRequest(w, r)
	case "GET /authorize":
		s.authorize(w, r)
	case "POST /choose":
		s.choose(w, r)
	case "POST /token":
		s.token(w, r)
	case "GET /endsession", "POST /endsession":
		s.endSession(w, r)
	default:
		http.NotFound(w, r)
	}
}

// sendMetadata answers with the provider metadata of OpenID Connect Discovery.
func (s *Issuer) sendMetadata(w http.ResponseWriter) {
	doc := map[string]any{
		"issuer": s.Issuer, "authorization_endpoint": s.Issuer + "/authorize", "token_endpoint": s.Issuer + "/token",
		"jwks_uri": s.Issuer + "/jwks", "end_session_endpoint": s.Issuer + "/endsession",
		"pushed_authorization_request_endpoint": s.Issuer + "/par",
		"response_types_supported":              []string{"code"}, "subject_types_supported": []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"code_challenge_methods_supported":      []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"private_key_jwt"}, "acr_values_supported": s.Levels,
		"ui_locales_supported":                           []string{"nb", "nn", "en", "se", "sv"},
		"authorization_response_iss_parameter_supported": true,
		"frontchannel_logout_supported":                  true, "frontchannel_logout_session_supported": true,
		"backchannel_logout_supported": true, "backchannel_logout_session_supported": true,
	}
	if change := s.currentAttack().Metadata; change != nil {
		change(doc)
	}
	writeJSON(w, http.StatusOK, doc)
}

func (s *Issuer) sendKeys(w http.ResponseWriter) {
	keys := []any{s.key.Public()}
	if change := s.currentAttack().Keys; change != nil {
		keys = change(s, keys)
	}
	writeJSON(w, http.StatusOK, map[string]any{"keys": keys})
}

// subject returns the pairwise subject identifier of a person (OpenID Connect Core 8.1): constant for a client, and
// without personal data.
func (s *Issuer) subject(p Person) string {
	mac := hmac.New(sha256.New, s.salt)
	mac.Write([]byte(s.Client.ID + " " + p.Key))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// deleteExpired deletes expired entries, so that the maps stay small. The caller holds the lock.
func (s *Issuer) deleteExpired(now time.Time) {
	deleteWhere(s.pushed, func(a pendingRequest) bool { return now.After(a.until) })
	deleteWhere(s.waiting, func(a pendingRequest) bool { return now.After(a.until) })
	deleteWhere(s.codes, func(g grant) bool { return now.After(g.until) })
	deleteWhere(s.sessions, func(st session) bool { return now.After(st.until) })
	deleteWhere(s.assertions, now.After)
}

// deleteWhere deletes expired entries, and any others of a map with more than entriesMax.
func deleteWhere[V any](m map[string]V, expired func(V) bool) {
	for key, v := range m {
		if expired(v) || len(m) > entriesMax {
			delete(m, key)
		}
	}
}

// randomToken returns 256 random bits.
func randomToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may have disconnected
}

// writeError answers with an error of OAuth 2.0, RFC 6749 section 5.2.
func writeError(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, status, map[string]string{"error": code, "error_description": description})
}
