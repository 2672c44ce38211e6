package config

import (
	"fmt"
	"strings"
)

// Simulated is the setting for the simulator of an issuer or register.
const Simulated = "simulated"

// Off is the setting for no issuer or register.
const Off = "off"

// EID is one issuer of electronic identities.
type EID struct {
	// …_ISSUER: an address, "simulated" or "off"; empty is simulated in development and off in production
	Issuer  string
	Client  string // …_CLIENT: our client identifier at the issuer
	KeyFile string // …_KEY_FILE: our private key, PEM
	Levels  string // …_LEVELS: the issuer's names of substantial and high
}

// Mandate is the register of authorised parties.
type Mandate struct {
	Platform     string // BOMPASS_MANDATE_URL: as EID.Issuer
	Token        string // BOMPASS_MANDATE_TOKEN_URL
	Audience     string // BOMPASS_MANDATE_AUDIENCE
	Client       string // BOMPASS_MANDATE_CLIENT
	KeyFile      string // BOMPASS_MANDATE_KEY_FILE
	Subscription Secret // BOMPASS_MANDATE_SUBSCRIPTION
	Resource     string // BOMPASS_MANDATE_RESOURCE
}

// Vehicles is the register of vehicles.
type Vehicles struct {
	Address string // BOMPASS_VEHICLES_URL: as EID.Issuer
	Key     Secret // BOMPASS_VEHICLES_KEY
}

// Card is the provider of payments by card.
type Card struct {
	Address string // BOMPASS_CARD_URL: as EID.Issuer
	Key     Secret // BOMPASS_CARD_KEY
	Hook    Secret // BOMPASS_CARD_HOOK_SECRET
}

// Partners are the external systems for identities, mandates and vehicles.
type Partners struct {
	Norway     EID     // BOMPASS_EID_…
	Sweden     EID     // BOMPASS_EID_SE_…
	Mandate    Mandate // BOMPASS_MANDATE_…
	Vehicles   Vehicles
	Card       Card
	Simulators string // BOMPASS_SIMULATOR_ADDR: where simulated ones listen; empty is the port after BOMPASS_ADDR's
}

// The issuers' names of their levels.
const (
	norwegianLevels = "idporten-loa-substantial idporten-loa-high"
	swedishLevels   = "http://id.elegnamnden.se/loa/1.0/loa3 http://id.elegnamnden.se/loa/1.0/loa4"
)

// Simulated reports whether the issuer is the simulator.
func (e EID) Simulated() bool { return e.Issuer == Simulated }

// Off reports whether there is no issuer.
func (e EID) Off() bool { return e.Issuer == Off }

// partners reads the settings of all external systems.
func (r *reader) partners(mode Mode) Partners {
	p := Partners{
		Norway: r.eid("BOMPASS_EID", norwegianLevels, mode), Sweden: r.eid("BOMPASS_EID_SE", swedishLevels, mode),
		Mandate: r.mandate(mode), Vehicles: r.vehicles(mode), Card: r.card(mode),
	}
	if r.text("BOMPASS_SIMULATOR_ADDR", "") != "" {
		p.Simulators = r.addr("BOMPASS_SIMULATOR_ADDR", "")
		if mode == Production {
			r.addProblem("BOMPASS_SIMULATOR_ADDR", p.Simulators, "production has no simulators; leave it out")
		}
	}
	return p
}

// partnerAddress reads the address of an external system, or Simulated or Off. It defaults to Simulated in
// development and to Off in production.
func (r *reader) partnerAddress(name, example string, mode Mode) string {
	switch value := r.text(name, ""); {
	case value == "" && mode == Production, value == Off:
		return Off
	case value == "" || value == Simulated:
		if mode == Production {
			r.addProblem(name, value, "production has no simulators; write an address such as "+example+", or off")
		}
		return Simulated
	case mode == Production && strings.HasPrefix(value, "http://"):
		r.addProblem(name, value, "production is safe only over https; write an address such as "+example)
		return Off
	}
	return r.link(name, example, "https", "http")
}

