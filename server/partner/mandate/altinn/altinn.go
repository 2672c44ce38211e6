// Package altinn is the adapter of Altinn's authorised-parties API for resource owners. It authenticates with a
// token of Maskinporten, which Altinn exchanges for its own.
package altinn

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"bompass/server/partner/mandate"
	"bompass/shared/fault"
	"bompass/shared/ident"
)

// Limits of requests to Altinn.
const (
	timeMax      = 8 * time.Second // for one answer
	bytesMax     = 8 << 20         // of one answer: some people act for thousands
	partiesMax   = 5000
	depthMax     = 4 // of units beneath units
	assertionMax = 100 * time.Second
	tokenMargin  = 30 * time.Second // a token that ends sooner is not used
	tokenMax     = 30 * time.Minute // an exchanged token is not used longer
	tokenBytes   = 16 << 10
	Scope        = "altinn:accessmanagement/authorizedparties.resourceowner"
	grant        = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	partner      = "Altinn"
)

// Signer signs client assertions.
type Signer interface {
	Sign(typ string, claims any) (string, error)
}

// Config is the addresses of Altinn and Maskinporten, our credentials, and the right that is required.
type Config struct {
	Platform     string // such as https://platform.altinn.no
	Token        string // Maskinporten's token endpoint
	Audience     string // Maskinporten's issuer identifier
	ClientID     string
	Key          Signer
	Subscription string
	Resource     string   // our resource in Altinn's register
	Packages     []string // access packages that also count
	Transport    http.RoundTripper
	Now          func() time.Time
}

// Source queries Altinn. It is safe for concurrent use.
type Source struct {
	Config
	http *http.Client

	mu    sync.Mutex
	token string
	until time.Time
}

var _ mandate.Source = (*Source)(nil)

