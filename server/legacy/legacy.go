// Package legacy owns the import from the legacy customer system, and its customer numbers and passwords: each is
// accepted once, to link an agreement to the account of the person who enters it (S1.11, S1.38, S2.35).
//
// They cannot be used to sign in. The rights of a linked account belong to package access.
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

// The maximum number of attempts a day: by one account, for one number, from one network.
const (
	AccountMax = 5
	NumberMax  = 5
	NetworkMax = 20
)

const (
	inputMax            = 200 // characters of an input
	concurrentHashesMax = 2   // passwords that are verified at the same time
)

// Outcome is the result for an agreement whose number and password were correct. Its text is in the catalogues under
// "find.outcome.<outcome>".
type Outcome string

// The outcomes.
const (
	Linked  Outcome = "linked"
	Yours   Outcome = "yours"
	Company Outcome = "company" // never a private person's, S2.41
	Taken   Outcome = "taken"
)

// Found is an agreement of the customer whose number and password were correct.
type Found struct {
	Number  string
	Outcome Outcome
}

// Credential is the stored number and password hash of a customer of the legacy system.
type Credential struct {
	Number    string
	Agreement string
	Sealed    seal.Sealed // its hash
	Used      bool
	Imported  time.Time

	// Same reports whether a stored value is the same hash; nil for a stored credential.
	Same func(stored seal.Sealed) bool
}

// Use is the redemption of a credential.
type Use struct {
	Number  string
	Account toll.AccountID
	At      time.Time
	// Tell returns the message to the address that the customer had until now.
	Tell func(to notice.Recipient, agreement string) ([]notice.Message, error)
}

// Store keeps credentials.
type Store interface {
	// Credential returns the credential of a number; ok reports whether there is one. If not, it returns another
	// one whose verification costs as much, or an empty one if there are none at all.
	Credential(ctx context.Context, number string) (c Credential, ok bool, err error)
	// RedeemCredential marks a credential as used and links its agreements. It returns fault.LegacyWrong if it was
	// used before or its agreement is not in force.
	RedeemCredential(ctx context.Context, u Use) ([]Found, error)
	// SaveCredentials adds new credentials and updates the hash of those that were not used.
	SaveCredentials(ctx context.Context, list []Credential) error
}

// RequestLimiter counts attempts; package access implements it.
type RequestLimiter interface {
	AllowDaily(ctx context.Context, limits ...access.DailyLimit) error
}

// Service links agreements.
type Service struct {
	store    Store
	keys     seal.Keys
	messages *notice.Writer
	count    RequestLimiter
	now      func() time.Time
	slots    chan struct{} // one item for each password that is being verified
}

// NewService returns a Service whose messages are written by writer.
func NewService(store Store, keys seal.Keys, writer *notice.Writer, count RequestLimiter, now func() time.Time) *Service {
	return &Service{store: store, keys: keys, messages: writer, count: count, now: now, slots: make(chan struct{}, concurrentHashesMax)}
}

// Link links the agreements of a number and password. Every failure has the same error and takes the same time, and
// every attempt is counted, successful ones too.
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
		message, err := d.messages.Mail(notice.LegacyLinked, to, notice.Content{Params: []any{"number", agreement, "person", actor.Person}})
		return []notice.Message{message}, err
	}})
}

// passwordMatches reports whether a password matches the stored hash. It waits until fewer than
// concurrentHashesMax passwords are being verified.
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
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
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
