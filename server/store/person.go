package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/notice"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// selectAccount selects an account with the first customer that it acts for at $2 and what it can show.
const selectAccount = `
	select a.id::text, a.email, a.person, a.language, a.password_hash, a.totp_key, a.totp_secret, a.birth_key, a.birth_number, a.birth_hash,
		p.customer_id::text, p.role, coalesce(f.email_confirmed_at is not null, false), case when f.mobile_confirmed_at is null then '' else f.mobile end,
		(select count(*) from passkey k where k.account_id = a.id), (select count(*) from recovery_code r where r.account_id = a.id and r.used_at is null),
		coalesce((select x.mobile from text_factor x where x.account_id = a.id and x.mobile = f.mobile and f.mobile_confirmed_at is not null), '')
	from account a
	join lateral (select customer_id, role from account_party where account_id = a.id and (until is null or until > $2) order by customer_id limit 1) p on true
	left join profile f on f.account_id = a.id
	where `

func scanAccount(row pgx.Row) (a access.Account, err error) {
	err = row.Scan(&a.ID, &a.Email, &a.Person, &a.Language, &a.PasswordHash, &a.TOTP.Key, &a.TOTP.Data, &a.BirthNumber.Key, &a.BirthNumber.Data,
		&a.BirthHash, &a.Customer, &a.Role, &a.EmailConfirmed, &a.Mobile, &a.Passkeys, &a.RecoveryCodes, &a.TextMobile)
	if errors.Is(err, pgx.ErrNoRows) {
		return access.Account{}, fault.New(fault.NotFound)
	}
	if err != nil {
		return access.Account{}, fmt.Errorf("account: %w", err)
	}
	return a, nil
}

// AccountByName finds a person by what they name their account. Every kind of name is one query.
func (s *Store) AccountByName(ctx context.Context, name access.LoginName, now time.Time) (access.Account, error) {
	condition := "a.email = $1"
	switch name.Kind {
	case access.ByMobile:
		condition = "f.mobile = $1 and f.mobile_confirmed_at is not null"
	case access.ByCustomerNumber:
		condition = `a.id in (select o.account_id from agreement g join account_party o on o.customer_id = g.customer_id and o.role = 'owner'
			where g.number = $1) order by a.id limit 1`
	case access.ByOrganisation:
		condition = `a.id in (select o.account_id from customer_contact c join account_party o on o.customer_id = c.customer_id and o.role = 'owner'
			where c.organisation = $1) order by a.id limit 1`
	case access.ByEmail:
	}
	return scanAccount(s.pool.QueryRow(ctx, selectAccount+condition, name.Value, now))
}

// AccountByID returns an account by its identity.
func (s *Store) AccountByID(ctx context.Context, id toll.AccountID, now time.Time) (access.Account, error) {
	return scanAccount(s.pool.QueryRow(ctx, selectAccount+"a.id = $1", string(id), now))
}

// PendingLoginAccount returns whose step it is without counting a try.
func (s *Store) PendingLoginAccount(ctx context.Context, hash access.Hash, now time.Time) (access.Account, error) {
	found, err := scanAccount(s.pool.QueryRow(ctx, selectAccount+"a.id = (select account_id from login_step where token_hash = $1 and until > $2)", hash[:], now))
	if err != nil && fault.CodeOf(err) == fault.NotFound {
		return access.Account{}, fault.New(fault.SignedOut)
	}
	return found, err
}

// AddLinks keeps links and the letters that they are in. Some links that are over are dropped.
func (s *Store) AddLinks(ctx context.Context, now time.Time, links []access.Link, letters []notice.Message) error {
	return s.write(ctx, "add links", func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `delete from link where token_hash in (
			select token_hash from link where until <= $1 limit $2 for update skip locked)`, now, staleChunk)
		if err != nil {
			return err
		}
		return addLinks(ctx, tx, links, letters)
	})
}

func addLinks(ctx context.Context, tx pgx.Tx, links []access.Link, letters []notice.Message) error {
	for _, l := range links {
		_, err := tx.Exec(ctx, "insert into link (token_hash, purpose, account_id, key, sealed, until) values ($1, $2, $3, $4, $5, $6)",
			l.Hash[:], string(l.Purpose), optional(string(l.Account)), l.Sealed.Key, l.Sealed.Data, l.Until)
		if err != nil {
			return err
		}
	}
	return addMessages(ctx, tx, letters)
}

