package eid

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/server/partner/identity"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// JoinMax is the maximum time between the proof of an eID and the confirmation that it is to be connected.
const JoinMax = 5 * time.Minute

// clockSkewMax is the maximum time by which an issuer's clock may be behind.
const clockSkewMax = 30 * time.Second

// Join connects an eID to an account. If the eID belongs to another account of the same person, the two accounts are
// merged.
type Join struct {
	Keep            toll.AccountID
	Other           toll.AccountID // empty if the eID has no account
	Issuer, Subject string
	Numbers         []Number // sealed for the account that is kept
	At              time.Time
	Session         seal.Hash // that asked, and continues
	Messages        []notice.Message
}

// AccountJoins merges accounts.
type AccountJoins interface {
	access.Ceremonies
	// AccountByID returns an account by its identifier.
	AccountByID(ctx context.Context, id toll.AccountID, now time.Time) (access.Account, error)
	// Numbers returns the foreign numbers of an account, sealed.
	Numbers(ctx context.Context, account toll.AccountID) ([]Number, error)
	// Join reports false if either account or the session has changed.
	Join(ctx context.Context, j Join) (bool, error)
}

// pendingLink is an eID that was proved in a session and waits for confirmation.
type pendingLink struct {
	Provider, Issuer, Subject, Number string
	Other                             toll.AccountID
}

// LinkOffer is the question that a person confirms before an eID is connected.
type LinkOffer struct {
	Provider    string
	OtherPerson string // name of the person of the account that is merged; empty if there is none
}

func linkOfferRow(id toll.AccountID) string { return "eid offer " + string(id) }

// offerLink stores a fresh proof for the session that asked for it. Both accounts have been authenticated: this one
// with a factor in the last minutes, and the eID now. Nothing is connected before the person has confirmed the offer
// in the same session.
func (d *Service) offerLink(ctx context.Context, w Provider, k authState, p identity.Person, current *access.Principal) error {
	if current == nil || current.Account != k.LinkAccount {
		return fault.New(fault.EIDRefused)
	}
	if err := d.Access.RequireStepUp(*current); err != nil {
		return err
	}
	if p.AuthTime.Before(k.Began.Add(-clockSkewMax)) { // an answer from single sign-on is not a new authentication
		return fault.New(fault.EIDRefused)
	}
	o := pendingLink{Provider: w.Name, Issuer: p.Issuer, Subject: p.Subject, Number: p.BirthNumber}
	other, err := d.otherAccount(ctx, w, o, current.Account)
	if err != nil {
		return err
	}
	o.Other = other.ID
	plain, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("offer eID: %w", err)
	}
	var sealed seal.Sealed
	sealed.Key, sealed.Data = d.Keys.SealText(plain, linkOfferRow(current.Account))
	data, err := json.Marshal(sealed)
	if err != nil {
		return fmt.Errorf("offer eID: %w", err)
	}
	now := d.Now()
	return d.Store.SaveCeremony(ctx, access.CeremonyKey("eid", current.Session), data, now, now.Add(JoinMax))
}

// otherAccount returns the account of the eID. It refuses an account that has a password and a number that differs
// from this account's, so that accounts of two people are never merged.
func (d *Service) otherAccount(ctx context.Context, w Provider, o pendingLink, account toll.AccountID) (access.Account, error) {
	own, err := d.Store.AccountByID(ctx, account, d.Now())
	if err != nil {
		return access.Account{}, err
	}
	number := d.number(w, o.Number)
	if w.Country == "NO" && len(number.Hash) > 0 && len(own.BirthHash) > 0 && string(own.BirthHash) != string(number.Hash) {
		return access.Account{}, fault.New(fault.EIDTaken)
	}
	other, err := d.Store.AccountByEID(ctx, o.Issuer, o.Subject, number, d.Now())
	switch {
	case err != nil && fault.CodeOf(err) == fault.NotFound, err == nil && other.ID == account:
		return access.Account{}, nil
	case err != nil:
		return access.Account{}, err
	case other.PasswordHash != "", len(own.BirthHash) > 0 && len(other.BirthHash) > 0 && string(own.BirthHash) != string(other.BirthHash):
		return access.Account{}, fault.New(fault.EIDTaken)
	}
	return other, nil
}

