package persondb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access/seal"
	"bompass/server/party"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// HeldParties returns the customers that an account may act for.
func (s *Store) HeldParties(ctx context.Context, account toll.AccountID, now time.Time) ([]party.HeldParty, error) {
	list, err := store.Select[party.HeldParty](ctx, s.db.Pool, `
		select c.id::text as customer, c.name, c.kind, p.role, coalesce(o.number, '') as number, p.by_mandate,
			coalesce((select g.number from agreement g where g.customer_id = c.id order by g.number limit 1), '') as agreement,
			coalesce((select v.plate from agreement g join mount m on m.agreement_id = g.id join vehicle v on v.id = m.vehicle_id
				where g.customer_id = c.id and (m.valid_to is null or m.valid_to > $2) order by g.number, v.plate limit 1), '') as plate
		from account_party p join customer c on c.id = p.customer_id left join organisation o on o.customer_id = c.id
		where p.account_id = $1 and (p.until is null or p.until > $2) and c.merged_into is null order by c.kind desc, c.name, c.id`, string(account), now)
	if err != nil {
		return nil, fmt.Errorf("parties: %w", err)
	}
	return list, nil
}

// BirthNumber returns the sealed Norwegian personal number of an account.
func (s *Store) BirthNumber(ctx context.Context, account toll.AccountID) (b seal.Sealed, err error) {
	err = s.db.Pool.QueryRow(ctx, "select birth_key, birth_number from account where id = $1", string(account)).Scan(&b.Key, &b.Data)
	if err != nil {
		return seal.Sealed{}, fmt.Errorf("birth number: %w", err)
	}
	return b, nil
}

// SwitchParty gives a session a new token and the customer to act for, which it adds if it is new.
func (s *Store) SwitchParty(ctx context.Context, w party.Switch) error {
	return s.db.Tx(ctx, "switch party", func(tx pgx.Tx) error {
		customer := w.Customer
		if w.New != nil {
			var err error
			if customer, err = addParty(ctx, tx, w); err != nil {
				return err
			}
		}
		done, err := tx.Exec(ctx, "update session set token_hash = $2, customer_id = $4, seen_at = $5 where token_hash = $1 and account_id = $3 and until > $5",
			w.From[:], w.To[:], string(w.Account), string(customer), w.At)
		if err == nil && done.RowsAffected() != 1 {
			return fault.New(fault.SignedOut)
		}
		return err
	})
}

// addParty adds a customer and the right of the account to act for it. When two people add the same
// organisation at once, the second gets the customer of the first. A right that has ended is replaced.
func addParty(ctx context.Context, tx pgx.Tx, w party.Switch) (customer toll.CustomerID, err error) {
	account, n, given := w.Account, *w.New, role.Owner
	if n.Kind == toll.Company {
		given = role.Administrator
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtext('organisation ' || $1))", n.Number); err != nil {
			return "", err
		}
		err = tx.QueryRow(ctx, "select customer_id::text from organisation where number = $1", n.Number).Scan(&customer)
	} else {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtext('own party ' || $1))", string(account)); err != nil {
			return "", err
		}
		err = tx.QueryRow(ctx, `select c.id::text from account_party p join customer c on c.id = p.customer_id
			where p.account_id = $1 and c.kind = 'private' and p.role = 'owner' and c.merged_into is null limit 1`, string(account)).Scan(&customer)
	}
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", err
	}
	if err != nil {
		customer = n.Customer
		_, err = tx.Exec(ctx, "insert into customer (id, kind, name, email, country, language) values ($1, $2, $3, '', $4, $5)",
			string(customer), string(n.Kind), n.Name, n.Country, n.Language)
		if err == nil && n.Kind == toll.Company {
			_, err = tx.Exec(ctx, "insert into organisation (number, customer_id) values ($1, $2)", n.Number, string(customer))
		}
		if err != nil {
			return "", err
		}
	}
	_, err = tx.Exec(ctx, `insert into account_party (account_id, customer_id, role, by_mandate) values ($1, $2, $3, $4)
		on conflict (account_id, customer_id) do update set role = excluded.role, by_mandate = excluded.by_mandate, until = null,
			vehicle_id = null where account_party.until <= $5`,
		string(account), string(customer), string(given), n.ByMandate, w.At)
	return customer, err
}

// AddOrganisation adds the organisation number of a customer; one that exists stays as it is.
func (s *Store) AddOrganisation(ctx context.Context, number string, customer toll.CustomerID) error {
	_, err := s.db.Pool.Exec(ctx, "insert into organisation (number, customer_id) values ($1, $2) on conflict do nothing", number, string(customer))
	if err != nil {
		return fmt.Errorf("add organisation: %w", err)
	}
	return nil
}
