package openid_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"
	"time"

	"bompass/server/partner/identity"
	"bompass/server/partner/identity/openid"
	"bompass/server/partner/identity/sim"
	"bompass/server/partner/identity/suite"
	"bompass/shared/fault"
)

func TestSimulatorPassesTheSuite(t *testing.T) {
	suite.Run(t, func(t *testing.T) suite.Provider {
		t.Helper()
		r := open(t)
		return suite.Provider{
			Issuer: r.issuer, Client: "bompass", Now: r.now, Visit: r.visit,
			EndSession: func(t *testing.T) string {
				t.Helper()
				r.sim.EndSessions(t.Context(), "kari")
				return <-r.logoutTokens
			},
		}
	})
}

// Every attack is refused, and sign-in succeeds again after it.
func TestEveryHostileIssuerIsRefused(t *testing.T) {
	list := sim.SignInAttacks()
	for _, m := range list {
		t.Run(m.Name, func(t *testing.T) {
			r := open(t)
			params := identity.AuthRequestParams{Level: identity.Substantial, Reauthenticate: m.ReauthenticationOnly}
			how := suite.Visit{High: m.HighLevelOnly}
			if m.HighLevelOnly {
				params.Level = identity.High
			}
			if strings.Contains(m.Name, "replayed") { // the token that is replayed
				finish(t, r, identity.AuthRequestParams{}, suite.Visit{})
			}
			r.sim.SetAttack(&m)
			if person, err := attempt(t, r, params, how); err == nil || person != (identity.Person{}) {
				t.Errorf("signed in as %+v", person)
			} else if code := fault.CodeOf(err); code != fault.EIDRefused && code != fault.PartnerDown {
				t.Errorf("got %v", err)
			}
			r.sim.SetAttack(nil)
			r.offset.Add(int64(time.Minute))
			if _, err := attempt(t, r, params, how); err != nil {
				t.Errorf("after the attack: %v", err)
			}
		})
	}
	if len(list) < 60 {
		t.Errorf("%d attacks, want at least 60", len(list))
	}
	t.Logf("%d attacks on sign-in refused", len(list))
}

func attempt(t *testing.T, r *rig, params identity.AuthRequestParams, how suite.Visit) (identity.Person, error) {
	t.Helper()
	j, err := r.issuer.Begin(t.Context(), params)
	if err != nil {
		return identity.Person{}, err
	}
	return r.issuer.Finish(t.Context(), j, r.visit(t, j.URL, how))
}

func finish(t *testing.T, r *rig, params identity.AuthRequestParams, how suite.Visit) identity.Person {
	t.Helper()
	person, err := attempt(t, r, params, how)
	if err != nil {
		t.Fatal(err)
	}
	return person
}

// A stolen code cannot be used in another browser, even if the issuer accepts it: the nonce of the ID token belongs to
// the first browser.
func TestCodeOfAnotherRequestIsRefused(t *testing.T) {
	r := open(t)
	r.sim.SetAttack(&sim.Attack{ReusableCodes: true})
	theirs, err := r.issuer.Begin(t.Context(), identity.AuthRequestParams{})
	if err != nil {
		t.Fatal(err)
	}
	stolen := r.visit(t, theirs.URL, suite.Visit{})
	mine, err := r.issuer.Begin(t.Context(), identity.AuthRequestParams{})
	if err != nil {
		t.Fatal(err)
	}
	stolen.State = mine.State
	if _, err := r.issuer.Finish(t.Context(), mine, stolen); fault.CodeOf(err) != fault.EIDRefused {
		t.Errorf("got %v", err)
	}
}

