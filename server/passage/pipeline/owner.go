package pipeline

import (
	"context"
	"time"

	"bompass/server/passage"
	"bompass/server/passage/worker"
)

// Intervals of the owner of partitions.
const (
	leaseInterval = time.Second      // between two looks for partitions to take or to give away
	leaseTimeout  = 10 * time.Second // of one look
)

// owner runs the workers of the partitions that this server owns: an equal share of those of all servers. A server that
// ends or is killed gives its partitions to the others.
type owner struct {
	leases  passage.Leases
	workers []*worker.Worker
	run     func(ctx context.Context, w *worker.Worker)
	running map[int]*runningWorker
}

// runningWorker is a worker of a partition that is owned.
type runningWorker struct {
	stop  context.CancelFunc
	ended chan struct{}
}

// runOwner owns partitions until ctx ends or the leases are lost.
func (p *Pipeline) runOwner(ctx context.Context) error {
	leases, err := p.store.Leases(ctx)
	if err != nil {
		return err
	}
	o := &owner{leases: leases, workers: p.workers, running: map[int]*runningWorker{}, run: func(ctx context.Context, w *worker.Worker) {
		p.repeat(ctx, "post passages", w.Run)
	}}
	defer leases.Close(context.WithoutCancel(ctx))
	defer o.stopAll()
	ticker := time.NewTicker(leaseInterval)
	defer ticker.Stop()
	for {
		if err := o.balance(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// balance takes free partitions up to this server's share, and gives those above it away.
func (o *owner) balance(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseTimeout)
	defer cancel()
	servers, err := o.leases.Servers(ctx)
	if err != nil {
		return err
	}
	// Rounded up, so that the shares of all servers cover all partitions.
	share := (len(o.workers) + servers - 1) / max(servers, 1)
	for partition := range o.workers {
		switch owned := o.running[partition] != nil; {
		case owned && len(o.running) > share:
			o.stop(partition)
			if err := o.release(ctx, partition); err != nil {
				return err
			}
		case !owned && len(o.running) < share:
			acquired, err := o.leases.TryAcquire(ctx, partition)
			if err != nil {
				return err
			}
			if acquired {
				o.start(ctx, partition)
			}
		}
	}
	return nil
}

// release gives a partition away. It has time of its own, because a worker may have taken long to stop.
func (o *owner) release(ctx context.Context, partition int) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseTimeout)
	defer cancel()
	return o.leases.Release(ctx, partition)
}

// start runs the worker of a partition.
// start runs the worker of a partition until stop. It does not end with ctx, which is that of taking the partition.
func (o *owner) start(ctx context.Context, partition int) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	r := &runningWorker{stop: stop, ended: make(chan struct{})}
	o.running[partition] = r
	go func() {
		defer close(r.ended)
		o.run(ctx, o.workers[partition])
	}()
}

// stop ends the worker of a partition after the transaction that it has begun.
func (o *owner) stop(partition int) {
	r := o.running[partition]
	r.stop()
	<-r.ended
	delete(o.running, partition)
}

// stopAll stops all workers. All are signalled first, so that they end concurrently.
func (o *owner) stopAll() {
	for _, r := range o.running {
		r.stop()
	}
	for partition := range o.running {
		o.stop(partition)
	}
}