// New returns a Source. It checks the configuration and connects at the first request.
func New(c Config) (*Source, error) {
	if c.ClientID == "" || c.Key == nil || c.Now == nil || (c.Resource == "" && len(c.Packages) == 0) {
		return nil, errors.New("altinn: client, key, clock and a right are needed")
	}
	for _, address := range []string{c.Platform, c.Token} {
		if u, err := url.Parse(address); err != nil || u.Hostname() == "" || (u.Scheme != "https" && u.Hostname() != "127.0.0.1") {
			return nil, fmt.Errorf("altinn: %q must begin with https", address)
		}
	}
	return &Source{Config: c, http: &http.Client{
		Timeout: timeMax, Transport: c.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// party is one item of Altinn's answer.
type party struct {
	Name         string   `json:"name"`
	Organisation string   `json:"organizationNumber"`
	PersonID     string   `json:"personId"`
	Type         string   `json:"type"`
	Deleted      bool     `json:"isDeleted"`
	Hollow       bool     `json:"onlyHierarchyElementWithNoAccess"`
	Resources    []string `json:"authorizedResources"`
	Packages     []string `json:"authorizedAccessPackages"`
	Units        []party  `json:"subunits"`
}

// Parties returns the organisations for which the person has the right. Deleted organisations and those that only
// have a unit are left out.
func (s *Source) Parties(ctx context.Context, birthNumber string) (mandate.Answer, error) {
	if bare, _, problem := ident.BirthNumber(birthNumber); problem != ident.None || bare != birthNumber {
		return mandate.Answer{}, errors.New("altinn: not a birth number")
	}
	ctx, cancel := context.WithTimeout(ctx, timeMax)
	defer cancel()
	token, err := s.authorise(ctx)
	if err != nil {
		return mandate.Answer{}, down(err)
	}
	body, err := json.Marshal(map[string]string{"type": "urn:altinn:person:identifier-no", "value": birthNumber})
	if err != nil {
		return mandate.Answer{}, fmt.Errorf("altinn: %w", err)
	}
	head := http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token}, "Ocp-Apim-Subscription-Key": {s.Subscription}}
	reply, status, err := s.do(ctx, http.MethodPost, s.Platform+"/accessmanagement/api/v1/resourceowner/authorizedparties?includeAltinn2=true", head, body, bytesMax)
	if err != nil {
		return mandate.Answer{}, down(err)
	}
	// The token may have been revoked before its end; the next query gets a new one.
	if status == http.StatusUnauthorized {
		s.dropToken(token)
	}
	if status != http.StatusOK {
		return mandate.Answer{}, down(fmt.Errorf("authorised parties: answered %d", status))
	}
	var list []party
	if err := json.Unmarshal(reply, &list); err != nil {
		return mandate.Answer{}, down(fmt.Errorf("authorised parties: %w", err))
	}
	var a mandate.Answer
	if err := s.gather(&a, list, birthNumber, 0); err != nil {
		return mandate.Answer{}, down(err)
	}
	return a, nil
}

// gather adds the companies in a list that the person may represent in the portal, with their subunits down to
// depthMax levels. Deleted companies are left out, and parents that are only listed because the person may
// represent a subunit.
func (s *Source) gather(a *mandate.Answer, list []party, birthNumber string, depth int) error {
	for _, p := range list {
		if p.Type == "Person" && p.PersonID == birthNumber {
			a.Name = p.Name
		}
		number, problem := ident.Organisation(p.Organisation)
		if p.Type == "Organization" && problem == ident.None && !p.Deleted && !p.Hollow && s.right(p) {
			a.Companies = append(a.Companies, mandate.Party{Number: number, Name: p.Name})
		}
		if len(a.Companies) > partiesMax {
			return fmt.Errorf("authorised parties: there are more than %d", partiesMax)
		}
		if depth < depthMax {
			if err := s.gather(a, p.Units, birthNumber, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// right reports whether a party's rights include the required one. Roles are ignored: Altinn is removing them.
func (s *Source) right(p party) bool {
	if s.Resource != "" && slices.Contains(p.Resources, s.Resource) {
		return true
	}
	return slices.ContainsFunc(p.Packages, func(name string) bool { return slices.Contains(s.Packages, name) })
}

// authorise returns Altinn's token, a new one when the last is about to expire.
func (s *Source) authorise(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	if s.token != "" && now.Before(s.until) {
		return s.token, nil
	}
	assertion, err := s.Key.Sign("JWT", map[string]any{
		"aud": s.Audience, "iss": s.ClientID, "scope": Scope, "iat": now.Unix(), "exp": now.Add(assertionMax).Unix(), "jti": rand.Text(),
	})
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	form := []byte(url.Values{"grant_type": {grant}, "assertion": {assertion}}.Encode())
	body, status, err := s.do(ctx, http.MethodPost, s.Token, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, form, tokenBytes)
	if err != nil {
		return "", err
	}
	var reply struct {
		Token   string `json:"access_token"`
		Seconds int    `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &reply); status != http.StatusOK || err != nil || reply.Token == "" {
		return "", fmt.Errorf("token: answered %d", status)
	}
	// Altinn accepts only its own tokens, which it exchanges for those of Maskinporten.
	own, status, err := s.do(ctx, http.MethodGet, s.Platform+"/authentication/api/v1/exchange/maskinporten", http.Header{"Authorization": {"Bearer " + reply.Token}}, nil, tokenBytes)
	if err != nil {
		return "", err
	}
	// The reply is the token as a JSON string or as plain text.
	token := strings.Trim(strings.TrimSpace(string(own)), `"`)
	if status != http.StatusOK || token == "" || strings.ContainsAny(token, " \r\n") {
		return "", fmt.Errorf("exchange token: answered %d", status)
	}
	s.token, s.until = token, now.Add(min(time.Duration(reply.Seconds)*time.Second-tokenMargin, tokenMax))
	return token, nil
}

// dropToken drops a token that was rejected.
func (s *Source) dropToken(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == token {
		s.token = ""
	}
}

// do sends a request and returns the reply, of at most limit bytes.
func (s *Source) do(ctx context.Context, method, address string, head http.Header, body []byte, limit int64) (reply []byte, status int, err error) {
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	r.Header = head
	resp, err := s.http.Do(r)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	reply, err = io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err == nil && int64(len(reply)) > limit {
		err = errors.New("the answer is too long")
	}
	return reply, resp.StatusCode, err
}

func down(why error) error {
	return fmt.Errorf("%w: %w", fault.New(fault.PartnerDown, "partner", partner), why)
}
