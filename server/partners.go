package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/config"
	"bompass/server/eid"
	"bompass/server/partner/identity"
	"bompass/server/partner/identity/openid"
	identitysim "bompass/server/partner/identity/sim"
	"bompass/server/partner/mandate"
	"bompass/server/partner/mandate/altinn"
	mandatesim "bompass/server/partner/mandate/sim"
	"bompass/server/partner/register"
	registersim "bompass/server/partner/register/sim"
	"bompass/server/partner/register/vegvesen"
	"bompass/server/party"
	"bompass/server/store/accessdb"
	"bompass/server/store/persondb"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

const (
	simulatorClient   = "bompass"
	simulatorReadMax  = 10 * time.Second
	simulatorAudience = "https://maskinporten.simulated/"
)

// outside are the systems outside that tell who people are, for whom they act and what they drive.
type outside struct {
	eid      *eid.Service
	parties  *party.Service
	vehicles register.Source
}

// simulators are the simulated systems, on one listener of their own. They are started only where one
// is wanted.
type simulators struct {
	mux  *http.ServeMux
	base string // address, without a trailing slash
	key  openid.Key
}

// openPartners connects the systems outside, or their simulators.
func (p *product) openPartners(ctx context.Context, keys seal.Keys, desk *access.Service) (outside, error) {
	settings := p.config.Partners
	var sims *simulators
	if settings.Norway.Simulated() || settings.Sweden.Simulated() || settings.Mandate.Platform == config.Simulated || settings.Vehicles.Address == config.Simulated {
		var err error
		if sims, err = p.openSimulators(ctx); err != nil {
			return outside{}, err
		}
	}
	source, err := p.openMandate(settings.Mandate, sims)
	if err != nil {
		return outside{}, err
	}
	vehicles, err := openVehicles(settings.Vehicles, sims)
	if err != nil {
		return outside{}, err
	}
	var ways []eid.Provider
	for _, w := range []struct {
		name, country, partner, variable string
		config.EID
	}{
		{"no", openid.Norway, "ID-porten", "BOMPASS_EID_ISSUER", settings.Norway},
		{"se", openid.Sweden, "BankID", "BOMPASS_EID_SE_ISSUER", settings.Sweden},
	} {
		issuer, err := p.openIssuer(w.name, w.country, w.partner, w.EID, sims)
		if err != nil {
			return outside{}, fmt.Errorf("%s: %w", w.variable, err)
		}
		if issuer != nil {
			ways = append(ways, eid.Provider{Name: w.name, Country: w.country, Issuer: issuer})
		} else if w.name == "no" { // the page says what is missing
			ways = append(ways, eid.Provider{Name: w.name, Country: w.country, Issuer: identity.Unconfigured{Variable: w.variable}})
		}
	}
	names := func(ctx context.Context, birthNumber string) string {
		answer, err := source.Parties(ctx, birthNumber)
		if err != nil {
			return ""
		}
		return answer.Name
	}
	return outside{
		eid:     eid.NewService(eid.Deps{Store: accessdb.New(p.db), Access: desk, Keys: keys, Providers: ways, Messages: p.writer(keys), Names: names, Now: p.now}),
		parties: party.NewService(persondb.New(p.db), source, keys, p.now), vehicles: vehicles,
	}, nil
}

// openIssuer returns nil for one that there is not to be.
func (p *product) openIssuer(name, country, partner string, e config.EID, sims *simulators) (identity.Issuer, error) {
	public := p.config.PublicURL
	c := openid.Config{
		Partner: partner, Issuer: e.Issuer, ClientID: e.Client, Country: country, Levels: strings.Fields(e.Levels), Now: p.now,
		RedirectURL: public + "/login/eid/" + name + "/return", PostLogoutRedirect: public + "/logout/done",
	}
	switch {
	case e.Off():
		return nil, nil //nolint:nilnil // there is none, and that is no error
	case e.Simulated():
		c.Issuer, c.ClientID, c.Key = sims.base+"/"+name, simulatorClient, sims.key
		if err := sims.addIssuer(name, c, public); err != nil {
			return nil, err
		}
	default:
		var err error
		if c.Key, err = readKey(e.KeyFile); err != nil {
			return nil, err
		}
	}
	return openid.New(c)
}

func readKey(path string) (openid.Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return openid.Key{}, fmt.Errorf("private key: %w", err)
	}
	return openid.ParseKey(text, "")
}

