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
	"bompass/server/store"
	"bompass/shared/toll"
)

// Waiting is a passage in the quarantine, which an operator has to look at.
type Waiting struct {
	ID          int64           `json:"id"`
	MessageKey  string          `json:"key"`
	Code        string          `json:"code"`
	Params      json.RawMessage `json:"params"`
	Observation json.RawMessage `json:"observation"`
	Station     string          `json:"station"`
	ReceivedAt  time.Time       `json:"received"`
	ResolvedAt  *time.Time      `json:"resolved,omitempty"`
	ReleasedAt  *time.Time      `json:"released,omitempty"` // a running server feeds it in again
}

// QuarantineMax is the maximum number of rows of one listing of the quarantine.
const QuarantineMax = 10_000

// QuarantineList returns what is not resolved, the oldest first.
func (s *Store) QuarantineList(ctx context.Context) ([]Waiting, error) {
	list, err := store.Select[Waiting](ctx, s.db.Pool, `select id, message_key, code, params, observation, station, received_at, resolved_at, released_at
		from quarantine where resolved_at is null order by received_at, id limit $1`, QuarantineMax)
	if err != nil {
		return nil, fmt.Errorf("quarantine: %w", err)
	}
	return list, nil
}

// Release marks passages in the quarantine as released, all of them when ids is nil, and returns how many; a
// running server then publishes them again. Those that are released or resolved already are left out.
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
	list, err := store.Select[passage.ReleasedPassage](ctx, s.db.Pool, `
		select id as row, observation, received_at as received, released_at as released from quarantine
		where released_at is not null and resolved_at is null order by received_at, id limit $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("released from quarantine: %w", err)
	}
	return list, nil
}

// FinishReleases marks released rows as resolved and adds reviews of their passages.
func (s *Store) FinishReleases(ctx context.Context, rows []int64, reviews []passage.Review, at time.Time) error {
	return s.db.Tx(ctx, "finish releases", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "update quarantine set resolved_at = $2 where id = any($1)", rows, at); err != nil {
			return err
		}
		return addReviews(ctx, tx, reviews)
	})
}

// Quarantine adds passages to the quarantine. One that was resolved is opened again.
func (s *Store) Quarantine(ctx context.Context, list []passage.Quarantined) error {
	return s.db.Tx(ctx, "quarantine", func(tx pgx.Tx) error { return quarantine(ctx, tx, list) })
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

// messageKey returns a key that differs between a passage and its corrections.
func messageKey(o toll.Observation) string {
	if o.Revision == 0 {
		return o.Key()
	}
	return o.Key() + "/" + strconv.Itoa(o.Revision)
}
