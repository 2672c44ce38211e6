package billingdb

import (
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"

	"bompass/server/billing"
	"bompass/server/ledger"
	"bompass/server/store"
	"bompass/shared/invoice"
)

// Credit writes the credit notes of an invoice and its reminders.
func (s *Store) Credit(
	ctx context.Context, number string, decide func(of invoice.Document, notes []invoice.Document, account string) (billing.Issued, error),
) (numbers []string, err error) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, billing.ErrNoDocument
	}
	err = s.db.Tx(ctx, "credit", func(tx pgx.Tx) error {
		var id string
		err := tx.QueryRow(ctx, "select id::text from invoice where number = $1 and kind = 'invoice'", n).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return billing.ErrNoDocument
		}
		if err != nil {
			return err
		}
		first, err := lockClaim(ctx, tx, id)
		if err != nil {
			return err
		}
		numbers, err = creditClaim(ctx, tx, &first, decide)
		return err
	})
	return numbers, err
}

// creditClaim writes the credit notes of an invoice and its reminders.
func creditClaim(
	ctx context.Context, tx pgx.Tx, first *documentRow, decide func(of invoice.Document, notes []invoice.Document, account string) (billing.Issued, error),
) (numbers []string, err error) {
	rows, documents, err := claimDocuments(ctx, tx, first.ID)
	if err != nil {
		return nil, err
	}
	payer := billing.Payer{Customer: first.CustomerID, Agreement: first.AgreementID, Number: first.Agreement}
	for i := range rows {
		if rows[i].Kind == invoice.KindCredit {
			continue
		}
		issued, err := decide(documents[i], notesOf(documents, documents[i].Number), payer.Account())
		if errors.Is(err, billing.ErrCredited) && rows[i].ID != first.ID {
			continue
		}
		if err != nil {
			return nil, err
		}
		written, err := write(ctx, tx, payer, dayOf(rows[i].Period).Month(), issued, claimLink{Claim: first.ID, Credits: rows[i].ID})
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, strconv.FormatInt(written, 10))
	}
	return numbers, nil
}

// claimDocuments reads an invoice and all documents that belong to it, the invoice first, with their lines.
func claimDocuments(ctx context.Context, tx pgx.Tx, id string) ([]documentRow, []invoice.Document, error) {
	rows, err := store.Select[documentRow](ctx, tx, selectDocument+"where i.id = $1 or i.claim = $1 order by i.claim nulls first, i.number", id)
	if err != nil {
		return nil, nil, err
	}
	ids, places, books := make([]string, len(rows)), map[string]int{}, make([]ledger.Booked, len(rows))
	for i := range rows {
		ids[i], places[rows[i].ID], books[i].Document = rows[i].ID, i, rows[i].document()
	}
	if err := addLines(ctx, tx, books, ids, places); err != nil {
		return nil, nil, err
	}
	documents := make([]invoice.Document, len(rows))
	for i := range books {
		documents[i] = books[i].Document
	}
	return rows, documents, nil
}

// notesOf returns the credit notes of a document.
func notesOf(all []invoice.Document, number string) (notes []invoice.Document) {
	for i := range all {
		if all[i].Kind == invoice.KindCredit && all[i].Credits == number {
			notes = append(notes, all[i])
		}
	}
	return notes
}

var _ billing.Creditor = (*Store)(nil)
