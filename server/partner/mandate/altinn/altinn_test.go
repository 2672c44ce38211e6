package altinn_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
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
	"bompass/server/partner/mandate/suite"
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

// answer lists the companies for which Nils has the right.
func answer() mandate.Answer {
	return mandate.Answer{Name: "Nils Berg", Companies: []mandate.Party{
		{Number: "999123457", Name: "Fjordfrakt AS"}, {Number: "313045625", Name: "Fjordfrakt avd. Bergen"}, {Number: "311882104", Name: "Under AS"},
	}}
}

// S2.12: companies for which the person has no right are not listed.
func TestOnlyCompaniesWithTheRightAreListed(t *testing.T) {
	got, err := open(t).Parties(t.Context(), nils)
	if diff := cmp.Diff(answer(), got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestAdapterPassesTheSuite(t *testing.T) {
	suite.Run(t, func(t *testing.T) suite.Register {
		t.Helper()
		r := open(t)
		return suite.Register{
			Source: r, Person: nils, Answer: answer(), Stranger: "14848530051",
			WrongClient: open(t, func(c *altinn.Config) { c.ClientID = "another" }), Revoke: r.register.Revoke, Break: r.register.Break,
		}
	})
}

// A token that has expired is replaced before it is used.
func TestTokensAreRenewed(t *testing.T) {
	r := open(t)
	for range 2 {
		if _, err := r.Parties(t.Context(), nils); err != nil {
			t.Error(err)
		}
		r.ahead.Add(int64(time.Hour))
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	for _, c := range []altinn.Config{{}, {Platform: "http://altinn.example", Token: "https://x.example", ClientID: "a", Resource: "b", Now: time.Now}, {Platform: "https://", Token: "https://:443", ClientID: "a", Resource: "b", Now: time.Now}} {
		if _, err := altinn.New(c); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
	_, err := mandate.Unconfigured{Variable: "BOMPASS_MANDATE_URL"}.Parties(t.Context(), nils)
	if fault.CodeOf(err) != fault.PartnerUnset || !strings.Contains(err.Error(), "BOMPASS_MANDATE_URL") {
		t.Errorf("unset: got %v", err)
	}
}
