package migration_test

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"bompass/server/internal/pgtest"
	"bompass/server/job"
	"bompass/server/store"
	"bompass/server/store/migration"
)

// emptyAndMigrateTo empties a database, applies the steps up to a version, and returns the provider of the others.
func emptyAndMigrateTo(t *testing.T, s *store.DB, version int64) *goose.Provider {
	t.Helper()
	if _, err := s.Pool.Exec(t.Context(), "drop schema public cascade; create schema public"); err != nil {
		t.Fatal(err)
	}
	if err := job.Migrate(t.Context(), s.Pool); err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDBFromPool(s.Pool)
	t.Cleanup(func() { _ = db.Close() })
	provider, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	return provider
}

// A message that waits when the job queue is introduced gets a job that sends it; one that was sent or given up
// does not.
func TestMigrationGivesWaitingMessagesTheirJobs(t *testing.T) {
	s := pgtest.New(t)
	ctx := t.Context()
	provider := emptyAndMigrateTo(t, s, 17)
	const waiting = "0196a000-0000-7000-8000-00000000f001"
	_, err := s.Pool.Exec(ctx, `insert into outbox (id, channel, kind, due_at, tries, sent_at, given_up_at) values
		('`+waiting+`', 'mail', 'reset', now() + interval '4 hours', 11, null, null), (gen_random_uuid(), 'mail', 'reset', now(), 1, now(), null),
		(gen_random_uuid(), 'mail', 'reset', now(), 12, null, now()), (gen_random_uuid(), 'none', 'reset', now(), 0, now(), null)`)
	if err != nil {
		t.Fatal(err)
	}
	for _, up := range []bool{true, false, true} {
		if !up {
			if _, err := provider.DownTo(ctx, 17); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if _, err := migration.Up(ctx, s.Pool); err != nil {
			t.Fatal(err)
		}
		var jobs int
		var id string
		err := s.Pool.QueryRow(ctx, "select count(*), coalesce(max(args->>'id'), '') from river_job where kind = 'message.send' and state = 'available' and scheduled_at <= now()").Scan(&jobs, &id)
		if err != nil || jobs != 1 || id != waiting {
			t.Errorf("%d jobs, of message %s, %v", jobs, id, err)
		}
	}
}
