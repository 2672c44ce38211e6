package privacydb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"bompass/server/privacy"
	"bompass/server/store/inventory"
)

// Prune deletes at most limit rows of a category whose time ended before the instant, and returns how many.
// Two servers do not wait for each other.
func (s *Store) Prune(ctx context.Context, category string, before time.Time, limit int) (n int, err error) {
	switch privacy.Category(category) {
	case privacy.Passages:
		n, err = s.anonymisePassages(ctx, before, limit)
	case privacy.Charges:
		n, err = s.deletePassages(ctx, before, limit)
	default:
		n, err = s.deleteExpired(ctx, privacy.Category(category), before, limit)
	}
	if err != nil {
		return 0, fmt.Errorf("prune %s: %w", category, err)
	}
	return n, nil
}

// deleteExpired deletes expired rows of the tables of a category.
func (s *Store) deleteExpired(ctx context.Context, category privacy.Category, before time.Time, limit int) (n int, err error) {
	known := false
	for _, t := range inventory.Tables() {
		p := t.Prune
		if p == nil || p.Category != category {
			continue
		}
		known = true
		done, err := s.db.Pool.Exec(ctx, fmt.Sprintf("delete from %s where %s in (select %s from %s where %s limit $2 for update skip locked)",
			t.Name, p.Key, p.Key, t.Name, p.Expired), before, limit-n)
		if err != nil {
			return n, err
		}
		n += int(done.RowsAffected())
	}
	if !known {
		return 0, fmt.Errorf("no table is pruned by the category %q", category)
	}
	return n, nil
}

// anonymisePassages leaves of passages what the accounts need: whose charge it is, and of which month.
func (s *Store) anonymisePassages(ctx context.Context, before time.Time, limit int) (int, error) {
	return s.changePassages(ctx, "station <> '' and passed_at < $1", before, limit, func(p inventory.PassageRows) string { return p.Anonymise })
}

// deletePassages deletes what is left of passages, and their charges.
func (s *Store) deletePassages(ctx context.Context, before time.Time, limit int) (int, error) {
	return s.changePassages(ctx, "passed_at < $1", before, limit, func(p inventory.PassageRows) string { return p.Delete })
}

// forgetSets counts a transaction of every partition, in the name of the release in force, so that workers read again what
// they have cached.
const forgetSets = `with release as (select set_config('bompass.release', (select coalesce(max(number), 0) from tariff_release)::text, true))
	update partition_state set generation = generation + 1 from release`

// changePassages runs one statement of every table that has rows of passages, on passages that meet a
// condition, the oldest first.
func (s *Store) changePassages(
	ctx context.Context, condition string, before time.Time, limit int, statement func(inventory.PassageRows) string,
) (n int, err error) {
	err = s.db.Tx(ctx, "change passages", func(tx pgx.Tx) error {
		// No worker posts meanwhile, so that charges and sums are those of the passages that are changed.
		if _, err := tx.Exec(ctx, "select from partition_state order by no for update"); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "select id from passage where "+condition+" order by passed_at limit $2 for update skip locked", before, limit)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[pgtype.UUID])
		if err != nil || len(ids) == 0 {
			return err
		}
		n = len(ids)
		if _, err := tx.Exec(ctx, forgetSets); err != nil {
			return err
		}
		for _, t := range inventory.Tables() {
			if t.Passage == nil {
				continue
			}
			if _, err := tx.Exec(ctx, statement(*t.Passage), ids); err != nil {
				return fmt.Errorf("%s: %w", t.Name, err)
			}
		}
		return nil
	})
	return n, err
}
