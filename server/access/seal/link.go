package seal

import (
	"encoding/json"
	"fmt"
	"time"

	"bompass/shared/toll"
)

// Purpose is the action that a one-time link in a message allows.
type Purpose string

// The purposes of links. A link with PurposeNone is stored where a flow must cost the same for unknown people.
const (
	PurposeRegistration   Purpose = "register"
	PurposePassword       Purpose = "password"
	PurposePasswordCode   Purpose = "password.code" // of the browser that waits for a code by SMS; no message has it
	PurposeFirstPassword  Purpose = "first"         // of a customer number
	PurposeFirstEmail     Purpose = "first.email"   // address of a customer number
	PurposeEmail          Purpose = "email"
	PurposeEmailUndo      Purpose = "email.undo"
	PurposeEmailWithdrawn Purpose = "email.withdrawn" // of a change that the person has withdrawn; it allows nothing
	PurposeInvitation     Purpose = "invitation"
	PurposeFindAgreements Purpose = "find" // by their address
	PurposeStopLostFactor Purpose = "lost.stop"
	PurposeNone           Purpose = "nothing"
)

// Link is a stored one-time link with its sealed content.
type Link struct {
	Hash    Hash // of the token in the message
	Purpose Purpose
	Account toll.AccountID // empty when there is none yet
	Sealed  Sealed
	Until   time.Time
}

// NewLink returns a link that holds content, and the token that the message carries.
func (k Keys) NewLink(purpose Purpose, account toll.AccountID, until time.Time, content any) (Link, Token, error) {
	token := NewToken()
	plain, err := json.Marshal(content)
	if err != nil {
		return Link{}, "", fmt.Errorf("make link: %w", err)
	}
	link := Link{Hash: token.Hash(), Purpose: purpose, Account: account, Until: until}
	link.Sealed = k.Seal(plain, link.row())
	return link, token, nil
}

// OpenLink decodes a link's content.
func (k Keys) OpenLink(l Link, content any) error {
	plain, err := k.Open(l.Sealed, l.row())
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, content); err != nil {
		return fmt.Errorf("read link: %w", err)
	}
	return nil
}

func (l Link) row() string { return fmt.Sprintf("link %x", l.Hash[:8]) }
