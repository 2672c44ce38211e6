// Package suite is the conformance suite of issuers: the same tests for the simulator, for independent
// implementations, and for a real test environment.
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

// The features that may be lacking.
const (
	Pushed      Feature = "pushed authorisation requests"
	Front       Feature = "front-channel logout"
	Back        Feature = "back-channel logout"
	NamesItself Feature = "issuer in the answer, RFC 9207"
	Sessions    Feature = "named sessions"
	SingleSign  Feature = "single sign-on"
	Levels      Feature = "levels on demand"
	Number      Feature = "birth number"
	Cancel      Feature = "button to stop"
)

// Provider is one issuer behind the adapter.
type Provider struct {
	Issuer identity.Issuer
	Client string
	Now    func() time.Time
	Lacks  []Feature
	// Visit acts as the browser: it opens the address, authenticates, and returns the issuer's answer. One
	// Provider is one browser.
	Visit func(t *testing.T, address string, how Visit) identity.AuthResponse
	// Leave ends the person's session elsewhere and returns the logout token that the client got.
	Leave func(t *testing.T) string
}

// Visit is the person's actions at the issuer.
type Visit struct {
	High   bool // proves at the high level
	Cancel bool
	Silent bool // must not be asked anything
	Asked  bool // must be asked
}

func (p Provider) has(t *testing.T, f Feature) bool {
	t.Helper()
	if slices.Contains(p.Lacks, f) {
		t.Logf("LACKING: this provider has no %s; nothing about it is proven here", f)
		return false
	}
	return true
}

