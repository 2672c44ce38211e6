package accessdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// selectAccount selects accounts, each with its confirmed contacts, its factors and the first customer that
// it acts for at $2: one by a right of its own before one by mandate, since a mandate may be withdrawn while the person
// signs in. It is the only statement that loads an account. A condition follows.
const selectAccount = `
	select a.id::text, a.email, a.person, a.language, a.password_hash, a.totp_key, a.totp_secret, a.birth_key, a.birth_number, a.birth_hash,
		p.customer_id::text, p.role, coalesce(f.email_confirmed_at is not null, false) as email_confirmed,
		case when f.mobile_confirmed_at is null then '' else f.mobile end as mobile, f.asked_at as onboarded_at,
		(select count(*) from passkey k where k.account_id = a.id) as passkeys,
		(select count(*) from recovery_code r where r.account_id = a.id and r.used_at is null) as recovery_codes,
		coalesce((select x.mobile from text_factor x where x.account_id = a.id and x.mobile = f.mobile and f.mobile_confirmed_at is not null), '') as text_mobile
	from account a
	join lateral (select customer_id, role from account_party where account_id = a.id and (until is null or until > $2) order by by_mandate, customer_id limit 1) p on true
	left join profile f on f.account_id = a.id
	where `

// loadAccount returns the account that meets a condition, or fault.NotFound. It runs one query either way,
// so that its time does not tell whether there is one.
func loadAccount(ctx context.Context, q store.Querier, now time.Time, condition string, arg any, more ...any) (access.Account, error) {
	r, err := store.SelectOne[struct {
		ID, Email, Person, Language, PasswordHash string
		TOTPKey                                   string `db:"totp_key"`
		TOTPSecret                                []byte `db:"totp_secret"`
		BirthKey                                  string
		BirthNumber, BirthHash                    []byte
		CustomerID, Role                          string
		EmailConfirmed                            bool
		Mobile, TextMobile                        string
		OnboardedAt                               *time.Time
		Passkeys, RecoveryCodes                   int
	}](ctx, q, selectAccount+condition, append([]any{arg, now}, more...)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return access.Account{}, fault.New(fault.NotFound)
	}
	if err != nil {
		return access.Account{}, fmt.Errorf("account: %w", err)
	}
	return access.Account{
		ID: toll.AccountID(r.ID), Email: r.Email, Person: r.Person, Language: r.Language, PasswordHash: r.PasswordHash,
		TOTP: seal.Sealed{Key: r.TOTPKey, Data: r.TOTPSecret}, BirthNumber: seal.Sealed{Key: r.BirthKey, Data: r.BirthNumber}, BirthHash: r.BirthHash,
		Customer: toll.CustomerID(r.CustomerID), Role: role.Role(r.Role), EmailConfirmed: r.EmailConfirmed, Mobile: r.Mobile, TextMobile: r.TextMobile,
		Passkeys: r.Passkeys, RecoveryCodes: r.RecoveryCodes, OnboardedAt: store.ZeroIfNull(r.OnboardedAt),
	}, nil
}

// AccountByEmail returns the account with an email address, whether or not its rights have ended.
func (s *Store) AccountByEmail(ctx context.Context, email string) (access.Account, error) {
	return loadAccount(ctx, s.db.Pool, time.Time{}, "a.email = $1", email)
}

// AccountByName returns the account that a name given at sign-in means. Every kind of name is one query.
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
	return loadAccount(ctx, s.db.Pool, now, condition, name.Value)
}

// AccountByID returns the account with an id.
func (s *Store) AccountByID(ctx context.Context, id toll.AccountID, now time.Time) (access.Account, error) {
	return loadAccount(ctx, s.db.Pool, now, "a.id = $1", string(id))
}

// PendingLoginAccount returns the account of a pending login without counting a try.
func (s *Store) PendingLoginAccount(ctx context.Context, hash seal.Hash, now time.Time) (access.Account, error) {
	found, err := loadAccount(ctx, s.db.Pool, now, "a.id = (select account_id from login_step where token_hash = $1 and until > $2)", hash[:])
	if err != nil && fault.CodeOf(err) == fault.NotFound {
		return access.Account{}, fault.New(fault.SignedOut)
	}
	return found, err
}
