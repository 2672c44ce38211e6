// Package migration is the history of the schema: one SQL file a step, applied in order. A file that has
// been published never changes what it does.
package migration

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"bompass/server/job"
)

//go:embed *.sql
var files embed.FS

// ErrNewerSchema means that a newer build has brought the database up to date.
var ErrNewerSchema = errors.New("the database is newer than this build; start the newer build, or restore the backup that was made before it")

// refuseNewerSchema returns ErrNewerSchema if the database has steps that this build does not know: it could write what
// the newer build does not expect.
func refuseNewerSchema(ctx context.Context, provider *goose.Provider) error {
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	sources := provider.ListSources()
	if latest := sources[len(sources)-1].Version; version > latest {
		return fmt.Errorf("the database has step %d and this build knows up to %d: %w", version, latest, ErrNewerSchema)
	}
	return nil
}

// Up applies the steps that a database lacks and returns how many those were. The tables of the job queue, which
// a step may use, are brought up to date first. Two servers that start at once take turns.
func Up(ctx context.Context, pool *pgxpool.Pool) (int, error) {
	if err := job.Migrate(ctx, pool); err != nil {
		return 0, err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	db := stdlib.OpenDBFromPool(pool)
	defer func() { _ = db.Close() }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, fs.FS(files), goose.WithSessionLocker(locker))
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	if err := refuseNewerSchema(ctx, provider); err != nil {
		return 0, err
	}
	done, err := provider.Up(ctx)
	if err != nil {
		return len(done), fmt.Errorf("migrate: %w", err)
	}
	return len(done), nil
}

// Empty reports whether the database has no tables at all, not even those of an earlier version.
func Empty(ctx context.Context, pool *pgxpool.Pool) (empty bool, err error) {
	err = pool.QueryRow(ctx, `select not exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast'))`).Scan(&empty)
	if err != nil {
		return false, fmt.Errorf("look for tables: %w", err)
	}
	return empty, nil
}
