package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"

	"bompass/server/internal/pgtest"
	"bompass/server/store"
)

// A transaction is committed when its function returns nil, and only then. TryTx hides the error that means that
// another one was first, and no other.
func TestTransactionsEndAsTheirFunctionsSay(t *testing.T) {
	db := pgtest.New(t)
	broken := errors.New("broken")
	for _, c := range []struct {
		err       error
		tryErr    error
		committed bool
	}{{nil, nil, true}, {broken, broken, false}, {store.ErrSpent, nil, false}, {errors.Join(broken, store.ErrSpent), nil, false}} {
		run := func(tx pgx.Tx) error {
			if _, err := tx.Exec(t.Context(), "insert into throttle values (gen_random_uuid()::text, 1, now())"); err != nil {
				return err
			}
			return c.err
		}
		if err := db.Tx(t.Context(), "count tries", run); !errors.Is(err, c.err) || err != nil && !strings.HasPrefix(err.Error(), "count tries: ") {
			t.Errorf("%v: Tx returns %v", c.err, err)
		}
		if done, err := db.TryTx(t.Context(), "count tries", run); !errors.Is(err, c.tryErr) || done != c.committed {
			t.Errorf("%v: TryTx returns %v, %v", c.err, done, err)
		}
		want := 0
		if c.committed {
			want = 2
		}
		if n := pgtest.One[int](t, db, "with gone as (delete from throttle returning 1) select count(*) from gone"); n != want {
			t.Errorf("%v: %d rows, want %d", c.err, n, want)
		}
	}
}

// A snapshot sees the database as it was at its first statement, whatever is committed meanwhile, and writes nothing.
func TestSnapshotSeesOneInstant(t *testing.T) {
	db := pgtest.New(t)
	var before, after int
	count := func(tx pgx.Tx, n *int) error {
		return tx.QueryRow(t.Context(), "select count(*) from throttle").Scan(n)
	}
	err := db.Snapshot(t.Context(), "count", func(tx pgx.Tx) error {
		if err := count(tx, &before); err != nil {
			return err
		}
		pgtest.Exec(t, db, "insert into throttle values ('k', 1, now())")
		return count(tx, &after)
	})
	if err != nil || before != 0 || after != 0 {
		t.Errorf("%d, then %d rows, %v", before, after, err)
	}
	err = db.Snapshot(t.Context(), "write", func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "delete from throttle")
		return err
	})
	if !store.HasCode(err, pgerrcode.ReadOnlySQLTransaction) {
		t.Errorf("a snapshot that writes: %v", err)
	}
}

// ExactlyOne accepts a statement that changed one row.
func TestExactlyOneRow(t *testing.T) {
	db := pgtest.New(t)
	for rows, want := range map[int]error{0: store.ErrSpent, 1: nil, 2: store.ErrSpent} {
		pgtest.Exec(t, db, "delete from throttle")
		pgtest.Exec(t, db, "insert into throttle select n::text, 0, now() from generate_series(1, $1) n", rows)
		if err := store.ExactlyOne(db.Pool.Exec(t.Context(), "update throttle set count = 1")); !errors.Is(err, want) {
			t.Errorf("%d rows: got %v, want %v", rows, err, want)
		}
	}
	pgtest.Exec(t, db, "insert into throttle values ('a row', 0, now())")
	err := store.ExactlyOne(db.Pool.Exec(t.Context(), "update throttle set count = null"))
	if errors.Is(err, store.ErrSpent) || !store.HasCode(err, pgerrcode.NotNullViolation) || store.HasCode(err, pgerrcode.UniqueViolation) {
		t.Errorf("a statement that fails: %v", err)
	}
}

// A row is read by the names of its columns: a column without a field, and a field without a column, is an error.
func TestRowsAreReadByName(t *testing.T) {
	db := pgtest.New(t)
	type row struct {
		Key   string
		Count int
	}
	list, err := store.Select[row](t.Context(), db.Pool, "select 2 as count, 'b' as key union all select 1, 'a' order by key")
	if err != nil || len(list) != 2 || list[0] != (row{"a", 1}) || list[1] != (row{"b", 2}) {
		t.Errorf("got %v, %v", list, err)
	}
	for _, sql := range []string{"select 1 as count", "select 1 as count, 'a' as key, 2 as more", "select 1 as count, 'a' as name"} {
		if got, err := store.SelectOne[row](t.Context(), db.Pool, sql); err == nil {
			t.Errorf("%s: got %v", sql, got)
		}
	}
	if _, err := store.SelectOne[row](t.Context(), db.Pool, "select 1 as count, 'a' as key where false"); !errors.Is(err, pgx.ErrNoRows) {
		t.Errorf("no row: %v", err)
	}
	if store.NullIfZero("") != nil || *store.NullIfZero("a") != "a" || store.ZeroIfNull[int](nil) != 0 || store.ZeroIfNull(new(7)) != 7 {
		t.Error("null and zero are not converted into each other")
	}
}
