package eid

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/partner/identity"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// BeginRequest is a request to sign in with an eID.
type BeginRequest struct {
	Provider       string
	Language       string
	Next           string
	Reauthenticate bool
	StepUpAccount  toll.AccountID // set if the eID is used for step-up of this account
	LinkAccount    toll.AccountID // set if the eID is to be connected to this account
}

// Redirect is the issuer's address for the browser, and the cookie of this request. Name distinguishes the cookies
// of several tabs.
type Redirect struct {
	Address string
	Name    string
	Browser seal.Token
}

// authState is the secret part of an authentication request.
type authState struct {
	Nonce, Verifier string
	Params          identity.AuthRequestParams
	Began           time.Time
	Next            string
	StepUpAccount   toll.AccountID
	LinkAccount     toll.AccountID
}

// Begin starts an authentication request at the issuer, and stores it for this browser.
func (d *Service) Begin(ctx context.Context, a BeginRequest) (Redirect, error) {
	provider, err := d.Provider(a.Provider)
	if err != nil {
		return Redirect{}, err
	}
	params := identity.AuthRequestParams{Language: a.Language, Level: identity.Substantial, Reauthenticate: a.Reauthenticate || a.StepUpAccount != "" || a.LinkAccount != ""}
	j, err := provider.Issuer.Begin(ctx, params)
	if err != nil {
		return Redirect{}, err
	}
	plain, err := json.Marshal(authState{j.Nonce, j.Verifier, j.Params, j.Began, a.Next, a.StepUpAccount, a.LinkAccount})
	if err != nil {
		return Redirect{}, fmt.Errorf("encode authentication request: %w", err)
	}
	state, browser := seal.Token(j.State).Hash(), seal.NewToken()
	key, sealed := d.Keys.SealText(plain, authRequestRow(state))
	now := d.Now()
	err = d.Store.AddAuthRequest(ctx, AuthRequest{
		State: state, Browser: browser.Hash(), Provider: provider.Name, Sealed: seal.Sealed{Key: key, Data: sealed}, Until: now.Add(AuthRequestMax),
	}, now)
	return Redirect{Address: j.URL, Name: TabName(j.State), Browser: browser}, err
}

// TabName returns a name for the cookie of a request, from which its state cannot be derived.
func TabName(state string) string {
	hash := seal.Token(state).Hash()
	return hex.EncodeToString(hash[:6])
}

func authRequestRow(state seal.Hash) string { return fmt.Sprintf("journey %x", state[:8]) }

// Result is the outcome of a sign-in.
type Result struct {
	Token       seal.Token
	Account     access.Account
	Next        string
	New         bool // the account was created
	SteppedUp   bool // the session was stepped up
	LinkOffered bool // the session is unchanged, and the eID can be connected now
}

// Callback is the issuer's answer as the browser brings it.
type Callback struct {
	Browser  seal.Token // of the tab's cookie
	Response identity.AuthResponse
	Visitor  access.Visitor
	Current  *access.Principal // the session that is signed in already; nil if there is none
}

// Finish verifies the issuer's answer, finds or creates the account, and begins a session with a new token. The
// authentication request can be used once, whether Finish succeeds or not.
func (d *Service) Finish(ctx context.Context, provider string, t Callback) (Result, error) {
	w, err := d.Provider(provider)
	if err != nil {
		return Result{}, err
	}
	// The token in the browser's cookie shows that this browser began the sign-in (RFC 6749 section 10.12).
	if !t.Browser.Plausible() || t.Response.State == "" {
		return Result{}, fault.New(fault.SignedOut)
	}
	now, state := d.Now(), seal.Token(t.Response.State).Hash()
	sealed, err := d.Store.TakeAuthRequest(ctx, state, t.Browser.Hash(), w.Name, now)
	if err != nil {
		return Result{}, err
	}
	plain, err := d.Keys.OpenText(sealed.Key, sealed.Data, authRequestRow(state))
	if err != nil {
		return Result{}, err
	}
	var k authState
	if err := json.Unmarshal(plain, &k); err != nil {
		return Result{}, fmt.Errorf("decode authentication request: %w", err)
	}
	j := identity.AuthRequest{State: t.Response.State, Nonce: k.Nonce, Verifier: k.Verifier, Params: k.Params, Began: k.Began}
	person, err := w.Issuer.Finish(ctx, j, t.Response)
	if err != nil { // where the person began is known all the same
		return Result{Next: k.Next, SteppedUp: k.StepUpAccount != "", LinkOffered: k.LinkAccount != ""}, err
	}
	// The request was made to connect an eID to a signed-in account, not to sign in.
	if k.LinkAccount != "" {
		return Result{LinkOffered: true}, d.offerLink(ctx, w, k, person, t.Current)
	}
	in, err := d.signIn(ctx, w, k, person, t)
	in.Next, in.SteppedUp = k.Next, k.StepUpAccount != ""
	return in, err
}

