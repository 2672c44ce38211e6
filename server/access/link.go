package access

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Purpose is what a link from a letter is for.
type Purpose string

// The purposes. A link for nothing is kept where a flow must cost the same for people we do not know.
const (
	PurposeRegistration   Purpose = "register"
	PurposePassword       Purpose = "password"
	PurposeFirstPassword  Purpose = "first" // the first password of a customer number
	PurposeEmail          Purpose = "email"
	PurposeEmailUndo      Purpose = "email.undo"
	PurposeInvitation     Purpose = "invitation"
	PurposeFindAgreements Purpose = "find"      // agreements by their address
	PurposeStopLostFactor Purpose = "lost.stop" // what somebody says who has lost every factor
	PurposeNone           Purpose = "nothing"
)

// How long links from letters open, portal.md D2 and D5.
const (
	RegisterMax   = 24 * time.Hour
	ResetMax      = 20 * time.Minute
	EmailMax      = 24 * time.Hour
	EmailUndoMax  = 7 * 24 * time.Hour
	InvitationMax = 7 * 24 * time.Hour
	FindMax       = 24 * time.Hour
)

// Link is what a letter's link opens, once.
type Link struct {
	Hash    Hash
	Purpose Purpose
	Account toll.AccountID // empty when there is none yet
	Sealed  Sealed         // what is to happen
	Until   time.Time
}

// Links keeps links.
type Links interface {
	// AddLinks keeps links and the letters that they are in. Some that are over are dropped.
	AddLinks(ctx context.Context, now time.Time, links []Link, letters []notice.Message) error
	// FindLink returns fault.LinkSpent for a link that is unknown, used, over or for something else.
	FindLink(ctx context.Context, hash Hash, purpose Purpose, now time.Time) (Link, error)
}

// NewLink makes a link with what it holds, and the token that its letter carries.
func (k Keys) NewLink(purpose Purpose, account toll.AccountID, until time.Time, holds any) (Link, Token, error) {
	token := newToken()
	plain, err := json.Marshal(holds)
	if err != nil {
		return Link{}, "", fmt.Errorf("make link: %w", err)
	}
	link := Link{Hash: token.Hash(), Purpose: purpose, Account: account, Until: until}
	link.Sealed = k.sealFor(plain, link.row())
	return link, token, nil
}

// OpenLink reads what a link holds.
func (k Keys) OpenLink(l Link, holds any) error {
	plain, err := k.open(l.Sealed, l.row())
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, holds); err != nil {
		return fmt.Errorf("read link: %w", err)
	}
	return nil
}

func (l Link) row() string { return fmt.Sprintf("link %x", l.Hash[:8]) }

// openLink reads the link behind a token.
func (r *Registrar) openLink(ctx context.Context, token Token, purpose Purpose, holds any) (Link, error) {
	if !token.plausible() {
		return Link{}, fault.New(fault.LinkSpent)
	}
	link, err := r.store.FindLink(ctx, token.Hash(), purpose, r.desk.now())
	if err != nil {
		return Link{}, err
	}
	return link, r.desk.keys.OpenLink(link, holds)
}
