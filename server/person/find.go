package person

import (
	"context"
	"strings"
	"time"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Outcome is what came of an agreement that was found by its address.
type Outcome string

// The outcomes. Their words stand in the catalogues under "find.outcome.<outcome>".
const (
	Linked  Outcome = "linked"
	Yours   Outcome = "yours"   // it was the person's already
	Company Outcome = "company" // wrong account type: never a private person's, S2.40, S2.41
	Taken   Outcome = "taken"   // somebody else's
)

// Found is an agreement that carries the address.
type Found struct {
	Number  string
	Outcome Outcome
}

// FindStore finds agreements by the address that they carry.
type FindStore interface {
	// LinkFound spends the link and lets the account act for private customers that carry the address
	// and have no owner. It lists every agreement of everybody who carries it.
	LinkFound(ctx context.Context, link access.Hash, account toll.AccountID, email string, now time.Time) ([]Found, error)
}

// Find sends a link to an address that may stand on agreements. Nothing is told before whoever has the
// mailbox has followed it: every address is answered the same, K23, S2.36.
func (d *Service) Find(ctx context.Context, actor access.Actor, email string) error {
	email = strings.ToLower(strings.TrimSpace(email))
	if !access.CheckEmail(email) {
		return fault.New(fault.FieldWrong).At("email")
	}
	now := d.now()
	link, token, err := d.keys.NewLink(access.ForFinding, actor.Account, now.Add(access.FindMax), email)
	if err != nil {
		return err
	}
	to := notice.Recipient{Address: email, Language: actor.Language}
	letter, err := d.letter.Mail(notice.FindAgreements, to, notice.Content{Link: "/agreements/link?token=" + string(token), Params: []any{"person", actor.Person}})
	if err != nil {
		return err
	}
	return d.store.AddLinks(ctx, now, []access.Link{link}, []notice.Message{letter})
}

// LinkFound links what carries the address, for the person who asked and nobody else who has the letter.
func (d *Service) LinkFound(ctx context.Context, actor access.Actor, token access.Token) ([]Found, error) {
	if !token.Plausible() {
		return nil, fault.New(fault.LinkSpent)
	}
	link, err := d.store.FindLink(ctx, token.Hash(), access.ForFinding, d.now())
	if err != nil {
		return nil, err
	}
	if link.Account != actor.Account {
		return nil, fault.New(fault.LinkSpent)
	}
	var email string
	if err := d.keys.OpenLink(link, &email); err != nil {
		return nil, err
	}
	return d.store.LinkFound(ctx, link.Hash, actor.Account, email, d.now())
}