// Run runs the suite; open returns a new provider with its own browser.
func Run(t *testing.T, open func(t *testing.T) Provider) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Provider){
		"a person signs in": signIn, "the browser carries no secret": carries, "an answer is good once": once,
		"an answer is for its own request": own, "the level is kept": level, "single sign-on and asking again": again,
		"stopping is no error of ours": stop, "leaving": leave, "hearing that somebody left": hear,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

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

func (p Provider) whole(t *testing.T, w identity.AuthRequestParams, how Visit) identity.Person {
	t.Helper()
	j := p.begin(t, w)
	person, err := p.Issuer.Finish(t.Context(), j, p.Visit(t, j.URL, how))
	if err != nil {
		t.Fatal(err)
	}
	return person
}

func signIn(t *testing.T, p Provider) {
	t.Helper()
	person := p.whole(t, identity.AuthRequestParams{Language: "nb"}, Visit{})
	if person.Issuer != p.Issuer.ID() || person.Subject == "" || person.Level < identity.Substantial || person.IDToken == "" {
		t.Errorf("person: %+v", person)
	}
	if p.has(t, Number) && len(person.BirthNumber) != 11 {
		t.Errorf("birth number has %d digits", len(person.BirthNumber))
	}
	if p.has(t, Sessions) && person.Session == "" {
		t.Error("the session has no name")
	}
	if d := p.Now().Sub(person.AuthTime); d < -time.Minute || d > time.Minute {
		t.Errorf("proved %s ago", d)
	}
}

func carries(t *testing.T, p Provider) {
	t.Helper()
	j := p.begin(t, identity.AuthRequestParams{Language: "nb", Reauthenticate: true})
	u, err := url.Parse(j.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if len(j.Verifier) < 43 || len(j.State) < 43 || len(j.Nonce) < 43 || slices.Contains([]string{j.State, j.Nonce}, j.Verifier) || j.State == j.Nonce {
		t.Error("the secrets are short or the same")
	}
	if p.has(t, Pushed) {
		if len(q) != 2 || q.Get("client_id") != p.Client || q.Get("request_uri") == "" {
			t.Errorf("the browser carries %v", q)
		}
		return
	}
	for name, want := range map[string]string{
		"response_type": "code", "code_challenge_method": "S256", "state": j.State, "nonce": j.Nonce, "client_id": p.Client,
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

func once(t *testing.T, p Provider) {
	t.Helper()
	j := p.begin(t, identity.AuthRequestParams{})
	back := p.Visit(t, j.URL, Visit{})
	if _, err := p.Issuer.Finish(t.Context(), j, back); err != nil {
		t.Fatal(err)
	}
	refused(t, "the same answer again", p, j, back)
}

func own(t *testing.T, p Provider) {
	t.Helper()
	for name, change := range map[string]func(*identity.AuthRequest, *identity.AuthResponse){
		"another state":    func(j *identity.AuthRequest, _ *identity.AuthResponse) { j.State += "x" },
		"no state":         func(j *identity.AuthRequest, b *identity.AuthResponse) { j.State, b.State = "", "" },
		"another nonce":    func(j *identity.AuthRequest, _ *identity.AuthResponse) { j.Nonce += "x" },
		"no nonce":         func(j *identity.AuthRequest, _ *identity.AuthResponse) { j.Nonce = "" },
		"another verifier": func(j *identity.AuthRequest, _ *identity.AuthResponse) { j.Verifier = j.Nonce },
		"another issuer":   func(_ *identity.AuthRequest, b *identity.AuthResponse) { b.Issuer = "https://elsewhere.invalid" },
		"another code":     func(_ *identity.AuthRequest, b *identity.AuthResponse) { b.Code += "x" },
		"no code":          func(_ *identity.AuthRequest, b *identity.AuthResponse) { b.Code = "" },
		"too late":         func(j *identity.AuthRequest, _ *identity.AuthResponse) { j.Began = j.Began.Add(-time.Hour) },
	} {
		j := p.begin(t, identity.AuthRequestParams{})
		back := p.Visit(t, j.URL, Visit{})
		change(&j, &back)
		refused(t, name, p, j, back)
	}
	if p.has(t, NamesItself) {
		j := p.begin(t, identity.AuthRequestParams{})
		back := p.Visit(t, j.URL, Visit{})
		back.Issuer = ""
		refused(t, "no issuer", p, j, back)
	}
}

func refused(t *testing.T, name string, p Provider, j identity.AuthRequest, back identity.AuthResponse) {
	t.Helper()
	if person, err := p.Issuer.Finish(t.Context(), j, back); fault.CodeOf(err) != fault.EIDRefused || person != (identity.Person{}) {
		t.Errorf("%s: got %+v, %v", name, person, err)
	}
}

func level(t *testing.T, p Provider) {
	t.Helper()
	if !p.has(t, Levels) {
		return
	}
	if person := p.whole(t, identity.AuthRequestParams{}, Visit{}); person.Level != identity.Substantial {
		t.Errorf("level: got %s", person.Level)
	}
	// Stepping up asks again, though the person is known at the lower level.
	if person := p.whole(t, identity.AuthRequestParams{Level: identity.High}, Visit{High: true, Asked: true}); person.Level != identity.High {
		t.Errorf("level: got %s", person.Level)
	}
}

func again(t *testing.T, p Provider) {
	t.Helper()
	if !p.has(t, SingleSign) {
		return
	}
	first := p.whole(t, identity.AuthRequestParams{}, Visit{Asked: true})
	second := p.whole(t, identity.AuthRequestParams{}, Visit{Silent: true})
	if first.Subject != second.Subject || first.Session != second.Session {
		t.Error("the person is another the second time")
	}
	third := p.whole(t, identity.AuthRequestParams{Reauthenticate: true}, Visit{Asked: true})
	if third.Subject != first.Subject || third.AuthTime.Before(first.AuthTime) {
		t.Error("asking again did not ask")
	}
}

func stop(t *testing.T, p Provider) {
	t.Helper()
	if !p.has(t, Cancel) {
		return
	}
	j := p.begin(t, identity.AuthRequestParams{})
	if _, err := p.Issuer.Finish(t.Context(), j, p.Visit(t, j.URL, Visit{Cancel: true})); fault.CodeOf(err) != fault.EIDCancelled {
		t.Errorf("got %v", err)
	}
}

func leave(t *testing.T, p Provider) {
	t.Helper()
	person := p.whole(t, identity.AuthRequestParams{}, Visit{})
	request, ok, err := p.Issuer.EndSession(t.Context(), person.IDToken, "some-state")
	if err != nil || !ok {
		t.Fatalf("leave: %v, %v", ok, err)
	}
	u, err := url.Parse(request.URL)
	if err != nil || u.RawQuery != "" || request.Fields["id_token_hint"] != person.IDToken || request.Fields["state"] != "some-state" {
		t.Errorf("request: %s %v", request.URL, err)
	}
	if origins := p.Issuer.FrameOrigins(context.Background()); !slices.Contains(origins, u.Scheme+"://"+u.Host) {
		t.Errorf("origins: %v", origins)
	}
	p.has(t, Front)
}

func hear(t *testing.T, p Provider) {
	t.Helper()
	if !p.has(t, Back) {
		return
	}
	person := p.whole(t, identity.AuthRequestParams{}, Visit{})
	ended, err := p.Issuer.VerifyLogoutToken(t.Context(), p.Leave(t))
	if err != nil || ended.Issuer != person.Issuer || ended.Session != person.Session || ended.TokenID == "" {
		t.Errorf("ended: %+v, %v", ended, err)
	}
	for _, bad := range []string{"", "x", person.IDToken} {
		if _, err := p.Issuer.VerifyLogoutToken(t.Context(), bad); fault.CodeOf(err) != fault.EIDRefused {
			t.Errorf("message %.10q: got %v", bad, err)
		}
	}
}