// signIn begins the session. Two tabs of a new person may create the account at the same time: the second one finds
// it at its next attempt.
func (d *Service) signIn(ctx context.Context, w Provider, k authState, p identity.Person, t Callback) (Result, error) {
	for range 2 {
		in, began, err := d.trySignIn(ctx, w, k, p, t)
		if err != nil || began {
			return in, err
		}
	}
	return Result{}, fault.New(fault.Busy)
}

// trySignIn opens a session for the person, with a new account if there is none. It reports false if another
// request has created the account at the same time; the caller then tries again. The eID of another person than the
// one who is signed in cannot step up the session.
func (d *Service) trySignIn(ctx context.Context, w Provider, k authState, p identity.Person, t Callback) (Result, bool, error) {
	now := d.Now()
	number := d.number(w, p.BirthNumber)
	account, err := d.Store.AccountByEID(ctx, p.Issuer, p.Subject, number, now)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return Result{}, false, err
	}
	var e Entry
	if err != nil {
		e.New = d.newAccount(ctx, w, k, p)
		account = access.Account{ID: e.New.Account, Customer: e.New.Customer, Person: e.New.Person, Language: e.New.Language, Role: role.Owner}
	}
	if k.StepUpAccount != "" && account.ID != k.StepUpAccount { // the eID of another person
		return Result{}, false, fault.New(fault.EIDRefused)
	}
	token, session, err := d.Access.NewSession(account, t.Visitor, now)
	if err != nil {
		return Result{}, false, err
	}
	if t.Current != nil && t.Current.Account == account.ID { // keep the party acted for
		session.Customer, e.Replaces = t.Current.Customer, &t.Current.Session
	}
	key, sealed := d.Keys.SealText([]byte(p.IDToken), idTokenRow)
	e.Session = session
	e.Proof = Proof{
		Provider: w.Name, Issuer: p.Issuer, Subject: p.Subject, Session: p.Session, Level: p.Level, AuthTime: p.AuthTime,
		IDToken: seal.Sealed{Key: key, Data: sealed},
	}
	began, err := d.Store.BeginSessionWithEID(ctx, e)
	return Result{Token: token, Account: account, New: e.New != nil}, began, err
}

// idTokenRow is the sealing context of a stored ID token. It does not contain the session's token, which changes with
// the party acted for.
const idTokenRow = "eid proof"

// number returns a personal number for a look-up.
func (d *Service) number(w Provider, number string) Number {
	if number == "" {
		return Number{}
	}
	return Number{Country: w.Country, Hash: d.Keys.LookupHash(lookupNumber(w.Country, number))}
}

// lookupNumber prefixes a number with its country. Norwegian numbers have no prefix, like those of accounts.
func lookupNumber(country, number string) string {
	if country == "NO" {
		return number
	}
	return country + number
}

// NewNumber returns a personal number as it is stored for an account.
func NewNumber(keys seal.Keys, account toll.AccountID, country, number string) Number {
	n := Number{Country: country, Hash: keys.LookupHash(lookupNumber(country, number))}
	n.Sealed.Key, n.Sealed.Data = keys.SealText([]byte(number), string(account)+" birth")
	return n
}

// newAccount returns the account to create for a person. The name comes from the register of mandates, which has
// Norwegian persons only.
func (d *Service) newAccount(ctx context.Context, w Provider, k authState, p identity.Person) *NewAccount {
	n := &NewAccount{
		Account: toll.AccountID(uuid.NewString()), Customer: toll.CustomerID(uuid.NewString()), Country: w.Country,
		Language: k.Params.Language,
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
	return n
}
