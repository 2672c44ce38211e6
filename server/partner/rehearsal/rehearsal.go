// Package rehearsal runs the simulators of all partners on one HTTP handler, with the demo data, for development and
// tests. It returns the configurations by which the real adapters connect to them.
package rehearsal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"time"

	cardsim "bompass/server/partner/card/sim"
	"bompass/server/partner/card/stripe"
	"bompass/server/partner/identity/openid"
	identitysim "bompass/server/partner/identity/sim"
	"bompass/server/partner/mandate/altinn"
	mandatesim "bompass/server/partner/mandate/sim"
	"bompass/server/partner/register"
	registersim "bompass/server/partner/register/sim"
	"bompass/server/partner/register/vegvesen"
	"bompass/shared/fixture"
)

const (
	clientID = "bompass"
	audience = "https://maskinporten.simulated/"
)

// Rehearsal is the simulators of all partners.
type Rehearsal struct {
	mux  *http.ServeMux
	base string // address, without a trailing slash
	key  openid.Key
	now  func() time.Time
}

// New returns a Rehearsal without any simulator, whose handler will be reachable at base.
func New(base string, now func() time.Time) (*Rehearsal, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("simulators: %w", err)
	}
	key, err := openid.NewKey(private, "")
	if err != nil {
		return nil, fmt.Errorf("simulators: %w", err)
	}
	return &Rehearsal{mux: http.NewServeMux(), base: base, key: key, now: now}, nil
}

// ServeHTTP serves all simulators.
func (r *Rehearsal) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.mux.ServeHTTP(w, req) }

// Handle adds another simulator under a path and returns its address.
func (r *Rehearsal) Handle(path string, h http.Handler) (address string) {
	r.mux.Handle(path+"/", http.StripPrefix(path, h))
	return r.base + path
}

// Issuer adds an issuer of electronic identities under /name, for the client with the given configuration and public
// address. It returns the configuration with the issuer's address and the client's credentials.
func (r *Rehearsal) Issuer(name string, c openid.Config, public string) (openid.Config, error) {
	c.Issuer, c.ClientID, c.Key = r.base+"/"+name, clientID, r.key
	sim := identitysim.Config{
		Issuer: c.Issuer, Levels: c.Levels, NumberClaim: openid.PersonalNumberClaim(c.Country), Now: c.Now,
		Client: identitysim.Client{
			ID: c.ClientID, Key: r.key.Public(), Redirect: c.RedirectURL, LoggedOut: c.PostLogoutRedirect,
			Front: public + "/logout/front", Back: public + "/logout/back/" + name,
		},
	}
	if c.Country == openid.Sweden {
		sim.Title, sim.Methods = "Mobilt BankID (simulated)", []identitysim.Method{{Name: "Mobilt BankID", Level: 0}}
		sim.Persons = []identitysim.Person{{Key: "ingrid", Name: "Ingrid Lindqvist", Number: fixture.IngridNumber}}
	} else {
		sim.Title = "ID-porten (simulated)"
		sim.Methods = []identitysim.Method{
			{Name: "BankID", Level: 1}, {Name: "BankID på mobil", Level: 1}, {Name: "MinID", Level: 0}, {Name: "Buypass", Level: 1}, {Name: "Commfides", Level: 1},
		}
		for _, a := range fixture.Accounts() {
			// The part before the @ identifies a person on the simulator's page.
			first, _, _ := strings.Cut(a.Email, "@")
			sim.Persons = append(sim.Persons, identitysim.Person{Key: first, Name: a.Person, Number: a.BirthNumber})
		}
		for _, o := range fixture.Strangers() {
			sim.Persons = append(sim.Persons, identitysim.Person{Key: o.Key, Name: o.Name, Number: o.Number})
		}
	}
	issuer, err := identitysim.New(sim)
	if err != nil {
		return openid.Config{}, err
	}
	r.mux.Handle("/"+name+"/", issuer)
	return c, nil
}

// Mandates adds the register of mandates, and returns the adapter's configuration with its addresses.
func (r *Rehearsal) Mandates(c altinn.Config) altinn.Config {
	c.Audience, c.ClientID, c.Key = audience, clientID, r.key
	sim := mandatesim.Config{
		Audience: c.Audience, ClientID: c.ClientID, Key: r.key.Public(), Scope: altinn.Scope, Now: r.now,
		Names: map[string]string{}, Rights: map[string][]mandatesim.Company{},
	}
	for _, a := range fixture.Accounts() {
		sim.Names[a.BirthNumber] = a.Person
	}
	for _, o := range fixture.Strangers() {
		sim.Names[o.Number] = o.Name
	}
	for number, companies := range fixture.Mandates() {
		for _, company := range companies {
			item := mandatesim.Company{Number: company.Number, Name: company.Name}
			if company.Right {
				item.Resource = []string{c.Resource}
			}
			sim.Rights[number] = append(sim.Rights[number], item)
		}
	}
	c.Platform = r.Handle("/altinn", mandatesim.New(sim))
	c.Token = c.Platform + "/token"
	return c
}

// Vehicles adds the vehicle register, and returns the adapter's configuration.
func (r *Rehearsal) Vehicles() vegvesen.Config {
	known := registersim.Fleet()
	for _, v := range fixture.Register() {
		known[v.Plate] = register.Vehicle{Make: v.Make, Model: v.Model, Since: v.Since, Facts: v.Facts, LengthMM: v.LengthMM}
	}
	return vegvesen.Config{Address: r.Handle("/vehicles", registersim.New(clientID, known).WithStates(r.now)), Key: clientID}
}

// Times of the simulated provider of payments by card.
const (
	cardLateBy = 8 * time.Second
	cardRetry  = 2 * time.Second
)

// Cards adds the provider of payments by card, which sends its messages to an address, and returns the adapter's configuration.
func (r *Rehearsal) Cards(webhook string) stripe.Config {
	const path, secret = "/card", "whsec_simulated"
	c := stripe.Config{Address: r.base + path, Origin: r.base, Key: "sk_simulated", Hook: secret, Now: r.now}
	r.Handle(path, cardsim.New(cardsim.Config{Address: c.Address, Key: c.Key, Hook: secret, Webhook: webhook, LateBy: cardLateBy, Retry: cardRetry, Now: r.now}))
	return c
}
