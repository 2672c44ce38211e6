package accessdb

import (
	"context"
	"fmt"

	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/eid"
	"bompass/server/store"
	"bompass/server/store/inventory"
)

// Join connects an eID to an account. If another account has that eID, its rows move to the account that
// stays, as the inventory says for each table, and it is deleted. Join returns false, and changes nothing,
// when the session or the other account is no longer as it was.
func (s *Store) Join(ctx context.Context, j eid.Join) (bool, error) {
	return s.db.TryTx(ctx, "join accounts", func(tx pgx.Tx) error {
		// Locked in the order of their ids, so that two joins do not wait for each other.
		rows, err := tx.Query(ctx, `select id from account a where id = $1 and exists (select from session where token_hash = $3 and account_id = $1)
			or id = $2 and password_hash = '' order by id for update`, string(j.Keep), store.NullIfZero(string(j.Other)), j.Session[:])
		if err != nil {
			return err
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[[16]byte])
		if err != nil {
			return err
		}
		want := 1
		if j.Other != "" {
			want = 2
		}
		if len(found) != want {
			return store.ErrSpent
		}
		if j.Other != "" {
			if err := moveAccount(ctx, tx, j); err != nil {
				return err
			}
		}
		return connectEID(ctx, tx, j)
	})
}

// connectEID adds the eID, and the personal numbers it vouches for, to the account that stays.
func connectEID(ctx context.Context, tx pgx.Tx, j eid.Join) error {
	keep := string(j.Keep)
	err := store.ExactlyOne(tx.Exec(ctx, `insert into identity (issuer, subject, account_id) values ($1, $2, $3)
		on conflict (issuer, subject) do update set account_id = identity.account_id where identity.account_id = excluded.account_id`, j.Issuer, j.Subject, keep))
	if err != nil {
		return err
	}
	for _, n := range j.Numbers {
		if n.Country == "NO" {
			_, err = tx.Exec(ctx, "update account set birth_key = $2, birth_number = $3, birth_hash = $4 where id = $1 and birth_hash = ''",
				keep, n.Sealed.Key, n.Sealed.Data, n.Hash)
		} else {
			_, err = tx.Exec(ctx, `insert into account_number (number_hash, account_id, country, key, sealed) values ($1, $2, $3, $4, $5)
				on conflict do nothing`, n.Hash, keep, n.Country, n.Sealed.Key, n.Sealed.Data)
		}
		if err != nil {
			return err
		}
	}
	if err := store.AddEvent(ctx, tx, j.Keep, access.EventEID, j.At, access.Place{}); err != nil {
		return err
	}
	return store.AddMessages(ctx, tx, j.Messages)
}

// moveAccount moves the rows of the other account to the one that stays and deletes the other.
func moveAccount(ctx context.Context, tx pgx.Tx, j eid.Join) error {
	args := pgx.NamedArgs{"keep": string(j.Keep), "other": string(j.Other)}
	for _, t := range inventory.Tables() {
		statements := t.Join.Merge
		if t.Join.Move {
			for _, column := range t.Accounts {
				statements = append(statements, fmt.Sprintf("update %s set %s = @keep where %s = @other", t.Name, column, column))
			}
		}
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement, args); err != nil {
				return fmt.Errorf("move rows of %s: %w", t.Name, err)
			}
		}
	}
	if err := deleteEmptyCustomers(ctx, tx, j); err != nil {
		return err
	}
	if err := store.MergePrivateCustomers(ctx, tx, j.Keep); err != nil {
		return err
	}
	if err := store.ExactlyOne(tx.Exec(ctx, "delete from account where id = $1", string(j.Other))); err != nil {
		return err
	}
	return store.AddEvent(ctx, tx, j.Keep, access.EventJoined, j.At, access.Place{})
}

// deleteEmptyCustomers deletes private customers of the person that have nothing, except for one: each
// account began with a customer of its own. Customers of the account that was joined come first.
func deleteEmptyCustomers(ctx context.Context, tx pgx.Tx, j eid.Join) error {
	own, err := store.Select[struct {
		ID    string
		Empty bool
	}](ctx, tx, `select c.id::text,
			not exists (select from agreement g where g.customer_id = c.id) and not exists (select from passage x where x.customer_id = c.id)
				and not exists (select from draft d where d.customer_id = c.id and d.account_id = p.account_id) as empty
		from customer c join account_party p on p.customer_id = c.id and p.role = 'owner' and p.account_id = $1 where c.kind = 'private'
		order by (select min(s.began_at) from session s where s.customer_id = c.id) nulls first, c.id`, string(j.Keep))
	if err != nil {
		return err
	}
	if len(own) == 0 {
		return nil
	}
	successor := own[len(own)-1].ID // the one that stays if all are empty
	for _, o := range own {
		if !o.Empty {
			successor = o.ID
		}
	}
	for _, c := range own {
		if c.Empty && c.ID != successor {
			if err := deleteCustomer(ctx, tx, c.ID, successor); err != nil {
				return err
			}
		}
	}
	return nil
}

// deleteCustomer deletes a customer and moves its sessions to the successor. It changes nothing when a row of another
// table refers to the customer.
func deleteCustomer(ctx context.Context, tx pgx.Tx, id, successor string) error {
	err := pgx.BeginFunc(ctx, tx, func(inner pgx.Tx) error {
		for _, statement := range []string{
			"update session set customer_id = @successor where customer_id = @id",
			"delete from account_party where customer_id = @id",
			"delete from customer_contact where customer_id = @id and contact = '' and organisation is null",
			"delete from customer where id = @id",
		} {
			if _, err := inner.Exec(ctx, statement, pgx.NamedArgs{"id": id, "successor": successor}); err != nil {
				return err
			}
		}
		return nil
	})
	if store.HasCode(err, pgerrcode.ForeignKeyViolation) {
		return nil
	}
	return err
}
