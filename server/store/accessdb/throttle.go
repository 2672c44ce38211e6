package accessdb

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"bompass/server/access"
	"bompass/server/store"
)

// ThrottleRow counts tries under a key.
type ThrottleRow struct {
	Key     string `gorm:"primaryKey"`
	Count   int
	TriedAt time.Time
}

// TableName is the table of the row.
func (ThrottleRow) TableName() string { return "throttle" }

// UpdateTries locks the counts under the keys and lets decide change them; when it refuses, nothing is
// saved. Keys are locked in their order, so that two changes never wait for each other.
func (s *Store) UpdateTries(ctx context.Context, keys []string, stale time.Time, decide func([]access.Tries) error) error {
	return s.db.GORM(ctx).Transaction(func(tx *gorm.DB) error {
		sorted := slices.Sorted(slices.Values(keys))
		for _, key := range sorted {
			row := ThrottleRow{Key: key, TriedAt: time.Unix(0, 0)}
			if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
				return fmt.Errorf("throttle: %w", err)
			}
		}
		var rows []ThrottleRow
		if err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("key in ?", sorted).Order("key").Find(&rows).Error; err != nil {
			return fmt.Errorf("throttle: %w", err)
		}
		tries := make([]access.Tries, len(keys))
		for i, key := range keys {
			at := slices.IndexFunc(rows, func(r ThrottleRow) bool { return r.Key == key })
			tries[i] = access.Tries{Count: rows[at].Count, Last: rows[at].TriedAt}
		}
		if err := decide(tries); err != nil {
			return err
		}
		for i, key := range keys {
			err := tx.Model(&ThrottleRow{}).Where("key = ?", key).
				Updates(map[string]any{"count": tries[i].Count, "tried_at": tries[i].Last}).Error
			if err != nil {
				return fmt.Errorf("throttle: %w", err)
			}
		}
		return tx.Exec(`delete from throttle where key in (
			select key from throttle where tried_at < ? limit ? for update skip locked)`, stale, store.SweepMax).Error
	})
}
