package agreementdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access/seal"
	"bompass/server/agreement"
	"bompass/server/store"
)

// draftRow is a draft as it is stored.
type draftRow struct {
	ID, Key string
	Sealed  []byte
	SavedAt time.Time
}

func (r draftRow) draft() agreement.Draft {
	return agreement.Draft{ID: r.ID, Sealed: seal.Sealed{Key: r.Key, Data: r.Sealed}, Saved: r.SavedAt}
}

const selectDraft = "select id::text, key, sealed, saved_at from agreement_draft where account_id = $1 and customer_id = $2"

// AgreementDraft returns the draft of a person for a customer, or a zero draft when none was saved after since.
func (s *Store) AgreementDraft(ctx context.Context, who agreement.Owner, since time.Time) (agreement.Draft, error) {
	r, err := store.SelectOne[draftRow](ctx, s.db.Pool, selectDraft+" and saved_at > $3", string(who.Account), string(who.Customer), since)
	if errors.Is(err, pgx.ErrNoRows) {
		return agreement.Draft{}, nil
	}
	if err != nil {
		return agreement.Draft{}, fmt.Errorf("agreement draft: %w", err)
	}
	return r.draft(), nil
}

// ChangeAgreementDraft saves what change makes of a draft, or of a zero draft when there is none. Changes of
// one person take turns.
func (s *Store) ChangeAgreementDraft(
	ctx context.Context, who agreement.Owner, since time.Time, change func(agreement.Draft) (agreement.Draft, error),
) error {
	return s.db.Tx(ctx, "change agreement draft", func(tx pgx.Tx) error {
		// The account's row exists before the first draft does, so two first answers take turns, too.
		if _, err := tx.Exec(ctx, "select from account where id = $1 for no key update", string(who.Account)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `delete from agreement_draft where id in (
			select id from agreement_draft where saved_at <= $1 limit $2 for update skip locked)`, since, store.SweepMax)
		if err != nil {
			return err
		}
		r, err := store.SelectOne[draftRow](ctx, tx, selectDraft+" for update", string(who.Account), string(who.Customer))
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		d, err := change(r.draft())
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into agreement_draft (id, account_id, customer_id, key, sealed, saved_at) values ($1, $2, $3, $4, $5, $6)
			on conflict (account_id, customer_id) do update set key = $4, sealed = $5, saved_at = $6`,
			d.ID, string(who.Account), string(who.Customer), d.Sealed.Key, d.Sealed.Data, d.Saved)
		return err
	})
}
