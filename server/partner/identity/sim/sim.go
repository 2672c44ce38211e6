// Package sim is an issuer of electronic identities for development and tests: a real OpenID provider
// over HTTP whose persons are chosen from a list instead of proving who they are.
//
// It has the profile of ID-porten: pushed requests, PKCE, private_key_jwt, levels, single sign-on, and
// logout by all three ways. Tests can make it hostile with the behaviours of Mischiefs.
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
	stayMax    = 30 * time.Minute // of single sign-on
	pushedMax  = time.Minute
	codeMax    = time.Minute
	proofMax   = 2 * time.Minute
	waitingMax = 10000 // requests, codes and stays kept
	bodyMax    = 64 << 10
)

// Person is a person who can be chosen.
type Person struct {
	Key    string // names the person in forms and tests
	Name   string
	Number string // birth number or its foreign relative; empty for a person whose issuer tells none
}

// Method is a method of authentication and its level: an index into Config.Levels.
type Method struct {
	Name  string
	Level int
}

// Client is the registered client.
type Client struct {
	ID        string
	Key       jose.JSONWebKey
	Redirect  string
	LoggedOut string
	Front     string // shown in a frame when a person signs out
	Back      string // receives a logout token when a person signs out
}

// Config describes one issuer.
type Config struct {
	Issuer      string // its identifier; the handler serves the paths beneath it
	Title       string
	Levels      []string
	Methods     []Method
	Persons     []Person
	NumberClaim string
	Client      Client
	Now         func() time.Time
	HTTP        *http.Client    // for the back channel
	Key         *rsa.PrivateKey // signs; nil makes one
}

// Issuer is one simulated issuer.
type Issuer struct {
	Config
	path string
	key  openid.Key
	salt []byte
	evil atomic.Pointer[Mischief]

	mu      sync.Mutex
	pushed  map[string]asked
	waiting map[string]asked
	codes   map[string]grant
	stays   map[string]stay
	used    map[string]time.Time // assertions that have been seen
	last    string               // proof, for mischief
	turns   int                  // proofs given
}

// asked is a request that has been accepted.
type asked struct {
	url.Values
	until time.Time
}

// stay is a session of an authenticated person in one browser.
type stay struct {
	person Person
	method Method
	sid    string
	proved time.Time
	until  time.Time
}

// grant is the content of a code.
type grant struct {
	asked
	stay
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
	key, err := openid.NewKey(c.Key, "sim-"+token()[:8])
	if err != nil {
		return nil, fmt.Errorf("simulated issuer: %w", err)
	}
	if c.NumberClaim == "" {
		c.NumberClaim = "pid"
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: 5 * time.Second}
	}
	salt := sha256.Sum256([]byte("pairwise " + c.Issuer))
	return &Issuer{
		Config: c, path: strings.TrimSuffix(u.Path, "/"), key: key, salt: salt[:],
		pushed: map[string]asked{}, waiting: map[string]asked{}, codes: map[string]grant{}, stays: map[string]stay{}, used: map[string]time.Time{},
	}, nil
}

// Misbehave makes the issuer hostile from now on; nil ends that.
func (s *Issuer) Misbehave(m *Mischief) { s.evil.Store(m) }

func (s *Issuer) mischief() Mischief {
	if m := s.evil.Load(); m != nil {
		return *m
	}
	return Mischief{}
}

// ServeHTTP serves the paths beneath the issuer's identifier.
func (s *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyMax)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if wreck := s.mischief().Wreck[strings.TrimPrefix(r.URL.Path, s.path)]; wreck != nil {
		wreck(w, r)
		return
	}
	switch r.Method + " " + strings.TrimPrefix(r.URL.Path, s.path) {
	case "GET /.well-known/openid-configuration":
		s.describe(w)
	case "GET /jwks":
		s.keys(w)
	case "POST /par":
		s.push(w, r)
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

func (s *Issuer) describe(w http.ResponseWriter) {
	doc := map[string]any{
		"issuer": s.Issuer, "authorization_endpoint": s.Issuer + "/authorize", "token_endpoint": s.Issuer + "/token",
		"jwks_uri": s.Issuer + "/jwks", "end_session_endpoint": s.Issuer + "/endsession",
		"pushed_authorization_request_endpoint": s.Issuer + "/par",
		"response_types_supported":              []string{"code"}, "subject_types_supported": []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"}, "code_challenge_methods_supported": []string{"S256"},
		"token_endpoint_auth_methods_supported": []string{"private_key_jwt"}, "acr_values_supported": s.Levels,
		"ui_locales_supported": []string{"nb", "nn", "en", "se", "sv"}, "authorization_response_iss_parameter_supported": true,
		"frontchannel_logout_supported": true, "frontchannel_logout_session_supported": true,
		"backchannel_logout_supported": true, "backchannel_logout_session_supported": true,
	}
	if change := s.mischief().Describe; change != nil {
		change(doc)
	}
	writeJSON(w, http.StatusOK, doc)
}

func (s *Issuer) keys(w http.ResponseWriter) {
	keys := []any{s.key.Public()}
	if change := s.mischief().Keys; change != nil {
		keys = change(s, keys)
	}
	writeJSON(w, http.StatusOK, map[string]any{"keys": keys})
}

// subject returns the person's identifier for the client: constant, and without personal data.
func (s *Issuer) subject(p Person) string {
	mac := hmac.New(sha256.New, s.salt)
	mac.Write([]byte(s.Client.ID + " " + p.Key))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// sweep deletes expired entries, so that the maps stay small.
func (s *Issuer) sweep(now time.Time) {
	sweep(s.pushed, func(a asked) bool { return now.After(a.until) })
	sweep(s.waiting, func(a asked) bool { return now.After(a.until) })
	sweep(s.codes, func(g grant) bool { return now.After(g.until) })
	sweep(s.stays, func(st stay) bool { return now.After(st.until) })
	sweep(s.used, now.After)
}

func sweep[V any](m map[string]V, over func(V) bool) {
	for key, v := range m {
		if over(v) || len(m) > waitingMax {
			delete(m, key)
		}
	}
}

func token() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may have disconnected
}

func refuse(w http.ResponseWriter, status int, code, why string) {
	writeJSON(w, status, map[string]string{"error": code, "error_description": why})
}
