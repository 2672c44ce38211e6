package webtest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"bompass/server/eid"
	"bompass/server/notice"
	"bompass/server/partner/identity/openid"
	identitysim "bompass/server/partner/identity/sim"
	"bompass/server/partner/mandate/altinn"
	mandatesim "bompass/server/partner/mandate/sim"
	"bompass/server/party"
	"bompass/server/store/accessdb"
	"bompass/server/store/persondb"
	"bompass/server/web"
	"bompass/shared/fixture"
)

// Portal is a Server on which people can sign in with an eID, connected over HTTP to two simulated issuers and a
// simulated register of mandates.
type Portal struct {
	*Server
	Norway, sweden *identitysim.Issuer
	Register       *mandatesim.Register
	Issuers        string // address of the issuers
}

var issuerKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// lateHandler serves with a handler that is set once the server's address is known.
type lateHandler struct{ to atomic.Pointer[http.ServeMux] }

func (s *lateHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.to.Load().ServeHTTP(w, r) }

// NewPortal returns a Portal with the demo data. Options are applied after its own.
func NewPortal(t *testing.T, options ...option) *Portal {
	t.Helper()
	p := &Portal{}
	var late lateHandler
	outside := httptest.NewServer(&late)
	t.Cleanup(outside.Close)
	p.Issuers = outside.URL
	own := func(d *web.Deps) {
		h, ok := d.Overview.(*Server)
		if !ok {
			t.Fatal("the overview is not this server's")
		}
		late.to.Store(p.buildPartners(t, d, h))
	}
	p.Server = New(t, append([]option{own}, options...)...)
	return p
}

// buildPartners connects the issuers and the register to the server's dependencies, and returns their handler.
func (p *Portal) buildPartners(t *testing.T, d *web.Deps, h *Server) *http.ServeMux {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := openid.NewKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	var providers []eid.Provider
	for _, country := range []string{openid.Norway, openid.Sweden} {
		name := strings.ToLower(country)
		issuer, adapter := p.issuer(t, d, country, key)
		mux.Handle("/"+name+"/", issuer)
		providers = append(providers, eid.Provider{Name: name, Country: country, Issuer: adapter})
		if country == openid.Norway {
			p.Norway = issuer
		} else {
			p.sweden = issuer
		}
	}
	source := p.mandates(t, d, key)
	mux.Handle("/altinn/", http.StripPrefix("/altinn", p.Register))
	names := func(ctx context.Context, number string) string {
		answer, err := source.Parties(ctx, number)
		if err != nil {
			return ""
		}
		return answer.Name
	}
	d.EID = eid.NewService(eid.Deps{
		Store: accessdb.New(h.DB), Access: d.Access, Keys: d.Keys, Providers: providers,
		Messages: notice.NewWriter(d.Keys, d.PublicURL, d.Now), Names: names, Now: d.Now,
	})
	d.Parties = party.NewService(persondb.New(h.DB), source, d.Keys, d.Now)
	ingrid, err := accessdb.New(h.DB).AccountByEmail(t.Context(), "ingrid@bompass.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := accessdb.New(h.DB).AddNumber(t.Context(), ingrid.ID,
		eid.NewNumber(d.Keys, ingrid.ID, openid.Sweden, fixture.IngridNumber)); err != nil {
		t.Fatal(err)
	}
	if err := persondb.New(h.DB).AddOrganisation(t.Context(), fixture.FjordfraktOrganisation,
		fixture.Fjordfrakt); err != nil {
		t.Fatal(err)
	}
	return mux
}

