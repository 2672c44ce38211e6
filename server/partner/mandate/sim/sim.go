// Package sim is a simulator of Altinn's register of authorised parties and of Maskinporten's token endpoint, over
// HTTP, for development and tests. Rights can be granted and withdrawn.
package sim

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	tokenTime = 2 * time.Minute
	bodyMax   = 64 << 10
	tokensMax = 1000
)

// Company is an organisation and the person's rights for it.
type Company struct {
	Number   string
	Name     string
	Deleted  bool
	Hollow   bool // the person may act for a unit of it only
	Resource []string
	Packages []string
	Units    []Company
}

// Config is a register's content and its client.
type Config struct {
	Audience string
	ClientID string
	Key      jose.JSONWebKey
	Scope    string
	Names    map[string]string    // of people, by birth number
	Rights   map[string][]Company // by birth number
	Now      func() time.Time
}

// Register is the simulated register.
type Register struct {
	Config

	mu       sync.Mutex
	tokens   map[string]time.Time // of the token endpoint and of the exchange alike
	broken   http.HandlerFunc
	requests int
}

// New returns a register.
func New(c Config) *Register {
	return &Register{Config: c, tokens: map[string]time.Time{}}
}

// Break answers every request with a handler; nil repairs the register.
func (s *Register) Break(h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = h
}

// Requests returns the number of requests for parties.
func (s *Register) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Withdraw removes every right of a person for an organisation.
func (s *Register) Withdraw(birthNumber, number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Rights[birthNumber] = slices.DeleteFunc(slices.Clone(s.Rights[birthNumber]), func(c Company) bool { return c.Number == number })
}

// Grant adds a right of a person.
func (s *Register) Grant(birthNumber string, c Company) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Rights[birthNumber] = append(slices.Clone(s.Rights[birthNumber]), c)
}

// Revoke makes all tokens invalid.
func (s *Register) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// ServeHTTP answers as Maskinporten and Altinn do.
func (s *Register) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyMax)
	s.mu.Lock()
	// Unlocked first, because a test's handler may wait or panic.
	if broken := s.broken; broken != nil {
		s.mu.Unlock()
		broken(w, r)
		return
	}
	defer s.mu.Unlock()
	switch r.Method + " " + r.URL.Path {
	case "POST /token":
		s.token(w, r)
	case "GET /authentication/api/v1/exchange/maskinporten":
		if !s.known(r) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(s.fresh()))
	case "POST /accessmanagement/api/v1/resourceowner/authorizedparties":
		s.parties(w, r)
	default:
		http.NotFound(w, r)
	}
}

// fresh returns a new access token. The caller holds the lock.
func (s *Register) fresh() string {
	if len(s.tokens) > tokensMax {
		clear(s.tokens)
	}
	token := rand.Text()
	s.tokens[token] = s.Now().Add(tokenTime)
	return token
}

func (s *Register) known(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	until, there := s.tokens[token]
	return ok && there && s.Now().Before(until)
}

// token answers a token request with a JWT assertion (RFC 7523), like Maskinporten: the assertion must be signed
// with the client's key and be valid for at most two minutes.
func (s *Register) token(w http.ResponseWriter, r *http.Request) {
	jws, err := jose.ParseSigned(r.PostFormValue("assertion"), []jose.SignatureAlgorithm{jose.RS256, jose.ES256})
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	payload, err := jws.Verify(s.Key)
	var c struct {
		Aud, Iss, Scope string
		Exp             int64
	}
	now := s.Now()
	if err != nil || json.Unmarshal(payload, &c) != nil || c.Aud != s.Audience || c.Iss != s.ClientID || c.Scope != s.Scope ||
		now.Unix() > c.Exp || c.Exp-now.Unix() > 120 || r.PostFormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	reply(w, map[string]any{"access_token": s.fresh(), "token_type": "Bearer", "expires_in": int(tokenTime / time.Second), "scope": s.Scope})
}

// parties answers with the person and the companies that the person may represent.
func (s *Register) parties(w http.ResponseWriter, r *http.Request) {
	if !s.known(r) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var subject struct{ Type, Value string }
	if json.NewDecoder(r.Body).Decode(&subject) != nil || subject.Type != "urn:altinn:person:identifier-no" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.requests++
	list := []map[string]any{{
		"partyUuid": rand.Text(), "name": s.Names[subject.Value], "personId": subject.Value, "type": "Person", "partyId": 1,
		"authorizedResources": []string{}, "authorizedRoles": []string{"PRIV"}, "subunits": []any{},
	}}
	for _, c := range s.Rights[subject.Value] {
		list = append(list, c.item())
	}
	reply(w, list)
}

// item returns the company in the format of Altinn's API, with its subunits.
func (c Company) item() map[string]any {
	units := []map[string]any{}
	for _, u := range c.Units {
		units = append(units, u.item())
	}
	return map[string]any{
		"partyUuid": rand.Text(), "name": c.Name, "organizationNumber": c.Number, "partyId": 2, "type": "Organization", "unitType": "AS",
		"isDeleted": c.Deleted, "onlyHierarchyElementWithNoAccess": c.Hollow, "authorizedResources": c.Resource,
		"authorizedRoles": []string{"DAGL"}, "authorizedAccessPackages": c.Packages, "subunits": units,
	}
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client may have disconnected
}
