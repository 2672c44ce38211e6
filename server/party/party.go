// Package party owns for whom a person acts: the list to choose from, the switch from one to another,
// and whether a right that rests on a mandate still stands.
//
// What the register of mandates says is package mandate's; what a role may do is package access's.
package party

import (
	"context"
	"strings"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/partner/mandate"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// How long an answer of the register is believed, portal.md D3: for what binds, and for looking while
// the register does not answer.
const (
	SnapshotFreshMax = 5 * time.Minute
	SnapshotStaleMax = time.Hour
)

// Self is the key of the person's own party while they are no customer.
const Self = "self"

// Party is one choice.
type Party struct {
	Key        string // what the page's form sends back
	Name       string
	Number     string // of an organisation
	Kind       toll.CustomerKind
	Role       role.Role
	Current    bool // the one who is acted for
	NoCustomer bool // no customer yet
	ByMandate  bool // the right rests on the register's word

	customer toll.CustomerID
}

// List is what the page of parties shows.
type List struct {
	Parties              []Party // the person first, then companies by name
	RegisterDown         bool    // the register does not answer; what it said before is shown
	RegisterUnconfigured bool    // there is no register to ask
	NoBirthNumber        bool    // the person has no number that the register knows
}

// HeldParty is a party that the person has a right for, as the store knows it.
type HeldParty struct {
	Customer  toll.CustomerID
	Name      string
	Kind      toll.CustomerKind
	Role      role.Role
	Number    string // of an organisation that is a customer
	ByMandate bool
}

// MandateSnapshot is what the register said last of a person.
type MandateSnapshot struct {
	At        time.Time // zero when it was never asked
	Companies []mandate.Party
}

// NewCustomer is a customer about to begin because somebody chose to act for it.
type NewCustomer struct {
	Customer  toll.CustomerID
	Name      string
	Kind      toll.CustomerKind
	Number    string
	Country   string
	Language  string
	ByMandate bool
}

// Switch is a session that goes on for another party under another token.
type Switch struct {
	From, To seal.Hash
	Account  toll.AccountID
	Customer toll.CustomerID
	New      *NewCustomer // begun, or found if somebody began it meanwhile
	At       time.Time
}

// Store keeps rights and what the register said.
type Store interface {
	// HeldParties lists what an account may act for at an instant.
	HeldParties(ctx context.Context, account toll.AccountID, now time.Time) ([]HeldParty, error)
	// MandateSnapshot returns what the register said last.
	MandateSnapshot(ctx context.Context, account toll.AccountID) (MandateSnapshot, error)
	// SaveMandateSnapshot keeps what the register says, and takes away the rights that no longer rest on anything.
	SaveMandateSnapshot(ctx context.Context, account toll.AccountID, t MandateSnapshot) error
	// BirthNumber returns the sealed Norwegian number of an account; empty when there is none.
	BirthNumber(ctx context.Context, account toll.AccountID) (seal.Sealed, error)
	// SwitchParty gives the session its new token and party, or says fault.SignedOut when it is over.
	SwitchParty(ctx context.Context, s Switch) error
}

// Service knows parties.
type Service struct {
	store  Store
	source mandate.Source
	keys   seal.Keys
	now    func() time.Time
}

// NewService returns a Desk that asks the source.
func NewService(store Store, source mandate.Source, keys seal.Keys, now func() time.Time) *Service {
	return &Service{store: store, source: source, keys: keys, now: now}
}

// refresh asks the register when its last answer is older than max. Who cannot be asked about holds
// no mandate.
func (d *Service) refresh(ctx context.Context, account toll.AccountID, max time.Duration) (t MandateSnapshot, foreign bool, err error) {
	if t, err = d.store.MandateSnapshot(ctx, account); err != nil {
		return t, false, err
	}
	now := d.now()
	if !t.At.IsZero() && now.Sub(t.At) < max {
		return t, false, nil
	}
	number, err := d.birthNumber(ctx, account)
	if err != nil || number == "" {
		return t, number == "" && err == nil, err
	}
	answer, err := d.source.Parties(ctx, number)
	if err != nil {
		return t, false, err
	}
	t = MandateSnapshot{At: now, Companies: answer.Companies}
	return t, false, d.store.SaveMandateSnapshot(ctx, account, t)
}

func (d *Service) birthNumber(ctx context.Context, account toll.AccountID) (string, error) {
	sealed, err := d.store.BirthNumber(ctx, account)
	if err != nil || len(sealed.Data) == 0 {
		return "", err
	}
	number, err := d.keys.OpenText(sealed.Key, sealed.Data, string(account)+" birth")
	return string(number), err
}

// Parties lists for whom the actor may act. When the register does not answer, what it said before is
// shown for a while, and that it is silent.
func (d *Service) Parties(ctx context.Context, actor access.Principal) (List, error) {
	told, foreign, err := d.refresh(ctx, actor.Account, SnapshotFreshMax)
	list := List{NoBirthNumber: foreign}
	switch code := fault.CodeOf(err); {
	case err == nil:
	case code == fault.PartnerUnset:
		list.RegisterUnconfigured = true
	case code == fault.PartnerDown:
		list.RegisterDown = true
	default:
		return List{}, err
	}
	if d.now().Sub(told.At) >= SnapshotStaleMax {
		told.Companies = nil
	}
	held, err := d.store.HeldParties(ctx, actor.Account, d.now())
	if err != nil {
		return List{}, err
	}
	list.Parties = mergeParties(actor, held, told.Companies)
	return list, nil
}

// RequireMandate lets through a step that binds the customer acted for: a right that rests on a mandate must
// have been confirmed by the register within AskedMax.
func (d *Service) RequireMandate(ctx context.Context, actor access.Principal) error {
	return d.checkMandate(ctx, actor, SnapshotFreshMax, false)
}

// RequireRecentMandate lets an actor go on looking: as Confirm, but while the register is silent its word of the last
// hour counts.
func (d *Service) RequireRecentMandate(ctx context.Context, actor access.Principal) error {
	return d.checkMandate(ctx, actor, SnapshotFreshMax, true)
}

func (d *Service) checkMandate(ctx context.Context, actor access.Principal, max time.Duration, patient bool) error {
	if actor.Kind != toll.Company {
		return nil
	}
	held, err := d.heldParty(ctx, actor)
	if err != nil || !held.ByMandate {
		return err
	}
	told, _, err := d.refresh(ctx, actor.Account, max)
	if err != nil {
		if patient && fault.CodeOf(err) == fault.PartnerDown && d.now().Sub(told.At) < SnapshotStaleMax {
			return nil
		}
		return err
	}
	for _, c := range told.Companies {
		if c.Number == held.Number {
			return nil
		}
	}
	return fault.New(fault.MandateEnded)
}

// heldParty is the right by which the actor acts.
func (d *Service) heldParty(ctx context.Context, actor access.Principal) (HeldParty, error) {
	list, err := d.store.HeldParties(ctx, actor.Account, d.now())
	if err != nil {
		return HeldParty{}, err
	}
	for _, h := range list {
		if h.Customer == actor.Customer {
			return h, nil
		}
	}
	return HeldParty{}, fault.New(fault.MandateEnded)
}

// Switch goes on for another party. The session gets a token of its own, so that pages and forms made
// for the party before are worth nothing.
func (d *Service) Switch(ctx context.Context, actor access.Principal, key string) (seal.Token, error) {
	list, err := d.Parties(ctx, actor)
	if err != nil {
		return "", err
	}
	for _, p := range list.Parties {
		if p.Key != key {
			continue
		}
		if p.ByMandate && list.RegisterDown {
			return "", fault.New(fault.PartnerDown, "partner", "Altinn")
		}
		token := seal.NewToken()
		s := Switch{From: actor.Session, To: token.Hash(), Account: actor.Account, Customer: p.customer, At: d.now()}
		if p.customer == "" {
			s.New = newCustomer(actor, p)
		}
		return token, d.store.SwitchParty(ctx, s)
	}
	return "", fault.New(fault.NotFound)
}

// byName orders companies as people look for them.
func byName(a, b Party) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) }
