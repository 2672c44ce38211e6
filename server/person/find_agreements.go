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

// LinkOutcome is the result of linking an agreement that was found by its address.
type LinkOutcome string

// The outcomes. Their texts have the keys "find.outcome.<outcome>".
const (
	OutcomeLinked  LinkOutcome = "linked"
	OutcomeYours   LinkOutcome = "yours"   // the person had it already
	OutcomeCompany LinkOutcome = "company" // wrong account type: a company's agreement is never linked to a private person
	OutcomeTaken   LinkOutcome = "taken"   // another person has it
)

// FoundAgreement is an agreement with the address.
type FoundAgreement struct {
	Number  string
	Outcome LinkOutcome
}

// AgreementFinder finds agreements by their email address.
type AgreementFinder interface {
	// LinkAgreements uses up the link and lets the account act for private customers that have the address and
	// no owner. It returns every agreement with the address.
	LinkAgreements(ctx context.Context, link seal.Hash, account toll.AccountID, email string, now time.Time) ([]FoundAgreement, error)
}

// SendAgreementLink sends a link to an address that agreements may have. The response is the same for every address,
// and nothing is disclosed before the owner of the mailbox follows the link.
func (s *Service) SendAgreementLink(ctx context.Context, actor access.Principal, email string) error {
	email = strings.ToLower(strings.TrimSpace(email))
	if !access.CheckEmail(email) {
		return fault.New(fault.FieldWrong).At("email")
	}
	now := s.now()
	link, token, err := s.keys.NewLink(seal.PurposeFindAgreements, actor.Account, now.Add(access.FindMax), email)
	if err != nil {
		return err
	}
	to := notice.Recipient{Address: email, Language: actor.Language, By: actor.Account}
	message, err := s.writer.Mail(notice.FindAgreements, to, notice.Content{Link: "/agreements/link?token=" + string(token), Params: []any{"person", actor.Person}})
	if err != nil {
		return err
	}
	return s.store.AddLinks(ctx, now, []seal.Link{link}, []notice.Message{message})
}

// LinkAgreements links the agreements with the address. Only the person who asked can use the link.
func (s *Service) LinkAgreements(ctx context.Context, actor access.Principal, token seal.Token) ([]FoundAgreement, error) {
	if !token.Plausible() {
		return nil, fault.New(fault.LinkSpent)
	}
	link, err := s.store.FindLink(ctx, token.Hash(), seal.PurposeFindAgreements, s.now())
	if err != nil {
		return nil, err
	}
	if link.Account != actor.Account {
		return nil, fault.New(fault.LinkSpent)
	}
	var email string
	if err := s.keys.OpenLink(link, &email); err != nil {
		return nil, err
	}
	return s.store.LinkAgreements(ctx, link.Hash, actor.Account, email, s.now())
}
