// Package party owns the parties that a person acts for: their list, the switch between them, and the check that a
// right by mandate is still valid.
//
// The register of mandates belongs to package mandate, the rights of a role to package access.
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

// How long an answer of the register is valid: for steps that bind the customer, and for reading while the register
// does not answer.
const (
	SnapshotFreshMax = 5 * time.Minute
	SnapshotStaleMax = time.Hour
)

// Self is the key of the person's own party while the person is not a customer.
const Self = "self"

// Party is a person or an organisation that can be acted for.
type Party struct {
	Key        string // the value of the page's form
	Name       string
	Number     string // of an organisation
	Kind       toll.CustomerKind
	Role       role.Role
	Current    bool // the party that is acted for
	NoCustomer bool // not a customer yet
	ByMandate  bool // the right is a mandate of the register
	Agreement  string
	Plate      string
	Ambiguous  bool // another party of the list has the same name and number; agreement and plate tell them apart

	customer toll.CustomerID
}

// List is the parties that a person can act for.
type List struct {
	Parties              []Party // the person first, then companies by name
	RegisterDown         bool    // the register does not answer; its last answer is shown
	RegisterUnconfigured bool    // no register is configured
	NoBirthNumber        bool    // the person has no Norwegian number
}

// HeldParty is a party that the person has a right for, as it is stored.
type HeldParty struct {
	Customer  toll.CustomerID
	Name      string
	Kind      toll.CustomerKind
	Role      role.Role
	Number    string // of an organisation that is a customer
	ByMandate bool
	Agreement string // the number of one of its agreements, empty if there is none
	Plate     string // of one of the vehicles on an agreement, empty if there is none
}

// MandateSnapshot is the register's last answer about a person.
type MandateSnapshot struct {
	At        time.Time // zero if it was never asked
	Companies []mandate.Party
}

// NewCustomer is a customer that is created because a person chose to act for it.
type NewCustomer struct {
	Customer  toll.CustomerID
	Name      string
	Kind      toll.CustomerKind
	Number    string
	Country   string
	Language  string
	ByMandate bool
}

// Switch is the change of a session to another party and another token.
type Switch struct {
	From, To seal.Hash
	Account  toll.AccountID
	Customer toll.CustomerID
	New      *NewCustomer // created, or found if another request created it first
	At       time.Time
}

// Store keeps rights and the register's answers.
type Store interface {
	// HeldParties returns the parties that an account may act for at an instant.
	HeldParties(ctx context.Context, account toll.AccountID, now time.Time) ([]HeldParty, error)
	// MandateSnapshot returns the register's last answer.
	MandateSnapshot(ctx context.Context, account toll.AccountID) (MandateSnapshot, error)
	// SaveMandateSnapshot stores an answer, and deletes the rights by mandate that it no longer contains.
	SaveMandateSnapshot(ctx context.Context, account toll.AccountID, t MandateSnapshot) error
	// BirthNumber returns the sealed Norwegian number of an account; empty if there is none.
	BirthNumber(ctx context.Context, account toll.AccountID) (seal.Sealed, error)
	// SwitchParty stores the session's new token and party. It returns fault.SignedOut if the session has ended.
	SwitchParty(ctx context.Context, s Switch) error
}

// Service lists and switches parties.
type Service struct {
	store  Store
	source mandate.Source
	keys   seal.Keys
	now    func() time.Time
}

// NewService returns a Service that queries source.
func NewService(store Store, source mandate.Source, keys seal.Keys, now func() time.Time) *Service {
	return &Service{store: store, source: source, keys: keys, now: now}
}

// refresh queries the register if its last answer is older than max. A person without a Norwegian number has no
// mandates.
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

// birthNumber returns the decrypted birth number of an account, empty if there is none.
func (d *Service) birthNumber(ctx context.Context, account toll.AccountID) (string, error) {
	sealed, err := d.store.BirthNumber(ctx, account)
	if err != nil || len(sealed.Data) == 0 {
		return "", err
	}
	number, err := d.keys.OpenText(sealed.Key, sealed.Data, string(account)+" birth")
	return string(number), err
}

// Parties returns the parties that the actor may act for. While the register does not answer, its last answer is used
// for a limited time, and the list says so.
func (d *Service) Parties(ctx context.Context, actor access.Principal) (List, error) {
	snapshot, foreign, err := d.refresh(ctx, actor.Account, SnapshotFreshMax)
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
	if d.now().Sub(snapshot.At) >= SnapshotStaleMax {
		snapshot.Companies = nil
	}
	held, err := d.store.HeldParties(ctx, actor.Account, d.now())
	if err != nil {
		return List{}, err
	}
	list.Parties = mergeParties(actor, held, snapshot.Companies)
	return list, nil
}

// StoredParties returns the parties that the actor may act for without asking the register: its last answer is used while
// it is valid. The switch to one of them asks again.
func (d *Service) StoredParties(ctx context.Context, actor access.Principal) ([]Party, error) {
	snapshot, err := d.store.MandateSnapshot(ctx, actor.Account)
	if err != nil {
		return nil, err
	}
	if d.now().Sub(snapshot.At) >= SnapshotStaleMax {
		snapshot.Companies = nil
	}
	held, err := d.store.HeldParties(ctx, actor.Account, d.now())
	if err != nil {
		return nil, err
	}
	return mergeParties(actor, held, snapshot.Companies), nil
}

// RequireMandate returns an error unless the actor may bind the customer: the register must have confirmed a right by
// mandate within AskedMax.
func (d *Service) RequireMandate(ctx context.Context, actor access.Principal) error {
	return d.checkMandate(ctx, actor, SnapshotFreshMax, false)
}

// RequireRecentMandate returns an error unless the actor may read: like RequireMandate, but while the register does not
// answer, its answer of the last hour is used.
func (d *Service) RequireRecentMandate(ctx context.Context, actor access.Principal) error {
	return d.checkMandate(ctx, actor, SnapshotFreshMax, true)
}

// checkMandate returns an error if the actor represents a company by a mandate that has ended. The register's
// answer must not be older than max. With useLast, an older answer is accepted while the register is unavailable,
// up to SnapshotStaleMax.
func (d *Service) checkMandate(ctx context.Context, actor access.Principal, max time.Duration, useLast bool) error {
	if actor.Kind != toll.Company {
		return nil
	}
	held, err := d.heldParty(ctx, actor)
	if err != nil || !held.ByMandate {
		return err
	}
	snapshot, _, err := d.refresh(ctx, actor.Account, max)
	if err != nil {
		if useLast && fault.CodeOf(err) == fault.PartnerDown && d.now().Sub(snapshot.At) < SnapshotStaleMax {
			return nil
		}
		return err
	}
	for _, c := range snapshot.Companies {
		if c.Number == held.Number {
			return nil
		}
	}
	return fault.New(fault.MandateEnded)
}

// heldParty returns the right by which the actor acts.
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

// Switch changes the party that the session acts for. The session gets a new token, so that pages and forms of the
// previous party become invalid.
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

// byName compares the names of two parties, ignoring case.
func byName(a, b Party) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) }
