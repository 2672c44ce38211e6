package privacydb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// pruned says, for each kind of thing, which rows of its table go before $1.
func pruned() map[string]struct{ table, id, over string } {
	return map[string]struct{ table, id, over string }{
		"history":            {"account_event", "id", "at < $1"},
		"messages":           {"outbox", "id", "coalesce(sent_at, given_up_at) < $1"},
		"links":              {"link", "token_hash", "least(until, coalesce(used_at, until)) < $1"},
		"invitations":        {"invitation", "id", "ends_at < $1"},
		"quarantine":         {"quarantine", "id", "resolved_at is not null and received_at < $1"},
		"lost factor claims": {"lost_factor", "id", "ends_at < $1"},
		"throttles":          {"throttle", "key", "tried_at < $1"},
		"sessions":           {"session", "token_hash", "until < $1"},
		"pending logins":     {"login_step", "token_hash", "until < $1"},
		"auth requests":      {"eid_journey", "state_hash", "until < $1"},
		"ceremonies":         {"ceremony", "hash", "until < $1"},
		"contact codes":      {"contact_code", "ctid", "until < $1"},
	}
}

// Prune takes away at most so many things of a kind whose time ended before the instant. Two servers do not
// wait for each other.
func (s *Store) Prune(ctx context.Context, category string, before time.Time, most int) (n int, err error) {
	switch category {
	case "passages":
		n, err = s.blur(ctx, before, most)
	case "charges":
		n, err = s.dropCharges(ctx, before, most)
	default:
		p, known := pruned()[category]
		if !known {
			return 0, fmt.Errorf("prune: unknown category %s", category)
		}
		done, execErr := s.db.Pool.Exec(ctx, fmt.Sprintf("delete from %s where %s in (select %s from %s where %s limit $2 for update skip locked)",
			p.table, p.id, p.id, p.table, p.over), before, most)
		n, err = int(done.RowsAffected()), execErr
	}
	if err != nil {
		return 0, fmt.Errorf("prune %s: %w", category, err)
	}
	return n, nil
}

// blur leaves of passages what the accounts need: whose charge it is, and of which month.
func (s *Store) blur(ctx context.Context, before time.Time, most int) (int, error) {
	return s.overPassages(ctx, "station <> '' and passed_at < $1", before, most,
		`update passage set station = '', lane = 0, direction = '', tag = '', country = '', plate = '', vehicle_id = null,
			passed_at = date_trunc('month', passed_at at time zone 'Europe/Oslo') at time zone 'Europe/Oslo' where id = any($1)`,
		"update charge set steps = '[]', digest = 0 where passage_id = any($1)",
		"delete from passage_correction where passage_id = any($1)",
		"delete from passage_was where passage_id = any($1)",
		"delete from review where passage_id = any($1)",
	)
}

// dropCharges takes away what is left of passages, and their charges.
func (s *Store) dropCharges(ctx context.Context, before time.Time, most int) (int, error) {
	return s.overPassages(ctx, "passed_at < $1", before, most,
		"delete from charge where passage_id = any($1)", "delete from passage_correction where passage_id = any($1)",
		"delete from review where passage_id = any($1)", "delete from passage where id = any($1)", "delete from passage_was where passage_id = any($1)",
	)
}

func (s *Store) overPassages(ctx context.Context, which string, before time.Time, most int, statements ...string) (n int, err error) {
	err = pgx.BeginFunc(ctx, s.db.Pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "select id from passage where "+which+" order by passed_at limit $2 for update skip locked", before, most)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[pgtype.UUID])
		if err != nil || len(ids) == 0 {
			return err
		}
		n = len(ids)
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement, ids); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
