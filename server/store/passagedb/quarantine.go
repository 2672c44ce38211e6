package passagedb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/passage"
	"bompass/shared/toll"
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
	err := s.db.GORM(ctx).Where("resolved_at is null").Order("received_at, id").Limit(QuarantineMax).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("quarantine: %w", err)
	}
	return list, nil
}

// Release lets passages out of the quarantine, all when ids is nil, and returns how many; a running
// server feeds them in again. One that is released or resolved already is left out.
func (s *Store) Release(ctx context.Context, ids []int64, now time.Time) (int, error) {
	tag, err := s.db.Pool.Exec(ctx, `update quarantine set released_at = $2
		where resolved_at is null and released_at is null and ($1::bigint[] is null or id = any($1))`, ids, now)
	if err != nil {
		return 0, fmt.Errorf("release from quarantine: %w", err)
	}
	return int(tag.RowsAffected()), nil
}

// ReleasedFromQuarantine returns passages that an operator has released from quarantine and that are not back yet, oldest first.
func (s *Store) ReleasedFromQuarantine(ctx context.Context, limit int) ([]passage.ReleasedPassage, error) {
	rows, err := s.db.Pool.Query(ctx, `select id, observation, received_at, released_at from quarantine
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
	err := pgx.BeginFunc(ctx, s.db.Pool, func(tx pgx.Tx) error {
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

// Quarantine keeps passages that need a person; those kept already stay as they are.
func (s *Store) Quarantine(ctx context.Context, list []passage.Quarantined) error {
	return pgx.BeginFunc(ctx, s.db.Pool, func(tx pgx.Tx) error { return quarantine(ctx, tx, list) })
}

func quarantine(ctx context.Context, tx pgx.Tx, list []passage.Quarantined) error {
	if len(list) == 0 {
		return nil
	}
	batch := &pgx.Batch{}
	for _, q := range list {
		key := messageKey(q.Observation)
		params, errP := json.Marshal(q.Reason.Params)
		observation, errO := json.Marshal(q.Observation)
		if err := errors.Join(errP, errO); err != nil {
			return fmt.Errorf("quarantine %s: %w", key, err)
		}
		batch.Queue(`insert into quarantine (message_key, code, params, observation, station, received_at)
			values ($1, $2, $3, $4, $5, $6) on conflict (message_key, code) do update
			set resolved_at = null, released_at = null where quarantine.resolved_at is not null`,
			key, string(q.Reason.Code), params, observation, string(q.Observation.Station), q.Received)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("quarantine: %w", err)
	}
	return nil
}

// messageKey tells a passage from its corrections.
func messageKey(o toll.Observation) string {
	if o.Revision == 0 {
		return o.Key()
	}
	return o.Key() + "/" + strconv.Itoa(o.Revision)
}
