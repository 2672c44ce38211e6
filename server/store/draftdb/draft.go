// Package draftdb stores drafts: the answers to forms that are not finished.
package draftdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access/seal"
	"bompass/server/draft"
	"bompass/server/store"
)

// Store is the persistence of drafts. It is safe for concurrent use.
type Store struct {
	db *store.DB
}

// New returns a Store on db.
func New(db *store.DB) *Store {
	return &Store{db: db}
}

// draftRow is a draft as it is stored.
type draftRow struct {
	ID, Key string
	Sealed  []byte
	SavedAt time.Time
}

func (r draftRow) draft() draft.Draft {
	return draft.Draft{ID: r.ID, Sealed: seal.Sealed{Key: r.Key, Data: r.Sealed}, Saved: r.SavedAt}
}

const selectDraft = "select id::text, key, sealed, saved_at from draft where account_id = $1 and customer_id = $2 and form = $3"

// Draft returns the draft of a key, or the zero Draft when none was saved after since.
func (s *Store) Draft(ctx context.Context, key draft.Key, since time.Time) (draft.Draft, error) {
	r, err := store.SelectOne[draftRow](ctx, s.db.Pool, selectDraft+" and saved_at > $4", string(key.Account), string(key.Customer), string(key.Form), since)
	if errors.Is(err, pgx.ErrNoRows) {
		return draft.Draft{}, nil
	}
	if err != nil {
		return draft.Draft{}, fmt.Errorf("draft: %w", err)
	}
	return r.draft(), nil
}

// ChangeDraft saves the draft that change returns. It calls change with the draft of the key, or with the zero Draft
// when there is none. Changes of one account run one after the other.
func (s *Store) ChangeDraft(ctx context.Context, key draft.Key, since time.Time, change func(draft.Draft) (draft.Draft, error)) error {
	return s.db.Tx(ctx, "change draft", func(tx pgx.Tx) error {
		// The row of the account exists before the first draft does: its lock orders two first changes, too.
		if _, err := tx.Exec(ctx, "select from account where id = $1 for no key update", string(key.Account)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "delete from draft where id in (select id from draft where saved_at <= $1 limit $2 for update skip locked)", since, store.SweepMax)
		if err != nil {
			return err
		}
		r, err := store.SelectOne[draftRow](ctx, tx, selectDraft+" and saved_at > $4 for update", string(key.Account), string(key.Customer), string(key.Form), since)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		d, err := change(r.draft())
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into draft (id, account_id, customer_id, form, key, sealed, saved_at) values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (account_id, customer_id, form) do update set id = $1, key = $5, sealed = $6, saved_at = $7`,
			d.ID, string(key.Account), string(key.Customer), string(key.Form), d.Sealed.Key, d.Sealed.Data, d.Saved)
		return err
	})
}
