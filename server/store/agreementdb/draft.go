package agreementdb

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

// draftRow is a draft as it is stored.
type draftRow struct {
	ID, Key string
	Sealed  []byte
	SavedAt time.Time
}

func (r draftRow) draft() draft.Draft {
	return draft.Draft{ID: r.ID, Sealed: seal.Sealed{Key: r.Key, Data: r.Sealed}, Saved: r.SavedAt}
}

const selectDraft = "select id::text, key, sealed, saved_at from agreement_draft where account_id = $1 and customer_id = $2"

// checkForm returns an error for a form other than that of agreements: the table has no column for the form.
func checkForm(f draft.Form) error {
	if f != draft.Agreement {
		return fmt.Errorf("no table for drafts of form %q", f)
	}
	return nil
}

// Draft returns the draft of a key, or the zero Draft when none was saved after since.
func (s *Store) Draft(ctx context.Context, key draft.Key, since time.Time) (draft.Draft, error) {
	if err := checkForm(key.Form); err != nil {
		return draft.Draft{}, err
	}
	r, err := store.SelectOne[draftRow](ctx, s.db.Pool, selectDraft+" and saved_at > $3", string(key.Account), string(key.Customer), since)
	if errors.Is(err, pgx.ErrNoRows) {
		return draft.Draft{}, nil
	}
	if err != nil {
		return draft.Draft{}, fmt.Errorf("agreement draft: %w", err)
	}
	return r.draft(), nil
}

// ChangeDraft saves the draft that change returns. It calls change with the draft of the key, or with the zero Draft
// when there is none. Changes of one account run one after the other.
func (s *Store) ChangeDraft(ctx context.Context, key draft.Key, since time.Time, change func(draft.Draft) (draft.Draft, error)) error {
	if err := checkForm(key.Form); err != nil {
		return err
	}
	return s.db.Tx(ctx, "change agreement draft", func(tx pgx.Tx) error {
		// The row of the account exists before the first draft does: its lock orders two first changes, too.
		if _, err := tx.Exec(ctx, "select from account where id = $1 for no key update", string(key.Account)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `delete from agreement_draft where id in (
			select id from agreement_draft where saved_at <= $1 limit $2 for update skip locked)`, since, store.SweepMax)
		if err != nil {
			return err
		}
		r, err := store.SelectOne[draftRow](ctx, tx, selectDraft+" for update", string(key.Account), string(key.Customer))
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		d, err := change(r.draft())
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into agreement_draft (id, account_id, customer_id, key, sealed, saved_at) values ($1, $2, $3, $4, $5, $6)
			on conflict (account_id, customer_id) do update set key = $4, sealed = $5, saved_at = $6`,
			d.ID, string(key.Account), string(key.Customer), d.Sealed.Key, d.Sealed.Data, d.Saved)
		return err
	})
}
