package migration_test

import (
	"errors"
	"testing"

	"bompass/server/internal/pgtest"
	"bompass/server/store/migration"
)

// An older build must not write to the database of a newer one.
func TestDatabaseOfNewerBuildIsRefused(t *testing.T) {
	db := pgtest.New(t)
	if _, err := db.Pool.Exec(t.Context(), "insert into goose_db_version (version_id, is_applied) values (9999, true)"); err != nil {
		t.Fatal(err)
	}
	if _, err := migration.Up(t.Context(), db.Pool); !errors.Is(err, migration.ErrNewerSchema) {
		t.Errorf("got %v, want %v", err, migration.ErrNewerSchema)
	}
}
