package billingdb

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/billing"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/shared/invoice"
	"bompass/shared/toll"
)

// File returns a file of a customer's document. Its Body is nil if none is kept yet; found is false if the customer has no
// document with the number.
func (s *Store) File(ctx context.Context, customer toll.CustomerID, number string, form invoice.Form) (f billing.File, found bool, err error) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return f, false, nil //nolint:nilerr // what is no number is no document's
	}
	type row struct {
		Kind     invoice.Kind
		Language string
		Company  bool
		SHA256   []byte
		Body     []byte
	}
	rows, err := store.Select[row](ctx, s.db.Pool, `select i.kind, c.language, exists (select from organisation where customer_id = c.id) as company, f.sha256, f.body
		from invoice i join customer c on c.id = i.customer_id left join invoice_file f on f.invoice_id = i.id and f.form = $3
		where i.customer_id = $1 and i.number = $2`, string(customer), n, string(form))
	if err != nil || len(rows) == 0 {
		return f, false, err
	}
	r := rows[0]
	f = billing.File{Kind: r.Kind, Number: number, Language: r.Language, Company: r.Company, Body: r.Body}
	if r.Body != nil {
		err = checkFile(r.Body, r.SHA256)
	}
	return f, err == nil, err
}

// checkFile compares a file with the hash that was kept with it.
func checkFile(body, hash []byte) error {
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], hash) {
		return errors.New("the file of an invoice is not the one that was kept")
	}
	return nil
}

// KeptFile returns a file that is kept.
func (s *Store) KeptFile(ctx context.Context, id string, form invoice.Form) (body []byte, err error) {
	var hash []byte
	if err := s.db.Pool.QueryRow(ctx, "select body, sha256 from invoice_file where invoice_id = $1 and form = $2", id, string(form)).Scan(&body, &hash); err != nil {
		return nil, fmt.Errorf("file of invoice: %w", err)
	}
	return body, checkFile(body, hash)
}

// KeepFile keeps a file of a document, and returns the one that is kept: another server may have been first.
func (s *Store) KeepFile(ctx context.Context, id string, form invoice.Form, body []byte, at time.Time) (kept []byte, err error) {
	sum := sha256.Sum256(body)
	_, err = s.db.Pool.Exec(ctx, "insert into invoice_file (invoice_id, form, made_at, sha256, body) values ($1, $2, $3, $4, $5) on conflict do nothing",
		id, string(form), at, sum[:], body)
	if err != nil {
		return nil, fmt.Errorf("keep file: %w", err)
	}
	return s.KeptFile(ctx, id, form)
}

// Announce adds the message that brings an invoice to the outbox, once.
func (s *Store) Announce(ctx context.Context, id string, m notice.Message, at time.Time) error {
	return s.db.Tx(ctx, "announce invoice", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "insert into invoice_sent (invoice_id, at) values ($1, $2) on conflict do nothing", id, at)
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		return store.AddMessages(ctx, tx, []notice.Message{m})
	})
}

var (
	_ billing.FileStore     = (*Store)(nil)
	_ billing.Announcements = (*Store)(nil)
)
