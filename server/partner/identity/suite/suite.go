// Package suite is the conformance suite of issuers: the same tests for the simulator, for an independent
// implementation of OpenID Connect, and for the test environment of a real issuer.
package suite

import (
	"context"
	"net/url"
	"slices"
	"testing"
	"time"

	"bompass/server/partner/identity"
	"bompass/shared/fault"
)

// Feature is an optional feature of a provider.
type Feature string

// The features that a provider may lack.
const (
	Pushed          Feature = "pushed authorisation requests"
	FrontChannel    Feature = "front-channel logout"
	BackChannel     Feature = "back-channel logout"
	IssuerParameter Feature = "issuer in the answer, RFC 9207"
	Sessions        Feature = "named sessions"
	SingleSignOn    Feature = "single sign-on"
	Levels          Feature = "levels on demand"
	Number          Feature = "birth number"
	Cancel          Feature = "cancelling"
)

// Provider is one issuer behind the adapter.
type Provider struct {
	Issuer identity.Issuer
	Client string
	Now    func() time.Time
	Lacks  []Feature
	// Visit acts as the browser: it opens the address, authenticates, and returns the issuer's answer. All visits
	// of one Provider share their cookies.
	Visit func(t *testing.T, address string, how Visit) identity.AuthResponse
	// EndSession ends the person's session at the issuer and returns the logout token that the client received.
	EndSession func(t *testing.T) string
}

// Visit describes what the person does at the issuer, and what the test expects.
type Visit struct {
	High           bool // authenticates at the high level
	Cancel         bool
	ExpectNoPrompt bool // single sign-on must apply
	ExpectPrompt   bool // the person must be asked to authenticate
}

// has reports whether the provider has a feature, and logs that it is not tested otherwise.
func (p Provider) has(t *testing.T, f Feature) bool {
	t.Helper()
	if slices.Contains(p.Lacks, f) {
		t.Logf("LACKING: this provider has no %s, which is not tested", f)
		return false
	}
	return true
}

