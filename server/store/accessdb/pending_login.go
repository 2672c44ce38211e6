package accessdb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"bompass/server/access/seal"
	"bompass/server/store"
	"bompass/shared/toll"
)

// PendingLoginRow is a sign-in between its password and its second factor.
type PendingLoginRow struct {
	TokenHash []byte `gorm:"primaryKey"`
	AccountID string
	Until     time.Time
	Tries     int
}

// TableName is the table of the row.
func (PendingLoginRow) TableName() string { return "login_step" }

// AddPendingLogin stores a pending login, and deletes some expired ones and some expired sessions.
func (s *Store) AddPendingLogin(ctx context.Context, hash seal.Hash, id toll.AccountID, now, until time.Time) error {
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
		return fmt.Errorf("add pending login: %w", err)
	}
	return nil
}

// usePendingLogin deletes a pending login; a second use fails.
func usePendingLogin(ctx context.Context, tx pgx.Tx, login seal.Hash, id toll.AccountID) error {
	return store.ExactlyOne(tx.Exec(ctx, "delete from login_step where token_hash = $1 and account_id = $2", login[:], string(id)))
}
