package accessdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// selectAccount selects an account with the first customer that it acts for at $2. Every query that returns an
// account uses it, so that all fields are filled.
const selectAccount = `
	select a.id::text, a.email, a.person, a.language, a.password_hash, a.totp_key, a.totp_secret, a.birth_key, a.birth_number, a.birth_hash,
		p.customer_id::text, p.role, coalesce(f.email_confirmed_at is not null, false), case when f.mobile_confirmed_at is null then '' else f.mobile end,
		(select count(*) from passkey k where k.account_id = a.id), (select count(*) from recovery_code r where r.account_id = a.id and r.used_at is null),
		coalesce((select x.mobile from text_factor x where x.account_id = a.id and x.mobile = f.mobile and f.mobile_confirmed_at is not null), ''), f.asked_at
	from account a
	join lateral (select customer_id, role from account_party where account_id = a.id and (until is null or until > $2) order by customer_id limit 1) p on true
	left join profile f on f.account_id = a.id
	where `

// loadAccount returns the account of a query that ends with selectAccount and a condition. It is one query,
// whether an account is found or not, so that the time taken reveals nothing.
func (s *Store) loadAccount(ctx context.Context, query string, args ...any) (a access.Account, err error) {
	var onboarded *time.Time
	err = s.db.Pool.QueryRow(ctx, query, args...).Scan(&a.ID, &a.Email, &a.Person, &a.Language, &a.PasswordHash, &a.TOTP.Key, &a.TOTP.Data,
		&a.BirthNumber.Key, &a.BirthNumber.Data, &a.BirthHash, &a.Customer, &a.Role, &a.EmailConfirmed, &a.Mobile, &a.Passkeys, &a.RecoveryCodes,
		&a.TextMobile, &onboarded)
	if errors.Is(err, pgx.ErrNoRows) {
		return access.Account{}, fault.New(fault.NotFound)
	}
	if err != nil {
		return access.Account{}, fmt.Errorf("account: %w", err)
	}
	if onboarded != nil {
		a.OnboardedAt = *onboarded
	}
	return a, nil
}

// AccountByEmail returns an account by its address, also one whose rights for every customer have ended.
func (s *Store) AccountByEmail(ctx context.Context, email string) (access.Account, error) {
	return s.loadAccount(ctx, selectAccount+"a.email = $1", email, time.Time{})
}

// AccountByName returns an account by a login name of any kind.
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
	return s.loadAccount(ctx, selectAccount+condition, name.Value, now)
}

// AccountByID returns an account by its identifier.
func (s *Store) AccountByID(ctx context.Context, id toll.AccountID, now time.Time) (access.Account, error) {
	return s.loadAccount(ctx, selectAccount+"a.id = $1", string(id), now)
}

// PendingLoginAccount returns the account of a pending login without counting a try.
func (s *Store) PendingLoginAccount(ctx context.Context, hash seal.Hash, now time.Time) (access.Account, error) {
	found, err := s.loadAccount(ctx, selectAccount+"a.id = (select account_id from login_step where token_hash = $1 and until > $2)", hash[:], now)
	return found, signedOut(err)
}

// TryPendingLogin counts a try of a pending login and returns its account.
func (s *Store) TryPendingLogin(ctx context.Context, hash seal.Hash, now time.Time, triesMax int) (access.Account, error) {
	found, err := s.loadAccount(ctx, `with tried as (update login_step set tries = tries + 1 where token_hash = $1 and until > $2 and tries < $3
		returning account_id)`+selectAccount+"a.id = (select account_id from tried)", hash[:], now, triesMax)
	return found, signedOut(err)
}

// signedOut turns fault.NotFound into fault.SignedOut.
func signedOut(err error) error {
	if err != nil && fault.CodeOf(err) == fault.NotFound {
		return fault.New(fault.SignedOut)
	}
	return err
}