func (p *product) openMandate(m config.Mandate, sims *simulators) (mandate.Source, error) {
	c := altinn.Config{
		Platform: m.Platform, Token: m.Token, Audience: m.Audience, ClientID: m.Client, Subscription: string(m.Subscription),
		Resource: m.Resource, Now: p.now,
	}
	switch m.Platform {
	case config.Off:
		return mandate.Unconfigured{Variable: "BOMPASS_MANDATE_URL"}, nil
	case config.Simulated:
		c.Platform, c.Token, c.Audience = sims.base+"/altinn", sims.base+"/altinn/token", simulatorAudience
		c.ClientID, c.Key = simulatorClient, sims.key
		sims.addRegister(c, p.now)
	default:
		key, err := readKey(m.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("BOMPASS_MANDATE_KEY_FILE: %w", err)
		}
		c.Key = key
	}
	return altinn.New(c)
}

// openSimulators listens beside the server, on this machine only unless told otherwise.
func (p *product) openSimulators(ctx context.Context) (*simulators, error) {
	listener, err := p.listenBeside(ctx)
	if err != nil {
		return nil, err
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("simulators: %w", err)
	}
	s := &simulators{mux: http.NewServeMux(), base: "http://" + listener.Addr().String()}
	if s.key, err = openid.NewKey(private, ""); err != nil {
		return nil, fmt.Errorf("simulators: %w", err)
	}
	web := &http.Server{Handler: s.mux, ReadTimeout: simulatorReadMax, WriteTimeout: simulatorReadMax}
	go func() {
		if err := web.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			p.failed <- fmt.Errorf("simulators: %w", err)
		}
	}()
	p.opened.add(func() { _ = web.Close() })
	return s, nil
}

// listenBeside takes the port after the server's. When that is taken and nobody has asked for it, any
// other will do: only this server tells people of it.
func (p *product) listenBeside(ctx context.Context) (net.Listener, error) {
	if addr := p.config.Partners.Simulators; addr != "" {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
		if err != nil {
			return nil, fmt.Errorf("BOMPASS_SIMULATOR_ADDR: %w", err)
		}
		return l, nil
	}
	_, port, err := net.SplitHostPort(p.config.Addr)
	if err == nil {
		if n, err := strconv.Atoi(port); err == nil && n > 0 && n < 65535 {
			if l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(n+1))); err == nil {
				return l, nil
			}
		}
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("simulators: %w", err)
	}
	return l, nil
}

func (s *simulators) addIssuer(name string, c openid.Config, public string) error {
	sim := identitysim.Config{
		Issuer: c.Issuer, Levels: c.Levels, NumberClaim: openid.PersonalNumberClaim(c.Country), Now: c.Now,
		Client: identitysim.Client{
			ID: c.ClientID, Key: s.key.Public(), Redirect: c.RedirectURL, LoggedOut: c.PostLogoutRedirect,
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
			first, _, _ := strings.Cut(a.Email, "@")
			sim.Persons = append(sim.Persons, identitysim.Person{Key: first, Name: a.Person, Number: a.BirthNumber})
		}
		for _, o := range fixture.Strangers() {
			sim.Persons = append(sim.Persons, identitysim.Person{Key: o.Key, Name: o.Name, Number: o.Number})
		}
	}
	issuer, err := identitysim.New(sim)
	if err != nil {
		return err
	}
	s.mux.Handle("/"+name+"/", issuer)
	return nil
}

func (s *simulators) addRegister(c altinn.Config, now func() time.Time) {
	r := mandatesim.Config{
		Audience: c.Audience, ClientID: c.ClientID, Key: s.key.Public(), Scope: altinn.Scope, Now: now,
		Names: map[string]string{}, Rights: map[string][]mandatesim.Company{},
	}
	for _, a := range fixture.Accounts() {
		r.Names[a.BirthNumber] = a.Person
	}
	for _, o := range fixture.Strangers() {
		r.Names[o.Number] = o.Name
	}
	for number, companies := range fixture.Mandates() {
		for _, company := range companies {
			item := mandatesim.Company{Number: company.Number, Name: company.Name}
			if company.Right {
				item.Resource = []string{c.Resource}
			}
			r.Rights[number] = append(r.Rights[number], item)
		}
	}
	s.mux.Handle("/altinn/", http.StripPrefix("/altinn", mandatesim.New(r)))
}

func openVehicles(v config.Vehicles, sims *simulators) (register.Source, error) {
	switch v.Address {
	case config.Off:
		return register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}, nil
	case config.Simulated:
		known := map[toll.Plate]register.Vehicle{}
		for _, r := range fixture.Register() {
			known[r.Plate] = register.Vehicle{Make: r.Make, Model: r.Model, Since: r.Since, Facts: r.Facts, LengthMM: r.LengthMM}
		}
		sims.mux.Handle("/vehicles/", http.StripPrefix("/vehicles", registersim.New(simulatorClient, known)))
		return vegvesen.New(vegvesen.Config{Address: sims.base + "/vehicles", Key: simulatorClient})
	}
	return vegvesen.New(vegvesen.Config{Address: v.Address, Key: string(v.Key)})
}
