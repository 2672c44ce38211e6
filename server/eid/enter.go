package eid

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/partner/identity"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// Asked is a wish to sign in, as the page tells it.
type Asked struct {
	Way      string
	Language string
	Next     string
	Fresh    bool
	Prover   toll.AccountID // set when a person who is signed in proves again who they are
	Link     toll.AccountID // set when the eID is to open this account from now on
}

// Started is where the browser goes, and what its cookie for this journey holds. Name tells cookies of
// several tabs apart.
type Started struct {
	Address string
	Name    string
	Browser access.Token
}

// kept is a journey's secret part.
type kept struct {
	Nonce, Verifier string
	Wish            identity.Wish
	Began           time.Time
	Next            string
	Prover          toll.AccountID
	Link            toll.AccountID
}

// Begin asks the issuer and keeps the journey for the browser that goes on it.
func (d *Service) Begin(ctx context.Context, a Asked) (Started, error) {
	way, err := d.Provider(a.Way)
	if err != nil {
		return Started{}, err
	}
	wish := identity.Wish{Language: a.Language, Level: identity.Substantial, Fresh: a.Fresh || a.Prover != "" || a.Link != ""}
	j, err := way.Issuer.Begin(ctx, wish)
	if err != nil {
		return Started{}, err
	}
	plain, err := json.Marshal(kept{j.Nonce, j.Verifier, j.Wish, j.Began, a.Next, a.Prover, a.Link})
	if err != nil {
		return Started{}, fmt.Errorf("begin journey: %w", err)
	}
	state, browser := access.Token(j.State).Hash(), access.NewToken()
	key, sealed := d.Keys.SealText(plain, journeyRow(state))
	now := d.Now()
	err = d.Store.AddJourney(ctx, AuthRequest{
		State: state, Browser: browser.Hash(), Way: way.Name, Sealed: access.Sealed{Key: key, Data: sealed}, Until: now.Add(AuthRequestMax),
	}, now)
	return Started{Address: j.Address, Name: TabName(j.State), Browser: browser}, err
}

// TabName tells the journeys of one browser's tabs apart without telling their states.
func TabName(state string) string {
	hash := access.Token(state).Hash()
	return hex.EncodeToString(hash[:6])
}

func journeyRow(state access.Hash) string { return fmt.Sprintf("journey %x", state[:8]) }

// Entered is a person who is in.
type Entered struct {
	Token   access.Token
	Account access.Account
	Next    string
	New     bool // here for the first time
	Proved  bool // was signed in and has proved again who they are
	Offered bool // is signed in as before, and may connect the eID now
}

// Ticket is what a person comes back with.
type Ticket struct {
	Browser access.Token // of the tab's cookie
	Back    identity.Return
	Visitor access.Visitor
	Current *access.Actor // signed in already; nil for everybody else
}

// Finish believes the issuer, finds or begins the account, and begins a session with a token of its
// own. The journey is over whatever comes of it.
func (d *Service) Finish(ctx context.Context, way string, t Ticket) (Entered, error) {
	w, err := d.Provider(way)
	if err != nil {
		return Entered{}, err
	}
	if !t.Browser.Plausible() || t.Back.State == "" {
		return Entered{}, fault.New(fault.SignedOut)
	}
	now, state := d.Now(), access.Token(t.Back.State).Hash()
	sealed, err := d.Store.TakeJourney(ctx, state, t.Browser.Hash(), w.Name, now)
	if err != nil {
		return Entered{}, err
	}
	plain, err := d.Keys.OpenText(sealed.Key, sealed.Data, journeyRow(state))
	if err != nil {
		return Entered{}, err
	}
	var k kept
	if err := json.Unmarshal(plain, &k); err != nil {
		return Entered{}, fmt.Errorf("read journey: %w", err)
	}
	j := identity.AuthRequest{State: t.Back.State, Nonce: k.Nonce, Verifier: k.Verifier, Wish: k.Wish, Began: k.Began}
	person, err := w.Issuer.Finish(ctx, j, t.Back)
	if err != nil {
		return Entered{}, err
	}
	if k.Link != "" {
		return Entered{Offered: true}, d.offer(ctx, w, k, person, t.Current)
	}
	in, err := d.enter(ctx, w, k, person, t)
	in.Next, in.Proved = k.Next, k.Prover != ""
	return in, err
}

