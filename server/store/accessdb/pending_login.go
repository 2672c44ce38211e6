package accessdb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"bompass/server/access"
	"bompass/server/store"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// PendingLoginRow stands between an accepted password and its code.
type PendingLoginRow struct {
	TokenHash []byte `gorm:"primaryKey"`
	AccountID string
	Until     time.Time
	Tries     int
}

// TableName is the table of the row.
func (PendingLoginRow) TableName() string { return "login_step" }

// AddPendingLogin keeps that a password was right. Some steps and sessions that are over are dropped.
func (s *Store) AddPendingLogin(ctx context.Context, hash access.Hash, id toll.AccountID, now, until time.Time) error {
	err := s.db.GORM(ctx).Transaction(func(tx *gorm.DB) error {
		for _, table := range []string{"login_step", "session"} {
			over := fmt.Sprintf("select token_hash from %s where until <= ? limit ? for update skip locked", table)
			if err := tx.Exec(fmt.Sprintf("delete from %s where token_hash in (%s)", table, over), now, store.SweepMax).Error; err != nil {
				return err
			}
		}
		return tx.Create(&PendingLoginRow{TokenHash: hash[:], AccountID: string(id), Until: until}).Error
	})
	if err != nil {
		return fmt.Errorf("add sign-in step: %w", err)
	}
	return nil
}

// TryPendingLogin counts a try and returns whose step it is.
func (s *Store) TryPendingLogin(ctx context.Context, hash access.Hash, now time.Time, triesMax int) (found access.Account, err error) {
	err = s.db.GORM(ctx).Transaction(func(tx *gorm.DB) error {
		var ids []string
		err := tx.Raw(`update login_step set tries = tries + 1 where token_hash = ? and until > ? and tries < ?
			returning account_id::text`, hash[:], now, triesMax).Scan(&ids).Error
		if err != nil {
			return fmt.Errorf("sign-in step: %w", err)
		}
		if len(ids) == 0 {
			return fault.New(fault.SignedOut)
		}
		found, err = findAccount(tx, "a.id = ?", ids[0])
		return err
	})
	return found, err
}

func usePendingLogin(ctx context.Context, tx pgx.Tx, step access.Hash, id toll.AccountID) error {
	return store.ExactlyOne(tx.Exec(ctx, "delete from login_step where token_hash = $1 and account_id = $2", step[:], string(id)))
}
