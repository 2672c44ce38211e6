package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/config"
	"bompass/server/eid"
	"bompass/server/partner/card"
	"bompass/server/partner/card/stripe"
	"bompass/server/partner/identity"
	"bompass/server/partner/identity/openid"
	"bompass/server/partner/mandate"
	"bompass/server/partner/mandate/altinn"
	"bompass/server/partner/register"
	"bompass/server/partner/register/vegvesen"
	"bompass/server/partner/rehearsal"
	"bompass/server/party"
	"bompass/server/store/accessdb"
	"bompass/server/store/persondb"
	"bompass/server/web/hook"
)

// simulatorTimeout is the maximum time of one request to a simulator.
const simulatorTimeout = 10 * time.Second

// partnerServices are the services that depend on partners: eID, mandates and the vehicle register.
type partnerServices struct {
	eid      *eid.Service
	parties  *party.Service
	vehicles register.Source
	cards    card.Provider
}

// openPartners connects the partners or their simulators, which are started only if one is configured.
func (p *product) openPartners(ctx context.Context, keys seal.Keys, accounts *access.Service) (partnerServices, error) {
	settings := p.config.Partners
	var sims *rehearsal.Rehearsal
	if settings.Norway.Simulated() || settings.Sweden.Simulated() || settings.Mandate.Platform == config.Simulated || settings.Vehicles.Address == config.Simulated || settings.Card.Address == config.Simulated {
		var err error
		if sims, err = p.openSimulators(ctx); err != nil {
			return partnerServices{}, err
		}
	}
	source, err := p.openMandate(settings.Mandate, sims)
	if err != nil {
		return partnerServices{}, err
	}
	vehicles, err := openVehicles(settings.Vehicles, sims)
	if err != nil {
		return partnerServices{}, err
	}
	cards, err := p.openCards(settings.Card, sims)
	if err != nil {
		return partnerServices{}, err
	}
	var providers []eid.Provider
	for _, w := range []struct {
		name, country, partner, variable string
		config.EID
	}{
		{"no", openid.Norway, "ID-porten", "BOMPASS_EID_ISSUER", settings.Norway},
		{"se", openid.Sweden, "BankID", "BOMPASS_EID_SE_ISSUER", settings.Sweden},
	} {
		issuer, err := p.openIssuer(w.name, w.country, w.partner, w.EID, sims)
		if err != nil {
			return partnerServices{}, fmt.Errorf("%s: %w", w.variable, err)
		}
		if issuer != nil {
			providers = append(providers, eid.Provider{Name: w.name, Country: w.country, Issuer: issuer})
		} else if w.name == "no" { // the page shows which setting is missing
			providers = append(providers, eid.Provider{Name: w.name, Country: w.country, Issuer: identity.Unconfigured{Variable: w.variable}})
		}
	}
	names := func(ctx context.Context, birthNumber string) string {
		answer, err := source.Parties(ctx, birthNumber)
		if err != nil {
			return ""
		}
		return answer.Name
	}
	return partnerServices{
		eid:     eid.NewService(eid.Deps{Store: accessdb.New(p.db), Access: accounts, Keys: keys, Providers: providers, Messages: p.writer(keys), Names: names, Now: p.Now}),
		parties: party.NewService(persondb.New(p.db), source, keys, p.Now), vehicles: vehicles, cards: cards,
	}, nil
}

// openIssuer returns nil for an issuer that is switched off.
func (p *product) openIssuer(name, country, partner string, e config.EID, sims *rehearsal.Rehearsal) (identity.Issuer, error) {
	public := p.config.PublicURL
	c := openid.Config{
		Partner: partner, Issuer: e.Issuer, ClientID: e.Client, Country: country, Levels: strings.Fields(e.Levels), Now: p.Now,
		RedirectURL: public + "/login/eid/" + name + "/return", PostLogoutRedirect: public + "/logout/done",
	}
	switch {
	case e.Off():
		return nil, nil //nolint:nilnil // switched off is no error
	case e.Simulated():
		var err error
		if c, err = sims.Issuer(name, c, public); err != nil {
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

func (p *product) openMandate(m config.Mandate, sims *rehearsal.Rehearsal) (mandate.Source, error) {
	c := altinn.Config{
		Platform: m.Platform, Token: m.Token, Audience: m.Audience, ClientID: m.Client, Subscription: string(m.Subscription),
		Resource: m.Resource, Now: p.Now,
	}
	switch m.Platform {
	case config.Off:
		return mandate.Unconfigured{Variable: "BOMPASS_MANDATE_URL"}, nil
	case config.Simulated:
		c = sims.Mandates(c)
	default:
		key, err := readKey(m.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("BOMPASS_MANDATE_KEY_FILE: %w", err)
		}
		c.Key = key
	}
	return altinn.New(c)
}

// openSimulators serves the simulators beside the server, on the loopback interface unless configured otherwise.
func (p *product) openSimulators(ctx context.Context) (*rehearsal.Rehearsal, error) {
	listener, err := p.listenBeside(ctx)
	if err != nil {
		return nil, err
	}
	sims, err := rehearsal.New("http://"+listener.Addr().String(), p.Now)
	if err != nil {
		return nil, err
	}
	web := &http.Server{Handler: sims, ReadTimeout: simulatorTimeout, WriteTimeout: simulatorTimeout}
	go func() {
		if err := web.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			p.failed <- fmt.Errorf("simulators: %w", err)
		}
	}()
	p.opened.add(func() { _ = web.Close() })
	return sims, nil
}

// listenBeside listens on the port after the server's. If that is taken and none is configured, any other port is used:
// only this server's pages link to it.
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

func openVehicles(v config.Vehicles, sims *rehearsal.Rehearsal) (register.Source, error) {
	switch v.Address {
	case config.Off:
		return register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}, nil
	case config.Simulated:
		return vegvesen.New(sims.Vehicles())
	}
	return vegvesen.New(vegvesen.Config{Address: v.Address, Key: string(v.Key)})
}

// openCards connects the provider of payments by card.
func (p *product) openCards(c config.Card, sims *rehearsal.Rehearsal) (card.Provider, error) {
	switch c.Address {
	case config.Off:
		return card.Unconfigured{Variable: "BOMPASS_CARD_URL"}, nil
	case config.Simulated:
		return stripe.New(sims.Cards(p.config.PublicURL + hook.CardPath))
	}
	address := strings.TrimRight(c.Address, "/")
	origin := stripe.Page
	if u, err := url.Parse(address); err == nil && address != stripe.Address {
		origin = u.Scheme + "://" + u.Host
	}
	return stripe.New(stripe.Config{Address: address, Origin: origin, Key: string(c.Key), Hook: string(c.Hook), Now: p.Now})
}
