// Package pgtest provides tests with a real PostgreSQL: one temporary cluster for each test binary, and one
// empty, migrated database for each test. It works for root and for an ordinary user.
package pgtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"bompass/server/embedded"
	"bompass/server/store"
	"bompass/server/store/demo"
	"bompass/server/store/migration"
)

// prefix begins the names of the clusters' directories; the process id follows.
const prefix = "bompass-pgtest-"

// cluster is shared by the tests of one binary. PostgreSQL ends with the process, because the kernel signals it;
// the next test binary removes the directory.
var cluster = sync.OnceValues(start)

var count atomic.Int64

// start starts the cluster and migrates its database "bompass", from which the databases of tests are copied.
func start() (*embedded.Postgres, error) {
	removeOld()
	// The process id in the name shows removeOld whether a folder is still in use.
	dir := filepath.Join(os.TempDir(), prefix+strconv.Itoa(os.Getpid()))
	home, err := embedded.OpenHome(dir)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	p, err := embedded.StartThrowaway(ctx, home)
	if err != nil {
		return nil, err
	}
	template, err := store.Open(ctx, p.URL())
	if err != nil {
		return nil, err
	}
	defer template.Close()
	_, err = migration.Up(ctx, template.Pool)
	return p, err
}

// removeOld removes the directories of test binaries that have ended.
func removeOld() {
	old, _ := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	for _, dir := range old {
		pid, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(dir), prefix))
		if err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			_ = os.RemoveAll(dir)
		}
	}
}

// URL returns the address of an empty, migrated database, which is dropped at the end of the test.
func URL(tb testing.TB) string {
	tb.Helper()
	p, err := cluster()
	if err != nil {
		tb.Fatalf("test database: %v", err)
	}
	name := fmt.Sprintf("test_%d", count.Add(1))
	admin(tb, p, "create database "+name+" template bompass")
	tb.Cleanup(func() { admin(tb, p, "drop database "+name+" with (force)") })
	return p.URLOf(name)
}

// New opens an empty, migrated database, which is dropped at the end of the test.
func New(tb testing.TB) *store.DB {
	tb.Helper()
	return open(tb, URL(tb))
}

// Demo opens a database with the demo data of package fixture, which is dropped at the end of the test, and
// returns its address, too.
func Demo(tb testing.TB) (db *store.DB, url string) {
	tb.Helper()
	url = URL(tb)
	db = open(tb, url)
	if err := demo.Seed(tb.Context(), db, demo.Fixture()); err != nil {
		tb.Fatalf("test database: %v", err)
	}
	return db, url
}

// open opens a database for the time of the test.
func open(tb testing.TB, url string) *store.DB {
	tb.Helper()
	db, err := store.Open(tb.Context(), url)
	if err != nil {
		tb.Fatalf("test database: %v", err)
	}
	tb.Cleanup(db.Close)
	return db
}

// WaitingMessages returns the ids of the messages that are neither sent nor given up, the oldest first.
func WaitingMessages(tb testing.TB, db *store.DB) []string {
	tb.Helper()
	rows, err := db.Pool.Query(tb.Context(),
		"select id::text from outbox where sent_at is null and given_up_at is null order by written")
	if err != nil {
		tb.Fatal(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		tb.Fatal(err)
	}
	return ids
}

// admin runs a statement on the maintenance database, in which other databases are created and dropped.
func admin(tb testing.TB, p *embedded.Postgres, sql string) {
	tb.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, p.URLOf("postgres"))
	if err != nil {
		tb.Fatalf("test database: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		tb.Fatalf("test database: %v", err)
	}
}
