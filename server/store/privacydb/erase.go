package privacydb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/server/store/inventory"
	"bompass/shared/toll"
)

// SetErasure sets when erasure was asked for; a zero time withdraws the request.
func (s *Store) SetErasure(ctx context.Context, account toll.AccountID, at time.Time, messages []notice.Message) error {
	return s.db.Tx(ctx, "set erasure", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into profile (account_id, erasure_at) values ($1, $2)
			on conflict (account_id) do update set erasure_at = $2`, string(account), store.NullIfZero(at))
		if err != nil {
			return err
		}
		if !at.IsZero() {
			if err := store.AddEvent(ctx, tx, account, access.EventErasure, at, access.Place{}); err != nil {
				return err
			}
		}
		return store.AddMessages(ctx, tx, messages)
	})
}

// dueErasures selects people who asked to be erased before $1 and have, at $2, no agreement in force, no
// passage and no company of their own. Passages stay until their retention ends, see Prune.
const dueErasures = `
	select a.id::text, a.email, a.language from account a join profile f on f.account_id = a.id and f.erasure_at <= $1
	where not exists (
		select from account_party p join customer c on c.id = p.customer_id
		where p.account_id = a.id and p.role = 'owner' and (c.kind <> 'private'
			or exists (select from agreement g where g.customer_id = c.id and (g.valid_to is null or g.valid_to > $2))
			or exists (select from passage x where x.customer_id = c.id)))`

// dueErasure is a row of dueErasures.
type dueErasure struct{ ID, Email, Language string }

// DueErasures returns at most limit people who asked to be erased before the instant and may be by now.
func (s *Store) DueErasures(ctx context.Context, before, now time.Time, limit int) ([]notice.Recipient, error) {
	rows, err := store.Select[dueErasure](ctx, s.db.Pool, dueErasures+" order by f.erasure_at limit $3", before, now, limit)
	if err != nil {
		return nil, fmt.Errorf("due erasures: %w", err)
	}
	list := make([]notice.Recipient, len(rows))
	for i, r := range rows {
		list[i] = notice.Recipient{Account: toll.AccountID(r.ID), Address: r.Email, Language: r.Language}
	}
	return list, nil
}

// Erase deletes an account with everything that refers to it, and the name of the private customers that it
// owned, as the inventory says for each table. It returns false when the account is not due.
func (s *Store) Erase(ctx context.Context, who notice.Recipient, before, now time.Time, messages []notice.Message) (done bool, err error) {
	err = s.db.Tx(ctx, "erase account", func(tx pgx.Tx) error {
		done = false
		// An agreement that is being made for one of the customers holds its row: it is waited for, and then seen.
		_, err := tx.Exec(ctx, `select from customer where id in (select customer_id from account_party where account_id = $1 and role = 'owner')
			order by id for update`, string(who.Account))
		if err != nil {
			return err
		}
		due, err := store.SelectOne[dueErasure](ctx, tx, dueErasures+" and a.id = $3 for update of a, f", before, now, string(who.Account))
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, t := range inventory.Tables() {
			if t.Erase.Statement == "" {
				continue
			}
			if _, err := tx.Exec(ctx, t.Erase.Statement, pgx.NamedArgs{"account": due.ID}); err != nil {
				return fmt.Errorf("%s: %w", t.Name, err)
			}
		}
		done = true
		return store.AddMessages(ctx, tx, messages)
	})
	return done, err
}
