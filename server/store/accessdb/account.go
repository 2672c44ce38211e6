package accessdb

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bompass/server/access"
	"bompass/server/store"
	"bompass/shared/toll"
)

// AccountRow is a row of account.
type AccountRow struct {
	ID, Email, Person, Language, PasswordHash string
	TOTPKey                                   string `gorm:"column:totp_key"`
	TOTPSecret                                []byte `gorm:"column:totp_secret"`
	TOTPLastStep                              int64  `gorm:"column:totp_last_step"`
	BirthKey                                  string
	BirthNumber, BirthHash                    []byte
}

// AccountPartyRow is a row of account_party: an account that acts for a customer.
type AccountPartyRow struct {
	AccountID  string `gorm:"primaryKey"`
	CustomerID string `gorm:"primaryKey"`
	Role       string
	ByMandate  bool
	Until      *time.Time
	VehicleID  *string
}

// TableName returns the table of the row.
func (AccountRow) TableName() string { return "account" }

// TableName returns the table of the row.
func (AccountPartyRow) TableName() string { return "account_party" }

// Rows returns one value of every type that GORM writes, for the test that compares them with the schema.
func Rows() []any { return []any{AccountRow{}, AccountPartyRow{}} }

// AddAccount adds an account; one that exists stays as it is.
func (s *Store) AddAccount(ctx context.Context, a access.Account) error {
	err := s.db.GORM(ctx).Transaction(func(tx *gorm.DB) error {
		have := tx.Clauses(clause.OnConflict{DoNothing: true}).Session(&gorm.Session{})
		row := AccountRow{
			ID: string(a.ID), Email: a.Email, Person: a.Person, Language: a.Language, PasswordHash: a.PasswordHash,
			TOTPKey: a.TOTP.Key, TOTPSecret: a.TOTP.Data,
			BirthKey: a.BirthNumber.Key, BirthNumber: a.BirthNumber.Data, BirthHash: a.BirthHash,
		}
		if err := have.Create(&row).Error; err != nil {
			return err
		}
		if err := have.Create(&AccountPartyRow{AccountID: row.ID, CustomerID: string(a.Customer), Role: string(a.Role)}).Error; err != nil {
			return err
		}
		err := tx.Exec("insert into profile (account_id, email_confirmed_at, asked_at) values (?, case when ? then now() end, ?) on conflict do nothing",
			row.ID, a.EmailConfirmed, store.NullIfZero(a.OnboardedAt)).Error
		if err != nil || a.OnboardedAt.IsZero() {
			return err
		}
		return tx.Exec(`insert into consent (account_id, kind, version, given, at) select ?, 'privacy', ?, true, ?
			where not exists (select from consent where account_id = ?)`,
			row.ID, toll.ConsentVersion(toll.ConsentPrivacy), a.OnboardedAt, row.ID).Error
	})
	if err != nil {
		return fmt.Errorf("add account: %w", err)
	}
	return nil
}

// SetLanguage sets the language of an account.
func (s *Store) SetLanguage(ctx context.Context, id toll.AccountID, language string) error {
	err := s.db.GORM(ctx).Model(&AccountRow{}).Where("id = ?", string(id)).Update("language", language).Error
	if err != nil {
		return fmt.Errorf("set language: %w", err)
	}
	return nil
}

// UpdatePasswordHash replaces the hash of a password that is the same, unless it was changed meanwhile.
func (s *Store) UpdatePasswordHash(ctx context.Context, id toll.AccountID, was, hash string) error {
	if _, err := s.db.Pool.Exec(ctx, "update account set password_hash = $3 where id = $1 and password_hash = $2", string(id), was, hash); err != nil {
		return fmt.Errorf("update password hash: %w", err)
	}
	return nil
}
