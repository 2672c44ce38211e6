package privacydb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/notice"
	"bompass/server/store"
)

// dueErasures selects people who asked to be erased before $1 and whom nothing holds at $2. Passages are held
// for as long as they are there: package passage takes them away when the law lets it.
const dueErasures = `
	select a.id::text, a.email, a.language from account a join profile f on f.account_id = a.id and f.erasure_at <= $1
	where not exists (
		select from account_party p join customer c on c.id = p.customer_id
		where p.account_id = a.id and p.role = 'owner' and (c.kind <> 'private'
			or exists (select from agreement g where g.customer_id = c.id and (g.valid_to is null or g.valid_to > $2))
			or exists (select from passage x where x.customer_id = c.id)))`

// DueErasures lists people who asked before the instant and whom nothing holds any more.
func (s *Store) DueErasures(ctx context.Context, before, now time.Time, most int) ([]notice.Recipient, error) {
	rows, err := s.db.Pool.Query(ctx, dueErasures+" order by f.erasure_at limit $3", before, now, most)
	if err != nil {
		return nil, fmt.Errorf("due erasures: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r notice.Recipient, err error) {
		err = row.Scan(&r.Account, &r.Address, &r.Language)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("due erasures: %w", err)
	}
	return list, nil
}

// Erase takes a person away: the account with all that hangs on it, and the private customers that it
// owned. Agreements that have ended stay without a name, for the accounts they are in.
func (s *Store) Erase(ctx context.Context, who notice.Recipient, before, now time.Time, letters []notice.Message) (done bool, err error) {
	err = s.db.Tx(ctx, "erase", func(tx pgx.Tx) error {
		done = false
		var id, address, language string
		err := tx.QueryRow(ctx, dueErasures+" and a.id = $3 for update of a, f", before, now, string(who.Account)).Scan(&id, &address, &language)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, statement := range eraseStatements() {
			if _, err := tx.Exec(ctx, statement, id); err != nil {
				return err
			}
		}
		done = true
		return store.AddMessages(ctx, tx, letters)
	})
	return done, err
}

// eraseStatements lists what is taken away for an account, in the order that references allow.
func eraseStatements() []string {
	const owned = "(select customer_id from account_party where account_id = $1 and role = 'owner')"
	return []string{
		"update outbox set key = '', sealed = '', given_up_at = now() where account_id = $1 and sent_at is null and given_up_at is null",
		"delete from invitation where email = (select email from account where id = $1) and email <> ''",
		"delete from customer_contact where customer_id in " + owned,
		"delete from customer_identity where customer_id in " + owned,
		"update vehicle set owner_id = null where owner_id in " + owned,
		"update customer set name = '', email = '' where id in " + owned,
		"delete from session where account_id = $1",
		"delete from account_party where account_id = $1 or customer_id in " + owned,
		"delete from account where id = $1", // and with it all that hangs on it
	}
}