// enter begins the session. Two tabs of one newcomer may begin the account at once: one is second and
// finds it then.
func (d *Service) enter(ctx context.Context, w Provider, k kept, p identity.Person, t Ticket) (Entered, error) {
	for range 2 {
		in, began, err := d.try(ctx, w, k, p, t)
		if err != nil || began {
			return in, err
		}
	}
	return Entered{}, fault.New(fault.Busy)
}

func (d *Service) try(ctx context.Context, w Provider, k kept, p identity.Person, t Ticket) (Entered, bool, error) {
	now := d.Now()
	number := d.number(w, p.BirthNumber)
	account, err := d.Store.PersonByProof(ctx, p.Issuer, p.Subject, number, now)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return Entered{}, false, err
	}
	var e Entry
	if err != nil {
		e.New = d.newcomer(ctx, w, k, p)
		account = access.Account{ID: e.New.Account, Customer: e.New.Customer, Person: e.New.Person, Language: e.New.Language, Role: role.Owner}
	}
	if k.Prover != "" && account.ID != k.Prover { // somebody else proved who they are
		return Entered{}, false, fault.New(fault.EIDRefused)
	}
	token, session, err := d.Access.NewSession(account, t.Visitor, now)
	if err != nil {
		return Entered{}, false, err
	}
	if t.Current != nil && t.Current.Account == account.ID { // stays with the party acted for
		session.Customer, e.Ends = t.Current.Customer, &t.Current.Session
	}
	key, sealed := d.Keys.SealText([]byte(p.Token), proofRow)
	e.Session = session
	e.Proof = Proof{
		Way: w.Name, Issuer: p.Issuer, Subject: p.Subject, Session: p.Session, Level: p.Level, Proved: p.Proved,
		Sealed: access.Sealed{Key: key, Data: sealed},
	}
	began, err := d.Store.Enter(ctx, e)
	return Entered{Token: token, Account: account, New: e.New != nil}, began, err
}

// proofRow is what a kept proof is sealed for. It is not the session's token: that changes with the
// party acted for, and the proof goes along.
const proofRow = "eid proof"

// number is a personal number as it is found.
func (d *Service) number(w Provider, number string) Number {
	if number == "" {
		return Number{}
	}
	return Number{Country: w.Country, Hash: d.Keys.FindHash(foundAs(w.Country, number))}
}

// foundAs keeps numbers of different countries apart; Norwegian ones are found as the account's own.
func foundAs(country, number string) string {
	if country == "NO" {
		return number
	}
	return country + number
}

// NewNumber is a personal number as it is kept for an account.
func NewNumber(keys access.Keys, account toll.AccountID, country, number string) Number {
	n := Number{Country: country, Hash: keys.FindHash(foundAs(country, number))}
	n.Sealed.Key, n.Sealed.Data = keys.SealText([]byte(number), string(account)+" birth")
	return n
}

func (d *Service) newcomer(ctx context.Context, w Provider, k kept, p identity.Person) *Newcomer {
	n := &Newcomer{
		Account: toll.AccountID(uuid.NewString()), Customer: toll.CustomerID(uuid.NewString()), Country: w.Country,
		Language: k.Wish.Language,
	}
	if !access.KnownLanguage(n.Language) {
		n.Language = "nb"
	}
	if p.BirthNumber != "" {
		n.Number = NewNumber(d.Keys, n.Account, w.Country, p.BirthNumber)
		if w.Country == "NO" {
			n.Person = d.Names(ctx, p.BirthNumber)
		}
	}
	if n.Person == "" { // until the person says, no issuer tells names
		n.Person = i18n.For(n.Language).T("eid.new.person")
	}
	return n
}
