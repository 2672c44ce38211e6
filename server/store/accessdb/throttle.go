package accessdb

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/access"
	"bompass/server/store"
)

// skewMin is the smallest difference of clocks that counts: less may be the time of the answer's way.
const skewMin = 500 * time.Millisecond

// ahead returns how far a time that the database has just told is ahead of this server's clock.
func ahead(database time.Time) time.Duration {
	if skew := time.Until(database); skew.Abs() >= skewMin {
		return skew
	}
	return 0
}

// UpdateTries locks the counts under the keys and lets decide change them; nothing is saved when it refuses.
// Keys are locked in their order, so that two changes never wait for each other. ahead is how far the database's clock
// is ahead of this server's.
func (s *Store) UpdateTries(ctx context.Context, keys []string, stale time.Time, decide func(ahead time.Duration, tries []access.Tries) error) error {
	return s.db.Tx(ctx, "throttle", func(tx pgx.Tx) error {
		sorted := slices.Compact(slices.Sorted(slices.Values(keys)))
		_, err := tx.Exec(ctx, `insert into throttle (key, count, tried_at) select key, 0, 'epoch'::timestamptz from unnest($1::text[]) as key order by key
			on conflict do nothing`, sorted)
		if err != nil {
			return err
		}
		rows, err := store.Select[struct {
			Key     string
			Count   int
			TriedAt time.Time
		}](ctx, tx, "select key, count, tried_at from throttle where key = any($1) order by key for update", sorted)
		if err != nil {
			return err
		}
		tries := make([]access.Tries, len(keys))
		for i, key := range keys {
			at := slices.Index(sorted, key)
			tries[i] = access.Tries{Count: rows[at].Count, Last: rows[at].TriedAt}
		}
		var now time.Time
		if err := tx.QueryRow(ctx, "select clock_timestamp()").Scan(&now); err != nil {
			return err
		}
		if err := decide(ahead(now), tries); err != nil {
			return err
		}
		for i, key := range keys {
			if _, err := tx.Exec(ctx, "update throttle set count = $2, tried_at = $3 where key = $1", key, tries[i].Count, tries[i].Last); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, "delete from throttle where key in (select key from throttle where tried_at < $1 limit $2 for update skip locked)", stale, store.SweepMax)
		return err
	})
}
