package migration_test

import (
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"bompass/server/internal/pgtest"
	"bompass/server/internal/pipelinetest"
	"bompass/server/store/migration"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
)

// The sums of passages that are stored when the sums are introduced are those of their charges.
func TestMigrationAddsUpStoredCharges(t *testing.T) {
	now := time.Now()
	r := pipelinetest.New(t, now)
	r.Send(pipelinetest.NDJSON(fixture.Passages(oslo.DayOf(now)-40, oslo.DayOf(now)-25)...))
	r.Send(pipelinetest.NDJSON(fixture.Passages(oslo.DayOf(now)-8, oslo.DayOf(now)-1)...))
	r.Settle()
	r.Stop()
	db := stdlib.OpenDBFromPool(r.DB.Pool)
	t.Cleanup(func() { _ = db.Close() })
	provider, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.DownTo(t.Context(), 27); err != nil {
		t.Fatal(err)
	}
	if _, err := migration.Up(t.Context(), r.DB.Pool); err != nil {
		t.Fatal(err)
	}
	if n := pgtest.One[int](t, r.DB, "select count(*) from passage_sum"); n < 100 {
		t.Errorf("there are %d sums", n)
	}
	if n := pgtest.One[int](t, r.DB, "select count(*) from cap_count"); n == 0 {
		t.Error("there are no counts towards caps")
	}
	r.WantSums()
}
