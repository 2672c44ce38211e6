package access

import (
	"context"
	"time"

	"bompass/server/access/seal"
	"bompass/server/seclog"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// DeclinedLinks withdraws links of messages.
type DeclinedLinks interface {
	// FindOpenLink returns a link that is neither used nor expired, whatever its purpose, or fault.LinkSpent.
	FindOpenLink(ctx context.Context, hash seal.Hash, now time.Time) (seal.Link, error)
	// DeclineLink uses up a link without what it is for, together with its code, and records that in the history of
	// the account that it belongs to. An invitation that is not empty is withdrawn. It returns fault.LinkSpent for
	// a link that has been used.
	DeclineLink(ctx context.Context, d Decline) error
}

// Decline is the answer "this was not me" to the link of a message.
type Decline struct {
	Link       seal.Hash
	Purpose    seal.Purpose
	Account    toll.AccountID // that asked for the message; empty if there is none
	Invitation string
	At         time.Time
}

// DeclineLink withdraws the link of a message: "this was not me". The token shows that the mailbox is the caller's, and
// declining gives nobody anything, so that no session is needed. It returns what the link was for.
func (r *Registrar) DeclineLink(ctx context.Context, token seal.Token) (Decline, error) {
	if !token.Plausible() {
		return Decline{}, fault.New(fault.LinkSpent)
	}
	now := r.service.now()
	link, err := r.store.FindOpenLink(ctx, token.Hash(), now)
	if err != nil {
		return Decline{}, err
	}
	d := Decline{Link: link.Hash, Purpose: link.Purpose, Account: link.Account, At: now}
	switch link.Purpose {
	case seal.PurposeInvitation:
		if err := r.service.keys.OpenLink(link, &d.Invitation); err != nil {
			return Decline{}, err
		}
	case seal.PurposeRegistration, seal.PurposePassword, seal.PurposeFirstPassword, seal.PurposeFirstEmail, seal.PurposeEmail, seal.PurposeFindAgreements:
	default: // the other links undo something already
		return Decline{}, fault.New(fault.LinkSpent)
	}
	if err := r.store.DeclineLink(ctx, d); err != nil {
		return Decline{}, err
	}
	seclog.Note(ctx, seclog.LinkDeclined, d.Account)
	return d, nil
}
