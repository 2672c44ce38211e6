// Package job runs work outside of requests: in the background, again after a failure, and at intervals.
//
// A job is a row in the database that is added in the transaction of its cause: it exists exactly if the
// cause was committed. River (github.com/riverqueue/river) keeps, distributes and retries jobs; this package
// is the only one that imports it. What a job does is the business of the domain that defines its Args.
package job

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// Args are the arguments of one kind of job. They are kept as JSON in the database in the clear, so they name
// rows rather than people.
type Args interface {
	// Kind returns the name of the kind of job; it never changes, since jobs outlive a release.
	Kind() string
	// MaxAttempts is the maximum number of attempts, the first one included.
	MaxAttempts() int
}

// inserter returns a River client that only inserts. It needs no pool, because each insert names its transaction.
var inserter = sync.OnceValues(func() (*river.Client[pgx.Tx], error) {
	return river.NewClient(riverpgxv5.New(nil), &river.Config{})
})

// Insert adds jobs within a transaction. They run after the transaction is committed, and never if it is
// rolled back.
func Insert[A Args](ctx context.Context, tx pgx.Tx, jobs []A) error {
	if len(jobs) == 0 {
		return nil
	}
	client, err := inserter()
	if err != nil {
		return fmt.Errorf("insert jobs: %w", err)
	}
	params := make([]river.InsertManyParams, 0, len(jobs))
	for _, args := range jobs {
		params = append(params, river.InsertManyParams{Args: args, InsertOpts: &river.InsertOpts{MaxAttempts: args.MaxAttempts()}})
	}
	if _, err := client.InsertManyFastTx(ctx, tx, params); err != nil {
		return fmt.Errorf("insert jobs: %w", err)
	}
	return nil
}

// migrationLock is the advisory lock that servers hold in turn while they migrate.
const migrationLock = 0x626f6d70617373 // "bompass"

// Migrate brings River's tables up to date, one transaction a version. Servers that start at the same time
// take turns.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	conn, err := pool.Acquire(ctx) // the lock is the connection's
	if err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	defer func() {
		_, _ = conn.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", int64(migrationLock))
	}()
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	return nil
}

// permanent is an error that reports whether another attempt is pointless.
type permanent interface{ Permanent() bool }

// isPermanent reports whether err, or an error that it wraps, says that another attempt is pointless.
func isPermanent(err error) bool {
	var p permanent
	return errors.As(err, &p) && p.Permanent()
}