// FindLink returns a link that may still be used.
func (s *Store) FindLink(ctx context.Context, hash access.Hash, purpose access.Purpose, now time.Time) (access.Link, error) {
	l := access.Link{Hash: hash, Purpose: purpose}
	err := s.pool.QueryRow(ctx, `select coalesce(account_id::text, ''), key, sealed, until from link
		where token_hash = $1 and purpose = $2 and until > $3 and used_at is null`, hash[:], string(purpose), now).
		Scan(&l.Account, &l.Sealed.Key, &l.Sealed.Data, &l.Until)
	if errors.Is(err, pgx.ErrNoRows) {
		return access.Link{}, fault.New(fault.LinkSpent)
	}
	if err != nil {
		return access.Link{}, fmt.Errorf("find link: %w", err)
	}
	return l, nil
}

// useLink spends a link; whoever comes second is refused.
func useLink(ctx context.Context, tx pgx.Tx, hash access.Hash, now time.Time) error {
	done, err := tx.Exec(ctx, "update link set used_at = $2, sealed = '' where token_hash = $1 and used_at is null and until > $2", hash[:], now)
	if err == nil && done.RowsAffected() != 1 {
		err = fault.New(fault.LinkSpent)
	}
	return err
}

// CompleteRegistration spends a link and begins the account, unless the address has one by now.
func (s *Store) CompleteRegistration(ctx context.Context, link access.Hash, p access.NewAccount) error {
	return s.write(ctx, "register", func(tx pgx.Tx) error {
		if err := useLink(ctx, tx, link, p.At); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "insert into customer (id, kind, name, email, country, language) values ($1, 'private', $2, $3, 'NO', $4)",
			string(p.Customer), p.Person, p.Email, p.Language)
		if err != nil {
			return err
		}
		return beginAccount(ctx, tx, p)
	})
}

// beginAccount adds an account that owns its customer. Its address has been confirmed by a link.
func beginAccount(ctx context.Context, tx pgx.Tx, p access.NewAccount) error {
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
	return addEvent(ctx, tx, p.Account, access.EventRegistered, p.At, access.Place{})
}

// CompleteFirstPassword spends a link and begins the owner's account of an existing customer.
func (s *Store) CompleteFirstPassword(ctx context.Context, link access.Hash, p access.NewAccount) error {
	return s.write(ctx, "first password", func(tx pgx.Tx) error {
		if err := useLink(ctx, tx, link, p.At); err != nil {
			return err
		}
		var owners int
		if err := tx.QueryRow(ctx, "select count(*) from account_party where customer_id = $1 and role = 'owner'", string(p.Customer)).Scan(&owners); err != nil {
			return err
		}
		if owners > 0 {
			return fault.New(fault.LinkSpent)
		}
		if err := beginAccount(ctx, tx, p); err != nil {
			return err
		}
		if len(p.BirthHash) == 0 {
			return nil
		}
		_, err := tx.Exec(ctx, `update account set birth_key = $2, birth_number = $3, birth_hash = $4 where id = $1
			and not exists (select from account o where o.birth_hash = $4)`, string(p.Account), p.Birth.Key, p.Birth.Data, p.BirthHash)
		return err
	})
}

// CustomerIdentity returns the personal number of a customer, as the customer system knows it.
func (s *Store) CustomerIdentity(ctx context.Context, customer toll.CustomerID) (number access.Sealed, hash []byte, err error) {
	err = s.pool.QueryRow(ctx, "select birth_key, birth_number, birth_hash from customer_identity where customer_id = $1", string(customer)).
		Scan(&number.Key, &number.Data, &hash)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return number, nil, fmt.Errorf("customer's number: %w", err)
	}
	return number, hash, nil
}

// CompletePasswordReset spends a link, changes the password and ends all sessions and steps.
func (s *Store) CompletePasswordReset(ctx context.Context, link access.Hash, p access.PasswordChange) error {
	return s.write(ctx, "reset password", func(tx pgx.Tx) error {
		if err := useLink(ctx, tx, link, p.At); err != nil {
			return err
		}
		return newPassword(ctx, tx, p, nil)
	})
}

