package passage

import "context"

// Leases are the partitions that one server owns. Correctness does not depend on them, since a transaction locks its
// partition: an owner keeps the sets of its vehicles in memory, which the transactions of another server would make
// invalid. Leases are not safe for concurrent use.
type Leases interface {
	// Servers returns the number of servers that have leases open, this one included.
	Servers(ctx context.Context) (int, error)
	// TryAcquire takes a partition unless another server owns it, and reports whether it did.
	TryAcquire(ctx context.Context, partition int) (bool, error)
	// Release gives a partition to whichever server takes it first.
	Release(ctx context.Context, partition int) error
	// Close releases all partitions.
	Close(ctx context.Context)
}

// LeaseSource opens leases.
type LeaseSource interface {
	Leases(ctx context.Context) (Leases, error)
}
