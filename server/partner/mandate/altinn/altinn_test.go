package altinn_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/server/partner/identity/openid"
	"bompass/server/partner/mandate"
	"bompass/server/partner/mandate/altinn"
	"bompass/server/partner/mandate/sim"
	"bompass/shared/fault"
)

const (
	nils  = "03917912040"
	scope = "altinn:accessmanagement/authorizedparties.resourceowner"
)

type rig struct {
	*altinn.Source
	register *sim.Register
	ahead    atomic.Int64
}

func open(t *testing.T, change ...func(*altinn.Config)) *rig {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := openid.NewKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{}
	now := func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) }
	right := []string{"bompass-portal"}
	r.register = sim.New(sim.Config{
		Audience: "https://maskinporten.example/", ClientID: "bompass", Key: key.Public(), Scope: scope, Now: now,
		Names: map[string]string{nils: "Nils Berg"},
		Rights: map[string][]sim.Company{nils: {
			{Number: "999123457", Name: "Fjordfrakt AS", Resource: right, Units: []sim.Company{{Number: "313045625", Name: "Fjordfrakt avd. Bergen", Resource: right}}},
			{Number: "311882104", Name: "Nedlagt AS", Resource: right, Deleted: true},
			{Number: "999123457", Name: "Uten rett AS", Resource: []string{"another"}},
			{Number: "999123458", Name: "Feil nummer AS", Resource: right},
			{Number: "311882104", Name: "Bare over AS", Hollow: true, Resource: right, Units: []sim.Company{{Number: "311882104", Name: "Under AS", Packages: []string{"urn:altinn:accesspackage:veitransport"}}}},
		}},
	})
	web := httptest.NewServer(r.register)
	t.Cleanup(web.Close)
	c := altinn.Config{
		Platform: web.URL, Token: web.URL + "/token", Audience: "https://maskinporten.example/", ClientID: "bompass", Key: key,
		Resource: "bompass-portal", Packages: []string{"urn:altinn:accesspackage:veitransport"}, Now: now,
	}
	for _, f := range change {
		f(&c)
	}
	if r.Source, err = altinn.New(c); err != nil {
		t.Fatal(err)
	}
	return r
}

// S2.12: what the person has no right for is not listed.
func TestOnlyCompaniesWithTheRightAreListed(t *testing.T) {
	got, err := open(t).Parties(t.Context(), nils)
	want := mandate.Answer{Name: "Nils Berg", Companies: []mandate.Party{
		{Number: "999123457", Name: "Fjordfrakt AS"}, {Number: "313045625", Name: "Fjordfrakt avd. Bergen"}, {Number: "311882104", Name: "Under AS"},
	}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestTokensAreRenewed(t *testing.T) {
	r := open(t)
	for name, change := range map[string]func(){
		"first": func() {}, "later": func() { r.ahead.Add(int64(time.Hour)) },
	} {
		change()
		if _, err := r.Parties(t.Context(), nils); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	r.register.Revoke()
	if _, err := r.Parties(t.Context(), nils); fault.CodeOf(err) != fault.PartnerDown {
		t.Errorf("with a token that was revoked: got %v", err)
	}
	if _, err := r.Parties(t.Context(), nils); err != nil {
		t.Errorf("the time after: %v", err)
	}
}

func TestARegisterThatFailsIsNoAnswer(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"an error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"no JSON":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://elsewhere.invalid", http.StatusFound)
		},
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"access_token":"` + strings.Repeat("x", 1<<20) + `"}`))
		},
	} {
		r := open(t)
		r.register.Break(h)
		if a, err := r.Parties(t.Context(), nils); fault.CodeOf(err) != fault.PartnerDown || len(a.Companies) > 0 {
			t.Errorf("%s: got %v, %v", name, a, err)
		}
		r.register.Break(nil)
		if _, err := r.Parties(t.Context(), nils); err != nil {
			t.Errorf("%s, repaired: %v", name, err)
		}
	}
	wrong := open(t, func(c *altinn.Config) { c.ClientID = "another" })
	if _, err := wrong.Parties(t.Context(), nils); fault.CodeOf(err) != fault.PartnerDown {
		t.Errorf("another client: got %v", err)
	}
	if _, err := open(t).Parties(t.Context(), "12345678901"); err == nil {
		t.Error("a number that is none is asked for")
	}
}

func TestNobodyIsConfiguredUnsafely(t *testing.T) {
	for _, c := range []altinn.Config{{}, {Platform: "http://altinn.example", Token: "https://x.example", ClientID: "a", Resource: "b", Now: time.Now}} {
		if _, err := altinn.New(c); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
	_, err := mandate.Unconfigured{Variable: "BOMPASS_MANDATE_URL"}.Parties(t.Context(), nils)
	if fault.CodeOf(err) != fault.PartnerUnset || !strings.Contains(err.Error(), "BOMPASS_MANDATE_URL") {
		t.Errorf("unset: got %v", err)
	}
}