// LinkOffer returns the offer that waits for the actor's confirmation; fault.SignedOut if there is none.
func (d *Service) LinkOffer(ctx context.Context, actor access.Principal) (LinkOffer, error) {
	o, err := d.pendingLink(ctx, actor, false)
	if err != nil {
		return LinkOffer{}, err
	}
	offer := LinkOffer{Provider: o.Provider}
	if o.Other != "" {
		other, err := d.Store.AccountByID(ctx, o.Other, d.Now())
		if err != nil {
			return LinkOffer{}, err
		}
		offer.OtherPerson = other.Person
	}
	return offer, nil
}

// pendingLink returns the offer that is bound to the session, and removes it if take is set.
func (d *Service) pendingLink(ctx context.Context, actor access.Principal, take bool) (o pendingLink, err error) {
	data, err := d.Store.Ceremony(ctx, access.CeremonyKey("eid", actor.Session), d.Now(), take)
	if err != nil {
		return o, err
	}
	var sealed seal.Sealed
	if err := json.Unmarshal(data, &sealed); err != nil {
		return o, fmt.Errorf("read offer: %w", err)
	}
	plain, err := d.Keys.OpenText(sealed.Key, sealed.Data, linkOfferRow(actor.Account))
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(plain, &o); err != nil {
		return o, fmt.Errorf("read offer: %w", err)
	}
	return o, nil
}

// ConfirmLink connects the eID that was offered, once. The checks of the offer are repeated.
func (d *Service) ConfirmLink(ctx context.Context, actor access.Principal) error {
	if err := d.Access.RequireStepUp(actor); err != nil {
		return err
	}
	o, err := d.pendingLink(ctx, actor, true)
	if err != nil {
		return err
	}
	w, err := d.Provider(o.Provider)
	if err != nil {
		return err
	}
	other, err := d.otherAccount(ctx, w, o, actor.Account)
	if err != nil {
		return err
	}
	if other.ID != o.Other {
		return fault.New(fault.EIDRefused)
	}
	j := Join{Keep: actor.Account, Other: other.ID, Issuer: o.Issuer, Subject: o.Subject, At: d.Now(), Session: actor.Session}
	if j.Numbers, err = d.numbers(ctx, w, o, other, actor.Account); err != nil {
		return err
	}
	if j.Messages, err = d.joinMessages(actor, other); err != nil {
		return err
	}
	done, err := d.Store.Join(ctx, j)
	if err == nil && !done {
		err = fault.New(fault.EIDRefused)
	}
	return err
}

// numbers seals the person's numbers for the account that is kept: a sealed number opens in its own row only.
func (d *Service) numbers(ctx context.Context, w Provider, o pendingLink, other access.Account, keep toll.AccountID) (list []Number, err error) {
	if o.Number != "" {
		list = append(list, NewNumber(d.Keys, keep, w.Country, o.Number))
	}
	if other.ID == "" {
		return list, nil
	}
	held, err := d.Store.Numbers(ctx, other.ID)
	if err != nil {
		return nil, err
	}
	if len(other.BirthHash) > 0 {
		held = append(held, Number{Country: "NO", Hash: other.BirthHash, Sealed: other.BirthNumber})
	}
	for _, n := range held {
		plain, err := d.Keys.OpenText(n.Sealed.Key, n.Sealed.Data, string(other.ID)+" birth")
		if err != nil {
			return nil, err
		}
		list = append(list, NewNumber(d.Keys, keep, n.Country, string(plain)))
	}
	return list, nil
}

// joinMessages returns the messages to every address of the two accounts.
func (d *Service) joinMessages(actor access.Principal, other access.Account) (messages []notice.Message, err error) {
	for _, address := range []string{actor.Email, other.Email} {
		if address == "" {
			continue
		}
		to := notice.Recipient{Account: actor.Account, Name: actor.Person, Address: address, Language: actor.Language}
		message, err := d.Messages.Mail(notice.EIDConnected, to, notice.Content{})
		if err != nil {
			return nil, err
		}
		messages = append(messages, message)
	}
	return messages, nil
}