func TestEveryHostileLogoutTokenIsRefused(t *testing.T) {
	r := open(t)
	person := finish(t, r, identity.AuthRequestParams{}, suite.Visit{})
	for _, m := range sim.LogoutAttacks() {
		r.sim.SetAttack(&m)
		message, err := r.sim.LogoutToken(person.Session, person.Subject)
		if err != nil {
			t.Fatal(err)
		}
		r.sim.SetAttack(nil)
		if ended, err := r.issuer.VerifyLogoutToken(t.Context(), message); fault.CodeOf(err) != fault.EIDRefused {
			t.Errorf("%s: got %+v, %v", m.Name, ended, err)
		}
	}
	message, err := r.sim.LogoutToken(person.Session, person.Subject)
	if err != nil {
		t.Fatal(err)
	}
	if ended, err := r.issuer.VerifyLogoutToken(t.Context(), message); err != nil || ended.Session != person.Session {
		t.Errorf("a valid token: got %+v, %v", ended, err)
	}
}

// Anyone can send tokens with invented key IDs, so the issuer's keys must not be fetched for each.
func TestKeysAreFetchedOnceForManyUnknownIDs(t *testing.T) {
	r := open(t)
	finish(t, r, identity.AuthRequestParams{}, suite.Visit{})
	for _, m := range sim.SignInAttacks() {
		if m.Name != "unknown key ID" {
			continue
		}
		r.sim.SetAttack(&m)
		for range 20 {
			if _, err := attempt(t, r, identity.AuthRequestParams{}, suite.Visit{}); err == nil {
				t.Error("signed in")
			}
		}
	}
	if n := r.requests["/no/jwks"]; n != 1 {
		t.Errorf("keys were fetched %d times, want 1", n)
	}
	if n := r.requests["/no/.well-known/openid-configuration"]; n != 1 {
		t.Errorf("the metadata was fetched %d times, want 1", n)
	}
	r.sim.SetAttack(nil)
	finish(t, r, identity.AuthRequestParams{}, suite.Visit{})
}

func TestUnavailableIssuerIsReported(t *testing.T) {
	r := open(t)
	r.web.Close()
	for range 5 {
		if _, err := r.issuer.Begin(t.Context(), identity.AuthRequestParams{}); fault.CodeOf(err) != fault.PartnerDown {
			t.Errorf("got %v", err)
		}
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	key := testKey(t)
	for name, change := range map[string]func(*openid.Config){
		"without TLS":      func(c *openid.Config) { c.Issuer = "http://idporten.example" },
		"no address":       func(c *openid.Config) { c.Issuer = "idporten.example" },
		"without a host":   func(c *openid.Config) { c.Issuer = "https:///idporten" },
		"a port alone":     func(c *openid.Config) { c.Issuer = "https://:443" },
		"with a password":  func(c *openid.Config) { c.Issuer = "https://a:b@idporten.example" },
		"without a client": func(c *openid.Config) { c.ClientID = "" },
		"without a key":    func(c *openid.Config) { c.Key = openid.Key{} },
		"without levels":   func(c *openid.Config) { c.Levels = nil },
	} {
		c := config("https://idporten.example", key, time.Now)
		change(&c)
		if _, err := openid.New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := openid.New(config("https://idporten.example", key, time.Now)); err != nil {
		t.Error(err)
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openid.NewKey(small, ""); err == nil {
		t.Error("a short key is accepted")
	}
	curve, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openid.NewKey(curve, ""); err == nil {
		t.Error("a key on another curve is accepted")
	}
	if _, err := openid.ParseKey([]byte("no key"), ""); err == nil {
		t.Error("a text that is no key is accepted")
	}
}

// The fault of an unconfigured issuer names its variable.
func TestUnconfiguredIssuerNamesItsVariable(t *testing.T) {
	var u identity.Issuer = identity.Unconfigured{Variable: "BOMPASS_EID_ISSUER"}
	_, begin := u.Begin(t.Context(), identity.AuthRequestParams{})
	_, end := u.Finish(t.Context(), identity.AuthRequest{}, identity.AuthResponse{})
	_, logout := u.VerifyLogoutToken(t.Context(), "")
	for _, err := range []error{begin, end, logout} {
		if fault.CodeOf(err) != fault.PartnerUnset || !strings.Contains(err.Error(), "BOMPASS_EID_ISSUER") {
			t.Errorf("got %v", err)
		}
	}
}