// newPassword changes a password. Every session but one ends, and every link to yet another password.
func newPassword(ctx context.Context, tx pgx.Tx, p access.PasswordChange, keep []byte) error {
	id := string(p.Account)
	for _, statement := range []string{
		"delete from login_step where account_id = $1",
		"update link set used_at = now(), sealed = '' where account_id = $1 and purpose = 'password' and used_at is null",
	} {
		if _, err := tx.Exec(ctx, statement, id); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "delete from session where account_id = $1 and ($2::bytea is null or token_hash <> $2)", id, keep); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "update account set password_hash = $2 where id = $1", id, p.Hash); err != nil {
		return err
	}
	if err := addEvent(ctx, tx, p.Account, access.EventPassword, p.At, access.Place{}); err != nil {
		return err
	}
	return addMessages(ctx, tx, p.Messages)
}

// UnclaimedCustomer finds a customer by its number.
func (s *Store) UnclaimedCustomer(ctx context.Context, number string, now time.Time) (u access.UnclaimedCustomer, err error) {
	err = s.pool.QueryRow(ctx, `
		select c.id::text, c.name, c.language, coalesce(a.email, c.email), coalesce(i.birth_hash, a.birth_hash, ''), coalesce(a.id::text, '')
		from agreement g join customer c on c.id = g.customer_id
		left join customer_identity i on i.customer_id = c.id
		left join lateral (select a.* from account_party p join account a on a.id = p.account_id
			where p.customer_id = c.id and p.role = 'owner' order by a.id limit 1) a on true
		where g.number = $1 and g.valid_from <= $2 and (g.valid_to is null or g.valid_to > $2)`, number, now).
		Scan(&u.Customer, &u.Name, &u.Language, &u.Email, &u.BirthHash, &u.Account)
	if errors.Is(err, pgx.ErrNoRows) {
		return access.UnclaimedCustomer{}, fault.New(fault.NotFound)
	}
	if err != nil {
		return access.UnclaimedCustomer{}, fmt.Errorf("customer number: %w", err)
	}
	return u, nil
}

// SetFirstEmail puts an address on a customer that has none.
func (s *Store) SetFirstEmail(ctx context.Context, customer toll.CustomerID, email string, letters []notice.Message) (put bool, err error) {
	err = s.write(ctx, "put e-mail", func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "update customer set email = $2 where id = $1 and email = ''", string(customer), email)
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		put = true
		return addMessages(ctx, tx, letters)
	})
	return put, err
}

// AddCustomerIdentity keeps the personal number of a customer who has no account, as the customer system knows it.
func (s *Store) AddCustomerIdentity(ctx context.Context, customer toll.CustomerID, number access.Sealed, hash []byte) error {
	_, err := s.pool.Exec(ctx, `insert into customer_identity (customer_id, birth_key, birth_number, birth_hash) values ($1, $2, $3, $4)
		on conflict do nothing`, string(customer), number.Key, number.Data, hash)
	if err != nil {
		return fmt.Errorf("put identity: %w", err)
	}
	return nil
}

// CountFactorTry counts a wrong code, or forgets those before a right one, and returns the count before it.
func (s *Store) CountFactorTry(ctx context.Context, id toll.AccountID, right bool) (fails int, err error) {
	err = s.pool.QueryRow(ctx, `
		insert into factor_guard as g (account_id, fails) values ($1, case when $2 then 0 else 1 end)
		on conflict (account_id) do update set fails = case when $2 and g.fails < $3 then 0 when $2 then g.fails else g.fails + 1 end
		returning fails`, string(id), right, access.FactorFailsMax).Scan(&fails)
	if err != nil {
		return 0, fmt.Errorf("count factor: %w", err)
	}
	return fails, nil
}

// SuspendFactor notes that the authenticator opens nothing any more, with the letters that tell of it.
func (s *Store) SuspendFactor(ctx context.Context, id toll.AccountID, at time.Time, letters []notice.Message) error {
	return s.write(ctx, "suspend factor", func(tx pgx.Tx) error {
		if err := addEvent(ctx, tx, id, access.EventSuspended, at, access.Place{}); err != nil {
			return err
		}
		return addMessages(ctx, tx, letters)
	})
}

// addEvent notes what happened to an account.
func addEvent(ctx context.Context, tx pgx.Tx, id toll.AccountID, kind access.EventKind, at time.Time, place access.Place) error {
	_, err := tx.Exec(ctx, "insert into account_event (account_id, kind, at, device, network) values ($1, $2, $3, $4, $5)",
		string(id), string(kind), at, place.Device, place.Network)
	if err != nil {
		return fmt.Errorf("note event: %w", err)
	}
	return nil
}