// Run runs the suite; open returns a new provider with its own browser.
func Run(t *testing.T, open func(t *testing.T) Provider) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Provider){
		"sign-in": testSignIn, "the browser carries no secret": testBrowserCarriesNoSecret,
		"an answer is accepted once":       testAnswerIsAcceptedOnce,
		"an answer belongs to its request": testAnswerBelongsToItsRequest, "the requested level is reached": testLevel,
		"single sign-on and re-authentication": testReauthentication,
		"cancelling is no error":               testCancel, "RP-initiated logout": testEndSession,
		"back-channel logout": testLogoutToken,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// begin starts an authentication request, at the substantial level unless params state another.
func (p Provider) begin(t *testing.T, w identity.AuthRequestParams) identity.AuthRequest {
	t.Helper()
	if w.Level == 0 {
		w.Level = identity.Substantial
	}
	j, err := p.Issuer.Begin(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// signIn carries out a complete sign-in and returns the person.
func (p Provider) signIn(t *testing.T, w identity.AuthRequestParams, how Visit) identity.Person {
	t.Helper()
	j := p.begin(t, w)
	person, err := p.Issuer.Finish(t.Context(), j, p.Visit(t, j.URL, how))
	if err != nil {
		t.Fatal(err)
	}
	return person
}

// testSignIn checks the person that a sign-in returns.
func testSignIn(t *testing.T, p Provider) {
	t.Helper()
	person := p.signIn(t, identity.AuthRequestParams{Language: "nb"}, Visit{})
	if person.Issuer != p.Issuer.ID() || person.Subject == "" || person.Level < identity.Substantial ||
		person.IDToken == "" {
		t.Errorf("person: %+v", person)
	}
	if p.has(t, Number) && len(person.BirthNumber) != 11 {
		t.Errorf("birth number has %d digits", len(person.BirthNumber))
	}
	if p.has(t, Sessions) && person.Session == "" {
		t.Error("the session has no identifier")
	}
	if d := p.Now().Sub(person.AuthTime); d < -time.Minute || d > time.Minute {
		t.Errorf("authenticated %s ago", d)
	}
}

// testBrowserCarriesNoSecret checks that state, nonce and verifier are different and long enough, and that the
// address for the browser has no secret: with pushed requests a reference only, otherwise no verifier and no client
// secret.
func testBrowserCarriesNoSecret(t *testing.T, p Provider) {
	t.Helper()
	j := p.begin(t, identity.AuthRequestParams{Language: "nb", Reauthenticate: true})
	u, err := url.Parse(j.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if len(j.Verifier) < 43 || len(j.State) < 43 || len(j.Nonce) < 43 ||
		slices.Contains([]string{j.State, j.Nonce}, j.Verifier) || j.State == j.Nonce {
		t.Error("the secrets are short or the same")
	}
	if p.has(t, Pushed) {
		if len(q) != 2 || q.Get("client_id") != p.Client || q.Get("request_uri") == "" {
			t.Errorf("the browser carries %v", q)
		}
		return
	}
	for name, want := range map[string]string{
		"response_type": "code", "code_challenge_method": "S256", "state": j.State, "nonce": j.Nonce,
		"client_id":  p.Client,
		"ui_locales": "nb", "prompt": "login",
	} {
		if q.Get(name) != want {
			t.Errorf("%s: got %q, want %q", name, q.Get(name), want)
		}
	}
	if q.Get("code_challenge") == j.Verifier || q.Has("code_verifier") || q.Has("client_secret") {
		t.Error("the browser carries a secret")
	}
}

// testAnswerIsAcceptedOnce checks that an answer cannot be replayed.
func testAnswerIsAcceptedOnce(t *testing.T, p Provider) {
	t.Helper()
	j := p.begin(t, identity.AuthRequestParams{})
	back := p.Visit(t, j.URL, Visit{})
	if _, err := p.Issuer.Finish(t.Context(), j, back); err != nil {
		t.Fatal(err)
	}
	expectRefusal(t, "the same answer again", p, j, back)
}

// testAnswerBelongsToItsRequest checks that an answer is refused if any value that ties it to its request is
// missing or different.
func testAnswerBelongsToItsRequest(t *testing.T, p Provider) {
	t.Helper()
	for name, change := range map[string]func(*identity.AuthRequest, *identity.AuthResponse){
		"another state":    func(j *identity.AuthRequest, _ *identity.AuthResponse) { j.State += "x" },
		"no state":         func(j *identity.AuthRequest, b *identity.AuthResponse) { j.State, b.State = "", "" },
		"another nonce":    func(j *identity.AuthRequest, _ *identity.AuthResponse) { j.Nonce += "x" },
		"no nonce":         func(j *identity.AuthRequest, _ *identity.AuthResponse) { j.Nonce = "" },
		"another verifier": func(j *identity.AuthRequest, _ *identity.AuthResponse) { j.Verifier = j.Nonce },
		"another issuer": func(_ *identity.AuthRequest,
			b *identity.AuthResponse,
		) {
			b.Issuer = "https://elsewhere.invalid"
		},
		"another code": func(_ *identity.AuthRequest, b *identity.AuthResponse) { b.Code += "x" },
		"no code":      func(_ *identity.AuthRequest, b *identity.AuthResponse) { b.Code = "" },
		"too late":     func(j *identity.AuthRequest, _ *identity.AuthResponse) { j.Began = j.Began.Add(-time.Hour) },
	} {
		j := p.begin(t, identity.AuthRequestParams{})
		back := p.Visit(t, j.URL, Visit{})
		change(&j, &back)
		expectRefusal(t, name, p, j, back)
	}
	if p.has(t, IssuerParameter) {
		j := p.begin(t, identity.AuthRequestParams{})
		back := p.Visit(t, j.URL, Visit{})
		back.Issuer = ""
		expectRefusal(t, "no issuer", p, j, back)
	}
}

func expectRefusal(t *testing.T, name string, p Provider, j identity.AuthRequest, back identity.AuthResponse) {
	t.Helper()
	if person, err := p.Issuer.Finish(t.Context(), j, back); fault.CodeOf(err) != fault.EIDRefused ||
		person != (identity.Person{}) {
		t.Errorf("%s: got %+v, %v", name, person, err)
	}
}

// testLevel checks that the requested level of assurance is reached.
func testLevel(t *testing.T, p Provider) {
	t.Helper()
	if !p.has(t, Levels) {
		return
	}
	if person := p.signIn(t, identity.AuthRequestParams{}, Visit{}); person.Level != identity.Substantial {
		t.Errorf("level: got %s", person.Level)
	}
	// A higher level needs a new authentication although single sign-on applies to the lower one.
	if person := p.signIn(t, identity.AuthRequestParams{Level: identity.High}, Visit{
		High: true, ExpectPrompt: true,
	}); person.Level != identity.High {
		t.Errorf("level: got %s", person.Level)
	}
}

// testReauthentication checks that single sign-on returns the same person without a prompt, and that
// re-authentication prompts.
func testReauthentication(t *testing.T, p Provider) {
	t.Helper()
	if !p.has(t, SingleSignOn) {
		return
	}
	first := p.signIn(t, identity.AuthRequestParams{}, Visit{ExpectPrompt: true})
	second := p.signIn(t, identity.AuthRequestParams{}, Visit{ExpectNoPrompt: true})
	if first.Subject != second.Subject || first.Session != second.Session {
		t.Error("single sign-on returned another person or session")
	}
	third := p.signIn(t, identity.AuthRequestParams{Reauthenticate: true}, Visit{ExpectPrompt: true})
	if third.Subject != first.Subject || third.AuthTime.Before(first.AuthTime) {
		t.Error("the second authentication is not newer, or of another person")
	}
}

// testCancel checks that cancelling at the issuer is reported as such.
func testCancel(t *testing.T, p Provider) {
	t.Helper()
	if !p.has(t, Cancel) {
		return
	}
	j := p.begin(t, identity.AuthRequestParams{})
	if _, err := p.Issuer.Finish(t.Context(), j,
		p.Visit(t, j.URL, Visit{Cancel: true})); fault.CodeOf(err) != fault.EIDCancelled {
		t.Errorf("got %v", err)
	}
}

// testEndSession checks the request of RP-initiated logout, whose token is not in the address, and the origins that
// may frame the page of front-channel logout.
func testEndSession(t *testing.T, p Provider) {
	t.Helper()
	person := p.signIn(t, identity.AuthRequestParams{}, Visit{})
	request, ok, err := p.Issuer.EndSession(t.Context(), person.IDToken, "some-state")
	if err != nil || !ok {
		t.Fatalf("end session: %v, %v", ok, err)
	}
	u, err := url.Parse(request.URL)
	if err != nil || u.RawQuery != "" || request.Fields["id_token_hint"] != person.IDToken ||
		request.Fields["state"] != "some-state" {
		t.Errorf("request: %s %v", request.URL, err)
	}
	if origins := p.Issuer.FrameOrigins(context.Background()); !slices.Contains(origins, u.Scheme+"://"+u.Host) {
		t.Errorf("origins: %v", origins)
	}
	p.has(t, FrontChannel)
}

// testLogoutToken checks that the logout token of a session is accepted, and that other texts are refused.
func testLogoutToken(t *testing.T, p Provider) {
	t.Helper()
	if !p.has(t, BackChannel) {
		return
	}
	person := p.signIn(t, identity.AuthRequestParams{}, Visit{})
	ended, err := p.Issuer.VerifyLogoutToken(t.Context(), p.EndSession(t))
	if err != nil || ended.Issuer != person.Issuer || ended.Session != person.Session || ended.TokenID == "" {
		t.Errorf("ended: %+v, %v", ended, err)
	}
	for _, bad := range []string{"", "x", person.IDToken} {
		if _, err := p.Issuer.VerifyLogoutToken(t.Context(), bad); fault.CodeOf(err) != fault.EIDRefused {
			t.Errorf("message %.10q: got %v", bad, err)
		}
	}
}
