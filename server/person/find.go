package person

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

// LinkOutcome is what came of an agreement that was found by its address.
type LinkOutcome string

// The outcomes. Their words stand in the catalogues under "find.outcome.<outcome>".
const (
	OutcomeLinked  LinkOutcome = "linked"
	OutcomeYours   LinkOutcome = "yours"   // it was the person's already
	OutcomeCompany LinkOutcome = "company" // wrong account type: never a private person's, S2.40, S2.41
	OutcomeTaken   LinkOutcome = "taken"   // somebody else's
)

// FoundAgreement is an agreement that carries the address.
type FoundAgreement struct {
	Number  string
	Outcome LinkOutcome
}

// AgreementFinder finds agreements by the address that they carry.
type AgreementFinder interface {
	// LinkAgreements spends the link and lets the account act for private customers that carry the address
	// and have no owner. It lists every agreement of everybody who carries it.
	LinkAgreements(ctx context.Context, link seal.Hash, account toll.AccountID, email string, now time.Time) ([]FoundAgreement, error)
}

// SendAgreementLink sends a link to an address that may stand on agreements. Nothing is told before whoever has the
// mailbox has followed it: every address is answered the same, K23, S2.36.
func (d *Service) SendAgreementLink(ctx context.Context, actor access.Principal, email string) error {
	email = strings.ToLower(strings.TrimSpace(email))
	if !access.CheckEmail(email) {
		return fault.New(fault.FieldWrong).At("email")
	}
	now := d.now()
	link, token, err := d.keys.NewLink(seal.PurposeFindAgreements, actor.Account, now.Add(access.FindMax), email)
	if err != nil {
		return err
	}
	to := notice.Recipient{Address: email, Language: actor.Language}
	letter, err := d.writer.Mail(notice.FindAgreements, to, notice.Content{Link: "/agreements/link?token=" + string(token), Params: []any{"person", actor.Person}})
	if err != nil {
		return err
	}
	return d.store.AddLinks(ctx, now, []seal.Link{link}, []notice.Message{letter})
}

// LinkAgreements links what carries the address, for the person who asked and nobody else who has the letter.
func (d *Service) LinkAgreements(ctx context.Context, actor access.Principal, token seal.Token) ([]FoundAgreement, error) {
	if !token.Plausible() {
		return nil, fault.New(fault.LinkSpent)
	}
	link, err := d.store.FindLink(ctx, token.Hash(), seal.PurposeFindAgreements, d.now())
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
	return d.store.LinkAgreements(ctx, link.Hash, actor.Account, email, d.now())
}