// eid reads the settings of an issuer, whose names begin with name. Client, key and levels are needed for a real
// issuer only.
func (r *reader) eid(name, levels string, mode Mode) EID {
	e := EID{
		Issuer: r.partnerAddress(name+"_ISSUER", "https://idporten.no", mode), Client: r.text(name+"_CLIENT", ""),
		KeyFile: r.text(name+"_KEY_FILE", ""), Levels: r.text(name+"_LEVELS", levels),
	}
	if e.Simulated() || e.Off() || e.Issuer == "" {
		return e
	}
	r.require(name+"_CLIENT", e.Client, "write the name that the issuer gave you")
	r.require(name+"_KEY_FILE", e.KeyFile, "write the path of a PEM file with our private key")
	if n := len(strings.Fields(e.Levels)); n < 1 || n > 2 {
		r.addProblem(name+"_LEVELS", e.Levels, "write the issuer's names of substantial and high, such as "+levels)
	}
	return e
}

// mandate reads the settings of the register of mandates. All are needed for the real register.
func (r *reader) mandate(mode Mode) Mandate {
	const name = "BOMPASS_MANDATE"
	m := Mandate{
		Platform: r.partnerAddress(name+"_URL", "https://platform.altinn.no", mode),
		Token:    r.link(name+"_TOKEN_URL", "https://maskinporten.no/token", "https", "http"),
		Audience: r.text(name+"_AUDIENCE", "https://maskinporten.no/"), Client: r.text(name+"_CLIENT", ""),
		KeyFile: r.text(name+"_KEY_FILE", ""), Subscription: Secret(r.text(name+"_SUBSCRIPTION", "")),
		Resource: r.text(name+"_RESOURCE", "bompass-portal"),
	}
	if m.Platform == Simulated || m.Platform == Off || m.Platform == "" {
		return m
	}
	r.require(name+"_TOKEN_URL", m.Token, "write Maskinporten's address, such as https://maskinporten.no/token")
	r.require(name+"_CLIENT", m.Client, "write our name at Maskinporten")
	r.require(name+"_KEY_FILE", m.KeyFile, "write the path of a PEM file with our private key")
	r.require(name+"_SUBSCRIPTION", string(m.Subscription), "write the subscription key that Altinn gave you")
	return m
}

// vehicles reads the settings of the register of vehicles.
func (r *reader) vehicles(mode Mode) Vehicles {
	const name = "BOMPASS_VEHICLES"
	v := Vehicles{
		Address: r.partnerAddress(name+"_URL", "https://akfell-datautlevering.atlas.vegvesen.no", mode),
		Key:     Secret(r.text(name+"_KEY", "")),
	}
	if v.Address != Simulated && v.Address != Off && v.Address != "" {
		r.require(name+"_KEY", string(v.Key), "write the key that Statens vegvesen gave us")
	}
	return v
}

// card reads the settings of the provider of payments by card.
func (r *reader) card(mode Mode) Card {
	const name = "BOMPASS_CARD"
	c := Card{
		Address: r.partnerAddress(name+"_URL", "https://api.stripe.com", mode), Key: Secret(r.text(name+"_KEY", "")), Hook: Secret(r.text(name+"_HOOK_SECRET", "")),
	}
	if c.Address != Simulated && c.Address != Off && c.Address != "" {
		r.require(name+"_KEY", string(c.Key), "write the secret key of Stripe's interface")
		r.require(name+"_HOOK_SECRET", string(c.Hook), "write the signing secret of the webhook that calls …/hook/card")
	}
	return c
}

// require adds a problem if a value is empty.
func (r *reader) require(name, value, instead string) {
	if value == "" {
		r.addProblem(name, "", instead)
	}
}

// exampleKey is the key in examples, which is not secret. Other keys that are not random, such as one digit 64
// times, have few different bytes.
const (
	exampleKey        = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	differentBytesMin = 12 // of 32; one of 10¹⁵ random keys has fewer
)

// requireRandomKey adds a problem if a key is an example or not random.
func (r *reader) requireRandomKey(name, key string) {
	different := map[string]bool{}
	for i := 0; i+2 <= len(key); i += 2 {
		different[strings.ToLower(key[i:i+2])] = true
	}
	if key != "" && (strings.EqualFold(key, exampleKey) || len(different) < differentBytesMin) {
		r.addProblem(name, fmt.Sprintf("… (%d characters)", len(key)),
			"production needs a random key of its own; write what openssl rand -hex 32 prints")
	}
}
