package agreementdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/agreement"
	"bompass/server/store"
)

// AgreementDraft returns the answers that wait, a zero draft when none were saved since an instant.
func (s *Store) AgreementDraft(ctx context.Context, who agreement.Owner, since time.Time) (d agreement.Draft, err error) {
	err = s.db.Pool.QueryRow(ctx, `select id::text, key, sealed, saved_at from agreement_draft
		where account_id = $1 and customer_id = $2 and saved_at > $3`, string(who.Account), string(who.Customer), since).
		Scan(&d.ID, &d.Sealed.Key, &d.Sealed.Data, &d.Saved)
	if errors.Is(err, pgx.ErrNoRows) {
		return agreement.Draft{}, nil
	}
	if err != nil {
		return agreement.Draft{}, fmt.Errorf("agreement draft: %w", err)
	}
	return d, nil
}

// ChangeAgreementDraft lets one change after the other be made to the answers that wait. Some that have
// waited for too long are dropped.
func (s *Store) ChangeAgreementDraft(
	ctx context.Context, who agreement.Owner, since time.Time, change func(agreement.Draft) (agreement.Draft, error),
) error {
	return s.db.Tx(ctx, "change agreement draft", func(tx pgx.Tx) error {
		// The account's row is there before the draft's first one, so two first answers wait for each other too.
		if _, err := tx.Exec(ctx, "select from account where id = $1 for no key update", string(who.Account)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `delete from agreement_draft where id in (
			select id from agreement_draft where saved_at <= $1 limit $2 for update skip locked)`, since, store.SweepMax)
		if err != nil {
			return err
		}
		var d agreement.Draft
		err = tx.QueryRow(ctx, "select id::text, key, sealed, saved_at from agreement_draft where account_id = $1 and customer_id = $2 for update",
			string(who.Account), string(who.Customer)).Scan(&d.ID, &d.Sealed.Key, &d.Sealed.Data, &d.Saved)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if d, err = change(d); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into agreement_draft (id, account_id, customer_id, key, sealed, saved_at) values ($1, $2, $3, $4, $5, $6)
			on conflict (account_id, customer_id) do update set key = $4, sealed = $5, saved_at = $6`,
			d.ID, string(who.Account), string(who.Customer), d.Sealed.Key, d.Sealed.Data, d.Saved)
		return err
	})
}
