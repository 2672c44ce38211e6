package persondb

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"bompass/server/partner/mandate"
	"bompass/server/party"
	"bompass/server/store"
	"bompass/shared/toll"
)

// MandateSnapshot returns the last answer of the register of mandates, or a zero value.
func (s *Store) MandateSnapshot(ctx context.Context, account toll.AccountID) (t party.MandateSnapshot, err error) {
	err = s.db.Pool.QueryRow(ctx, "select asked_at from mandate_asked where account_id = $1", string(account)).Scan(&t.At)
	if errors.Is(err, pgx.ErrNoRows) {
		return party.MandateSnapshot{}, nil
	}
	if err != nil {
		return party.MandateSnapshot{}, fmt.Errorf("mandates: %w", err)
	}
	t.Companies, err = store.Select[mandate.Party](ctx, s.db.Pool, "select number, name from mandate where account_id = $1 order by number", string(account))
	if err != nil {
		return party.MandateSnapshot{}, fmt.Errorf("mandates: %w", err)
	}
	return t, nil
}

// SaveMandateSnapshot saves an answer of the register of mandates and deletes the rights that no longer rest on
// it. Two answers take turns; an older one changes nothing.
func (s *Store) SaveMandateSnapshot(ctx context.Context, account toll.AccountID, t party.MandateSnapshot) error {
	numbers, names := make([]string, len(t.Companies)), make([]string, len(t.Companies))
	for i, c := range t.Companies {
		numbers[i], names[i] = c.Number, c.Name
	}
	return s.db.Tx(ctx, "save mandates", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `insert into mandate_asked (account_id, asked_at) values ($1, $2)
			on conflict (account_id) do update set asked_at = excluded.asked_at where mandate_asked.asked_at <= excluded.asked_at`, string(account), t.At)
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		if _, err := tx.Exec(ctx, "delete from mandate where account_id = $1", string(account)); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "insert into mandate (account_id, number, name) select $1, n, m from unnest($2::text[], $3::text[]) as u(n, m) on conflict do nothing",
			string(account), numbers, names)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `delete from account_party p where account_id = $1 and by_mandate and not exists (
			select from organisation o where o.customer_id = p.customer_id and o.number = any($2))`, string(account), numbers)
		return err
	})
}
