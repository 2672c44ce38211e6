package accessdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"bompass/server/access"
	"bompass/shared/fault"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// AccountByEmail finds a person by address, with the first customer the person acts for.
func (s *Store) AccountByEmail(ctx context.Context, email string) (access.Account, error) {
	return findAccount(s.db.GORM(ctx), "a.email = ?", email)
}

// findAccount asks once, whether somebody is found or not, so that the time tells nothing.
func findAccount(db *gorm.DB, condition string, arg any) (access.Account, error) {
	var row struct {
		AccountRow
		CustomerID, Role string
	}
	err := db.Table("account a").Select("a.*, p.customer_id, p.role").Joins("join account_party p on p.account_id = a.id").
		Where(condition, arg).Order("p.customer_id").Limit(1).Take(&row).Error
	if err != nil {
		return access.Account{}, missing("account", err)
	}
	return access.Account{
		ID: toll.AccountID(row.ID), Email: row.Email, Person: row.Person, Language: row.Language, PasswordHash: row.PasswordHash,
		TOTP:        access.Sealed{Key: row.TOTPKey, Data: row.TOTPSecret},
		BirthNumber: access.Sealed{Key: row.BirthKey, Data: row.BirthNumber}, BirthHash: row.BirthHash,
		Customer: toll.CustomerID(row.CustomerID), Role: role.Role(row.Role),
	}, nil
}

func missing(what string, err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fault.New(fault.NotFound)
	}
	return fmt.Errorf("%s: %w", what, err)
}

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
	return scanAccount(s.db.Pool.QueryRow(ctx, selectAccount+condition, name.Value, now))
}

// AccountByID returns an account by its identity.
func (s *Store) AccountByID(ctx context.Context, id toll.AccountID, now time.Time) (access.Account, error) {
	return scanAccount(s.db.Pool.QueryRow(ctx, selectAccount+"a.id = $1", string(id), now))
}

// PendingLoginAccount returns whose step it is without counting a try.
func (s *Store) PendingLoginAccount(ctx context.Context, hash access.Hash, now time.Time) (access.Account, error) {
	found, err := scanAccount(s.db.Pool.QueryRow(ctx, selectAccount+"a.id = (select account_id from login_step where token_hash = $1 and until > $2)", hash[:], now))
	if err != nil && fault.CodeOf(err) == fault.NotFound {
		return access.Account{}, fault.New(fault.SignedOut)
	}
	return found, err
}
