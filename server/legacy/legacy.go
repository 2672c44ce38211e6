// Package legacy owns the customer numbers and passwords of the customer system before this one: reading
// them in, and checking one once, to link an agreement to whoever knows them, S1.11, S1.38, S2.35, K03.
//
// They open nothing else: nobody signs in with them. Who may act for a customer from then on is package
// access's.
package legacy

import (
	"context"
	"strings"
	"time"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// How often a day numbers and passwords may be tried: by one account, for one number, from one network,
// portal.md D4.
const (
	AccountMax = 5
	NumberMax  = 5
	NetworkMax = 20
)

const (
	inputMax            = 200 // of what a person may type
	concurrentHashesMax = 2   // passwords that are checked at once
)

// Outcome is what came of an agreement whose number and password were right. The words stand in the
// catalogues under "find.outcome.<outcome>".
type Outcome string

// The outcomes.
const (
	Linked  Outcome = "linked"
	Yours   Outcome = "yours"
	Company Outcome = "company" // never a private person's, S2.41
	Taken   Outcome = "taken"
)

// Found is an agreement of the customer that was proven.
type Found struct {
	Number  string
	Outcome Outcome
}

// Credential is what is kept of a customer of the system before.
type Credential struct {
	Number    string
	Agreement string
	Sealed    seal.Sealed // its hash
	Used      bool
	Imported  time.Time

	// Same reports whether a stored value is the same hash; nil for a stored credential.
	Same func(stored seal.Sealed) bool
}

// Use is a right number and password about to be spent.
type Use struct {
	Number  string
	Account toll.AccountID
	At      time.Time
	// Tell writes to the address that the customer had until now.
	Tell func(to notice.Recipient, agreement string) ([]notice.Message, error)
}

// Store keeps credentials.
type Store interface {
	// Credential returns the number's, or else another one whose check costs as much; ok says which. It is
	// empty when there are none at all.
	Credential(ctx context.Context, number string) (c Credential, ok bool, err error)
	// RedeemCredential spends one and links what it stands for. It returns fault.LegacyWrong when it is spent
	// or its agreement is not in force.
	RedeemCredential(ctx context.Context, u Use) ([]Found, error)
	// SaveCredentials keeps those that are new and takes another hash for those that are not spent.
	SaveCredentials(ctx context.Context, list []Credential) error
}

// RequestLimiter counts tries, package access.
type RequestLimiter interface {
	AllowDaily(ctx context.Context, limits ...access.DailyLimit) error
}

// Service links agreements.
type Service struct {
	store  Store
	keys   seal.Keys
	letter *notice.Writer
	count  RequestLimiter
	now    func() time.Time
	places chan struct{} // one for each password that is being checked
}

// NewService returns a Desk whose letters are written by letter.
func NewService(store Store, keys seal.Keys, letter *notice.Writer, count RequestLimiter, now func() time.Time) *Service {
	return &Service{store: store, keys: keys, letter: letter, count: count, now: now, places: make(chan struct{}, concurrentHashesMax)}
}

// Link links the agreement that a number and password stand for. Whatever is wrong, the answer and the
// work are the same, and every try counts, right ones too.
func (d *Service) Link(ctx context.Context, visitor access.Visitor, actor access.Principal, number, password string) ([]Found, error) {
	number = strings.TrimSpace(number)
	switch {
	case number == "":
		return nil, fault.New(fault.FieldMissing).At("number")
	case password == "":
		return nil, fault.New(fault.FieldMissing).At("password")
	case len(number) > inputMax || len(password) > inputMax:
		return nil, fault.New(fault.LegacyWrong)
	}
	err := d.count.AllowDaily(ctx,
		access.DailyLimit{Kind: "legacy account", Name: string(actor.Account), Max: AccountMax},
		access.DailyLimit{Kind: "legacy number", Name: strings.ToLower(number), Max: NumberMax},
		access.DailyLimit{Kind: "legacy network", Name: visitor.Address, Max: NetworkMax},
	)
	if err != nil {
		return nil, err
	}
	kept, known, err := d.store.Credential(ctx, number)
	if err != nil {
		return nil, err
	}
	right, err := d.passwordMatches(ctx, kept, password)
	if err != nil {
		return nil, err
	}
	if !right || !known || kept.Used {
		return nil, fault.New(fault.LegacyWrong)
	}
	return d.store.RedeemCredential(ctx, Use{Number: kept.Number, Account: actor.Account, At: d.now(), Tell: func(to notice.Recipient, agreement string) ([]notice.Message, error) {
		if to.Address == "" || strings.EqualFold(to.Address, actor.Email) {
			return nil, nil
		}
		letter, err := d.letter.Mail(notice.LegacyLinked, to, notice.Content{Params: []any{"number", agreement, "person", actor.Person}})
		return []notice.Message{letter}, err
	}})
}

// passwordMatches checks a password against what is kept, when there is a place for it.
func (d *Service) passwordMatches(ctx context.Context, kept Credential, password string) (bool, error) {
	if kept.Number == "" {
		return false, nil
	}
	text, err := d.keys.Open(kept.Sealed, row(kept.Number))
	if err != nil {
		return false, err
	}
	hash, err := ParseHash(string(text))
	if err != nil {
		return false, err
	}
	select {
	case d.places <- struct{}{}:
		defer func() { <-d.places }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	return hash.Matches(password), nil
}

func row(number string) string { return "legacy credential " + number }

// Seal returns the credential of a line with its hash sealed, so that passwords cannot be guessed from a copy of
// the database.
func Seal(keys seal.Keys, line Line, hash Hash, at time.Time) Credential {
	row := row(line.Number)
	return Credential{
		Number: line.Number, Agreement: line.Agreement, Imported: at, Sealed: keys.Seal([]byte(hash.String()), row),
		Same: func(stored seal.Sealed) bool {
			text, err := keys.Open(stored, row)
			return err == nil && string(text) == hash.String()
		},
	}
}
