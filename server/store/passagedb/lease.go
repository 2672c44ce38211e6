package passagedb

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"

	"bompass/server/passage"
)

// Classes of advisory locks. A lock has a class and a number: a partition's, or a random one of a server.
const (
	lockPartition = 0x7011
	lockServer    = 0x7012
)

// leases is a connection whose advisory locks are the partitions that a server owns. They end with the connection, so
// also when the server is killed. A connection pooler in transaction mode must not lie between.
type leases struct {
	conn *pgx.Conn
}

// Leases opens a connection for the partitions that this server owns, and makes the server known to the others.
func (s *Store) Leases(ctx context.Context) (passage.Leases, error) {
	pooled, err := s.db.Pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("partition leases: %w", err)
	}
	l := &leases{pooled.Hijack()}
	// A server whose host has vanished is noticed within about ten seconds. Sockets without TCP ignore the settings.
	_, err = l.conn.Exec(ctx, "set tcp_keepalives_idle = 4; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3")
	if err == nil {
		_, err = l.conn.Exec(ctx, "select pg_advisory_lock($1, $2)", lockServer, rand.Int32())
	}
	if err != nil {
		l.Close(ctx)
		return nil, fmt.Errorf("partition leases: %w", err)
	}
	return l, nil
}

// Servers returns the number of servers that have leases open, this one included.
func (l *leases) Servers(ctx context.Context) (n int, err error) {
	err = l.conn.QueryRow(ctx, `select count(*) from pg_locks where locktype = 'advisory' and classid = $1 and granted
		and database = (select oid from pg_database where datname = current_database())`, lockServer).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count servers: %w", err)
	}
	return n, nil
}

// TryAcquire takes a partition unless another server owns it, and reports whether it did.
func (l *leases) TryAcquire(ctx context.Context, partition int) (acquired bool, err error) {
	if err = l.conn.QueryRow(ctx, "select pg_try_advisory_lock($1, $2)", lockPartition, partition).Scan(&acquired); err != nil {
		return false, fmt.Errorf("acquire partition %d: %w", partition, err)
	}
	return acquired, nil
}

// Release gives a partition to whichever server takes it first.
func (l *leases) Release(ctx context.Context, partition int) error {
	if _, err := l.conn.Exec(ctx, "select pg_advisory_unlock($1, $2)", lockPartition, partition); err != nil {
		return fmt.Errorf("release partition %d: %w", partition, err)
	}
	return nil
}

// Close releases all partitions and closes the connection.
func (l *leases) Close(ctx context.Context) { _ = l.conn.Close(ctx) }