// issuer returns the simulated issuer of a country and the adapter that is connected to it.
func (p *Portal) issuer(
	t *testing.T, d *web.Deps, country string, key openid.Key,
) (*identitysim.Issuer, *openid.Issuer) {
	t.Helper()
	signingKey, err := issuerKey()
	if err != nil {
		t.Fatal(err)
	}
	name := strings.ToLower(country)
	c := openid.Config{
		Partner: "eID " + name, Issuer: p.Issuers + "/" + name, ClientID: "bompass", Key: key, Country: country,
		Now:         d.Now,
		RedirectURL: d.PublicURL + "/login/eid/" + name + "/return", PostLogoutRedirect: d.PublicURL + "/logout/done",
		Levels: []string{"idporten-loa-substantial", "idporten-loa-high"},
	}
	adapter, err := openid.New(c)
	if err != nil {
		t.Fatal(err)
	}
	persons := []identitysim.Person{{Key: "ingrid", Name: "Ingrid Lindqvist", Number: fixture.IngridNumber}}
	if country == openid.Norway {
		persons = nil
		for _, a := range fixture.Accounts() {
			first, _, _ := strings.Cut(a.Email, "@")
			persons = append(persons, identitysim.Person{Key: first, Name: a.Person, Number: a.BirthNumber})
		}
		for _, o := range fixture.Strangers() {
			persons = append(persons, identitysim.Person{Key: o.Key, Name: o.Name, Number: o.Number})
		}
	}
	sim, err := identitysim.New(identitysim.Config{
		Issuer: c.Issuer, Title: "eID", Levels: c.Levels, Methods: []identitysim.Method{{Name: "BankID", Level: 1}},
		Persons:     persons,
		NumberClaim: openid.PersonalNumberClaim(country), Now: d.Now, Key: signingKey,
		Client: identitysim.Client{
			ID: "bompass", Key: key.Public(), Redirect: c.RedirectURL, LoggedOut: c.PostLogoutRedirect,
			Front: d.PublicURL + "/logout/front", Back: d.PublicURL + "/logout/back/" + name,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return sim, adapter
}

// mandates starts the simulated register with the mandates of the demo data, and returns the adapter.
func (p *Portal) mandates(t *testing.T, d *web.Deps, key openid.Key) *altinn.Source {
	t.Helper()
	names, rights := map[string]string{}, map[string][]mandatesim.Company{}
	for _, a := range fixture.Accounts() {
		names[a.BirthNumber] = a.Person
	}
	for _, o := range fixture.Strangers() {
		names[o.Number] = o.Name
	}
	for number, companies := range fixture.Mandates() {
		for _, c := range companies {
			item := mandatesim.Company{Number: c.Number, Name: c.Name}
			if c.Right {
				item.Resource = []string{"bompass-portal"}
			}
			rights[number] = append(rights[number], item)
		}
	}
	p.Register = mandatesim.New(mandatesim.Config{
		Audience: "https://maskinporten.example/", ClientID: "bompass", Key: key.Public(), Scope: altinn.Scope,
		Names: names, Rights: rights, Now: d.Now,
	})
	source, err := altinn.New(altinn.Config{
		Platform: p.Issuers + "/altinn", Token: p.Issuers + "/altinn/token", Audience: "https://maskinporten.example/",
		ClientID: "bompass",
		Key:      key, Resource: "bompass-portal", Now: d.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// DoCrossSite sends a request that comes from another site, or goes to one.
func (v *Visitor) DoCrossSite(method, address, body string) Page {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	// Browsers set this header themselves; a page cannot change it.
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := v.Client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return Page{resp, string(text)}
}

// AuthenticateAt authenticates as a person at the issuer and returns the address of the redirect to the portal.
func (v *Visitor) AuthenticateAt(address, provider, person string) string {
	v.t.Helper()
	page := v.DoCrossSite(http.MethodGet, address, "")
	if page.StatusCode == http.StatusSeeOther { // single sign-on
		return page.Header.Get("Location")
	}
	id := HiddenOf(page.Body, "id")
	issuer, _, _ := strings.Cut(address, "/"+provider+"/authorize")
	back := v.DoCrossSite(http.MethodPost, issuer+"/"+provider+"/choose", url.Values{
		"id": {id}, "person": {person}, "method": {"BankID"},
	}.Encode())
	if back.StatusCode != http.StatusSeeOther {
		v.t.Fatalf("the issuer answered %d %s", back.StatusCode, back.Body)
	}
	return back.Header.Get("Location")
}

// HiddenOf returns the value of the first hidden field of a name on a page.
func HiddenOf(body, name string) string {
	_, rest, _ := strings.Cut(body, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return html.UnescapeString(value)
}

// SubmitEID signs in with an eID and returns the portal's answer to the issuer's redirect.
func (v *Visitor) SubmitEID(provider, person, next string) Page {
	v.t.Helper()
	address := "/login/eid/" + provider
	if next != "" {
		address += "?next=" + url.QueryEscape(next)
	}
	p := v.Get(address)
	if p.StatusCode != http.StatusSeeOther {
		v.t.Fatalf("begin: %d %s", p.StatusCode, p.Body)
	}
	return v.DoCrossSite(http.MethodGet, v.AuthenticateAt(p.Header.Get("Location"), provider, person), "")
}

// SignInWithEID signs a person in with the Norwegian eID and returns the browser with the CSRF token of the session.
func (p *Portal) SignInWithEID(person string) *Visitor {
	p.t.Helper()
	v := p.Visitor()
	if in := v.SubmitEID("no", person, ""); in.StatusCode != http.StatusSeeOther ||
		strings.HasPrefix(in.Header.Get("Location"), "/login") {
		p.t.Fatalf("%s: %d %q", person, in.StatusCode, in.Header.Get("Location"))
	}
	v.LoadCSRF()
	return v
}

// LoadCSRF stores the CSRF token of the browser's session.
func (v *Visitor) LoadCSRF() {
	v.t.Helper()
	_, rest, _ := strings.Cut(v.Get("/api/v1/me").Body, `"csrf":"`)
	v.CSRF, _, _ = strings.Cut(rest, `"`)
}
