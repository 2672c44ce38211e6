package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/passage"
)

// Waiting is a row of the quarantine: a passage that needs a person.
type Waiting struct {
	ID          int64           `gorm:"primaryKey" json:"id"`
	MessageKey  string          `json:"key"`
	Code        string          `json:"code"`
	Params      json.RawMessage `json:"params" gorm:"type:jsonb"`
	Observation json.RawMessage `json:"observation" gorm:"type:jsonb"`
	Station     string          `json:"station"`
	ReceivedAt  time.Time       `json:"received"`
	ResolvedAt  *time.Time      `json:"resolved,omitempty"`
	ReleasedAt  *time.Time      `json:"released,omitempty"` // a running server feeds it in again
}

// TableName is the table of a Waiting.
func (Waiting) TableName() string { return "quarantine" }

// QuarantineMax bounds one listing of the quarantine.
const QuarantineMax = 10_000

// QuarantineList returns what still waits for a person, oldest first.
func (s *Store) QuarantineList(ctx context.Context) ([]Waiting, error) {
	var list []Waiting
	err := s.db.WithContext(ctx).Where("resolved_at is null").Order("received_at, id").Limit(QuarantineMax).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("quarantine: %w", err)
	}
	return list, nil
}

// Release lets passages out of the quarantine, all when ids is nil, and returns how many; a running
// server feeds them in again. One that is released or resolved already is left out.
func (s *Store) Release(ctx context.Context, ids []int64, now time.Time) (int, error) {
	tag, err := s.pool.Exec(ctx, `update quarantine set released_at = $2
		where resolved_at is null and released_at is null and ($1::bigint[] is null or id = any($1))`, ids, now)
	if err != nil {
		return 0, fmt.Errorf("release from quarantine: %w", err)
	}
	return int(tag.RowsAffected()), nil
}

// ReleasedFromQuarantine returns passages that an operator has released from quarantine and that are not back yet, oldest first.
func (s *Store) ReleasedFromQuarantine(ctx context.Context, limit int) ([]passage.ReleasedPassage, error) {
	rows, err := s.pool.Query(ctx, `select id, observation, received_at, released_at from quarantine
		where released_at is not null and resolved_at is null order by received_at, id limit $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("released from quarantine: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r passage.ReleasedPassage, err error) {
		var observation []byte
		if err := row.Scan(&r.Row, &observation, &r.Received, &r.Released); err != nil {
			return r, err
		}
		return r, json.Unmarshal(observation, &r.Observation)
	})
}

// FinishReleases marks released rows as resolved and adds reviews of their passages.
func (s *Store) FinishReleases(ctx context.Context, rows []int64, reviews []passage.Review, at time.Time) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "update quarantine set resolved_at = $2 where id = any($1)", rows, at); err != nil {
			return err
		}
		return keepReviews(ctx, tx, reviews)
	})
	if err != nil {
		return fmt.Errorf("readmit from quarantine: %w", err)
	}
	return nil
}
