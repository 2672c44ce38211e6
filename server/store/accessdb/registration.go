package accessdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// CompleteRegistration uses a link and adds an account with a customer of its own. It returns
// fault.LinkSpent when the address has an account by now.
func (s *Store) CompleteRegistration(ctx context.Context, link seal.Hash, p access.NewAccount) error {
	return s.db.Tx(ctx, "register", func(tx pgx.Tx) error {
		if err := store.SpendLink(ctx, tx, link, p.At); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "insert into customer (id, kind, name, email, country, language) values ($1, 'private', $2, $3, 'NO', $4)",
			string(p.Customer), p.Person, p.Email, p.Language)
		if err != nil {
			return err
		}
		return addOwner(ctx, tx, p)
	})
}

// addOwner adds an account that owns its customer. Its address has been confirmed by a link.
func addOwner(ctx context.Context, tx pgx.Tx, p access.NewAccount) error {
	done, err := tx.Exec(ctx, `insert into account (id, email, person, language, password_hash) values ($1, $2, $3, $4, $5)
		on conflict do nothing`, string(p.Account), p.Email, p.Person, p.Language, p.PasswordHash)
	if err != nil {
		return err
	}
	if done.RowsAffected() != 1 {
		return fault.New(fault.LinkSpent)
	}
	if _, err := tx.Exec(ctx, "insert into account_party (account_id, customer_id, role) values ($1, $2, 'owner')", string(p.Account), string(p.Customer)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "insert into profile (account_id, email_confirmed_at) values ($1, $2)", string(p.Account), p.At); err != nil {
		return err
	}
	return store.AddEvent(ctx, tx, p.Account, access.EventRegistered, p.At, access.Place{})
}

// CompleteFirstPassword uses a link and adds the owner's account of an existing customer. It returns
// fault.LinkSpent when the customer has an owner by now.
func (s *Store) CompleteFirstPassword(ctx context.Context, link seal.Hash, p access.NewAccount) error {
	err := s.db.Tx(ctx, "first password", func(tx pgx.Tx) error {
		if err := store.SpendLink(ctx, tx, link, p.At); err != nil {
			return err
		}
		var owners int
		if err := tx.QueryRow(ctx, "select count(*) from account_party where customer_id = $1 and role = 'owner'", string(p.Customer)).Scan(&owners); err != nil {
			return err
		}
		if owners > 0 {
			return fault.New(fault.LinkSpent)
		}
		if err := addOwner(ctx, tx, p); err != nil {
			return err
		}
		if len(p.BirthHash) == 0 {
			return nil
		}
		_, err := tx.Exec(ctx, `update account set birth_key = $2, birth_number = $3, birth_hash = $4 where id = $1
			and not exists (select from account o where o.birth_hash = $4)`, string(p.Account), p.Birth.Key, p.Birth.Data, p.BirthHash)
		return err
	})
	if store.HasCode(err, pgerrcode.UniqueViolation) { // another account became the owner at the same time
		return fault.New(fault.LinkSpent)
	}
	return err
}

// CustomerIdentity returns the personal number of a customer without an account, sealed, and its hash; zero
// values when there is none.
func (s *Store) CustomerIdentity(ctx context.Context, customer toll.CustomerID) (number seal.Sealed, hash []byte, err error) {
	r, err := store.SelectOne[struct {
		BirthKey               string
		BirthNumber, BirthHash []byte
	}](ctx, s.db.Pool, "select birth_key, birth_number, birth_hash from customer_identity where customer_id = $1", string(customer))
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return number, nil, fmt.Errorf("customer identity: %w", err)
	}
	return seal.Sealed{Key: r.BirthKey, Data: r.BirthNumber}, r.BirthHash, nil
}

// UnclaimedCustomer returns the customer of an agreement in force, by the agreement's number.
func (s *Store) UnclaimedCustomer(ctx context.Context, number string, now time.Time) (access.UnclaimedCustomer, error) {
	u, err := store.SelectOne[access.UnclaimedCustomer](ctx, s.db.Pool, `
		select c.id::text as customer, c.name, c.language, coalesce(a.email, c.email) as email, coalesce(i.birth_hash, a.birth_hash, '') as birth_hash,
			coalesce(a.id::text, '') as account
		from agreement g join customer c on c.id = g.customer_id
		left join customer_identity i on i.customer_id = c.id
		left join lateral (select a.* from account_party p join account a on a.id = p.account_id
			where p.customer_id = c.id and p.role = 'owner' order by a.id limit 1) a on true
		where g.number = $1 and g.valid_from <= $2 and (g.valid_to is null or g.valid_to > $2)`, number, now)
	if errors.Is(err, pgx.ErrNoRows) {
		return access.UnclaimedCustomer{}, fault.New(fault.NotFound)
	}
	if err != nil {
		return access.UnclaimedCustomer{}, fmt.Errorf("customer number: %w", err)
	}
	return u, nil
}

// SetFirstEmail uses a link and sets the address of a customer that has none and no owner. It returns fault.LinkSpent
// when the customer has one by now.
func (s *Store) SetFirstEmail(ctx context.Context, link seal.Hash, customer toll.CustomerID, email string, now time.Time) error {
	return s.db.Tx(ctx, "set first email", func(tx pgx.Tx) error {
		if err := store.SpendLink(ctx, tx, link, now); err != nil {
			return err
		}
		done, err := tx.Exec(ctx, `update customer set email = $2 where id = $1 and email = ''
			and not exists (select from account_party p join account a on a.id = p.account_id where p.customer_id = $1 and p.role = 'owner' and a.email <> '')`,
			string(customer), email)
		if err == nil && done.RowsAffected() == 0 {
			err = fault.New(fault.LinkSpent)
		}
		return err
	})
}

// AddCustomerIdentity adds the personal number of a customer without an account; one that exists stays.
func (s *Store) AddCustomerIdentity(ctx context.Context, customer toll.CustomerID, number seal.Sealed, hash []byte) error {
	_, err := s.db.Pool.Exec(ctx, `insert into customer_identity (customer_id, birth_key, birth_number, birth_hash) values ($1, $2, $3, $4)
		on conflict do nothing`, string(customer), number.Key, number.Data, hash)
	if err != nil {
		return fmt.Errorf("add customer identity: %w", err)
	}
	return nil
}
