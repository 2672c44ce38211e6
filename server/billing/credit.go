package billing

import (
	"context"
	"errors"
	"fmt"

	"bompass/server/ledger"
	"bompass/shared/invoice"
	"bompass/shared/oslo"
)

// Creditor stores credit notes.
type Creditor interface {
	// Credit writes the credit notes that decide returns for an invoice and for each of its reminders, in one transaction. notes
	// are the credit notes that a document has already, and account is the payer's part of the name of its account. A document
	// of which decide returns ErrCredited gets none; if it is the invoice, nothing is written. Credit returns the numbers of the
	// notes, and ErrNoDocument for a number that no invoice has.
	Credit(ctx context.Context, number string, decide func(of invoice.Document, notes []invoice.Document, account string) (Issued, error)) ([]string, error)
}

// ErrCredited is returned for a document of which nothing is left to credit.
var ErrCredited = errors.New("everything on it is credited already")

// Credit credits everything that is left of an invoice, and with it the fees and interest of its reminders. What stood on it is
// not invoiced again. It returns the numbers of the credit notes.
func Credit(ctx context.Context, store Creditor, number, reason string, today oslo.Day) ([]string, error) {
	numbers, err := store.Credit(ctx, number, func(of invoice.Document, notes []invoice.Document, account string) (Issued, error) {
		note, left := invoice.CreditAll(of, notes)
		if !left {
			return Issued{}, ErrCredited
		}
		note.Reason, note.Issued, note.Due, note.Account = reason, today, today, of.Account
		if err := invoice.Check(note); err != nil {
			return Issued{}, fmt.Errorf("the credit note does not add up: %w", err)
		}
		return Issued{Document: note, Entries: ledger.OfInvoice(note, account)}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("credit invoice %s: %w", number, err)
	}
	return numbers, nil
}
