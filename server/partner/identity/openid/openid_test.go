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
			Leave: func(t *testing.T) string {
				t.Helper()
				r.sim.Leave(t.Context(), "kari")
				return <-r.back
			},
		}
	})
}

// Every hostile behaviour is refused, and no sign-in succeeds while it lasts.
func TestEveryHostileIssuerIsRefused(t *testing.T) {
	list := sim.Mischiefs()
	for _, m := range list {
		t.Run(m.Name, func(t *testing.T) {
			r := open(t)
			params := identity.AuthRequestParams{Level: identity.Substantial, Reauthenticate: m.Fresh}
			how := suite.Visit{High: m.High}
			if m.High {
				params.Level = identity.High
			}
			if strings.Contains(m.Name, "time before") { // there has to be one
				finish(t, r, identity.AuthRequestParams{}, suite.Visit{})
			}
			r.sim.Misbehave(&m)
			if person, err := attempt(t, r, params, how); err == nil || person != (identity.Person{}) {
				t.Errorf("got in as %+v", person)
			} else if code := fault.CodeOf(err); code != fault.EIDRefused && code != fault.PartnerDown {
				t.Errorf("got %v", err)
			}
			r.sim.Misbehave(nil)
			r.ahead.Add(int64(time.Minute))
			if _, err := attempt(t, r, params, how); err != nil {
				t.Errorf("after it behaves again: %v", err)
			}
		})
	}
	if len(list) < 60 {
		t.Errorf("%d behaviours, want at least 60", len(list))
	}
	t.Logf("%d hostile behaviours at sign-in refused", len(list))
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
	r.sim.Misbehave(&sim.Mischief{ManyTimes: true})
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

func TestEveryHostileMessageIsRefused(t *testing.T) {
	r := open(t)
	person := finish(t, r, identity.AuthRequestParams{}, suite.Visit{})
	for _, m := range sim.Messages() {
		r.sim.Misbehave(&m)
		message, err := r.sim.Message(person.Session, person.Subject)
		if err != nil {
			t.Fatal(err)
		}
		r.sim.Misbehave(nil)
		if ended, err := r.issuer.VerifyLogoutToken(t.Context(), message); fault.CodeOf(err) != fault.EIDRefused {
			t.Errorf("%s: got %+v, %v", m.Name, ended, err)
		}
	}
	message, err := r.sim.Message(person.Session, person.Subject)
	if err != nil {
		t.Fatal(err)
	}
	if ended, err := r.issuer.VerifyLogoutToken(t.Context(), message); err != nil || ended.Session != person.Session {
		t.Errorf("an honest one: got %+v, %v", ended, err)
	}
}

// Anybody can send key identifiers, so the issuer's keys must not be fetched for each.
func TestKeysAreFetchedRarely(t *testing.T) {
	r := open(t)
	finish(t, r, identity.AuthRequestParams{}, suite.Visit{})
	for _, m := range sim.Mischiefs() {
		if m.Name != "signs with a key that nobody knows" {
			continue
		}
		r.sim.Misbehave(&m)
		for range 20 {
			if _, err := attempt(t, r, identity.AuthRequestParams{}, suite.Visit{}); err == nil {
				t.Error("got in")
			}
		}
	}
	if n := r.asked["/no/jwks"]; n != 1 {
		t.Errorf("keys were fetched %d times, want 1", n)
	}
	if n := r.asked["/no/.well-known/openid-configuration"]; n != 1 {
		t.Errorf("the description was fetched %d times, want 1", n)
	}
	r.sim.Misbehave(nil)
	finish(t, r, identity.AuthRequestParams{}, suite.Visit{})
}

func TestUnavailableIssuerIsQueriedRarely(t *testing.T) {
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
		"in the open":      func(c *openid.Config) { c.Issuer = "http://idporten.example" },
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
			t.Errorf("%s: taken", name)
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
		t.Error("a short key is taken")
	}
	curve, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openid.NewKey(curve, ""); err == nil {
		t.Error("a key on another curve is taken")
	}
	if _, err := openid.ParseKey([]byte("no key"), ""); err == nil {
		t.Error("no key is taken")
	}
}

// The fault of an unconfigured issuer names its variable.
func TestUnsetNamesTheVariable(t *testing.T) {
	var u identity.Issuer = identity.Unconfigured{Variable: "BOMPASS_EID_ISSUER"}
	_, begin := u.Begin(t.Context(), identity.AuthRequestParams{})
	_, end := u.Finish(t.Context(), identity.AuthRequest{}, identity.AuthResponse{})
	_, hear := u.VerifyLogoutToken(t.Context(), "")
	for _, err := range []error{begin, end, hear} {
		if fault.CodeOf(err) != fault.PartnerUnset || !strings.Contains(err.Error(), "BOMPASS_EID_ISSUER") {
			t.Errorf("got %v", err)
		}
	}
}
