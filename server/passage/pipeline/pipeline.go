// Package pipeline runs the whole way of a passage from a station's batch to a posted charge: intake, the
// quarantine and one worker for each partition.
package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bompass/server/passage"
	"bompass/server/passage/intake"
	"bompass/server/passage/stream"
	"bompass/server/passage/worker"
	"bompass/shared/rating"
)

// defaultReviewInterval is the time between two queries for due work.
const defaultReviewInterval = 2 * time.Second

// Store is the persistence of the pipeline.
type Store interface {
	passage.Ledger
	passage.RegisterSource
}

// Deps are the parts of a Pipeline.
type Deps struct {
	Store          Store
	Plan           *rating.Plan
	Conn           *nats.Conn
	Now            func() time.Time
	Log            *slog.Logger
	ReviewInterval time.Duration // between two queries for due work; 0 means two seconds
}

// Pipeline accepts passages and posts their charges. It is safe for concurrent use.
type Pipeline struct {
	*intake.Intake
	store          Store
	js             jetstream.JetStream
	workers        []*worker.Worker
	now            func() time.Time
	reviewInterval time.Duration
}

// New returns a Pipeline and opens its stream. Passages are posted only while Run runs.
func New(ctx context.Context, d Deps) (*Pipeline, error) {
	js, err := jetstream.New(d.Conn, jetstream.WithDefaultTimeout(stream.RequestMax))
	if err != nil {
		return nil, fmt.Errorf("passage stream: %w", err)
	}
	if err := stream.Open(ctx, js); err != nil {
		return nil, err
	}
	p := &Pipeline{store: d.Store, js: js, now: d.Now, reviewInterval: cmp.Or(d.ReviewInterval, defaultReviewInterval)}
	register := passage.NewRegisterCache(d.Store)
	p.Intake = intake.New(intake.Deps{Store: d.Store, Plan: d.Plan, Stream: js, Register: register, Now: d.Now, Log: d.Log})
	for partition := range passage.Partitions {
		p.workers = append(p.workers, worker.New(worker.Deps{
			Ledger: d.Store, Plan: d.Plan, Conn: d.Conn, Stream: js, Register: register, ReviewInterval: p.reviewInterval, Now: d.Now, Log: d.Log,
		}, partition))
	}
	return p, nil
}

// Ready returns an error if the stream does not answer.
func (p *Pipeline) Ready(ctx context.Context) error {
	if _, err := p.js.Stream(ctx, stream.Name); err != nil {
		return fmt.Errorf("passage stream: %w", err)
	}
	return nil
}

// Run posts passages until ctx ends; batches that have begun are finished first.
func (p *Pipeline) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	start := func(run func(context.Context) error) {
		group.Go(func() {
			if err := run(ctx); err != nil {
				cancel(err) // the others end as well; the first error is returned
			}
		})
	}
	for _, w := range p.workers {
		start(w.Run)
	}
	start(func(ctx context.Context) error { return p.RunQuarantine(ctx, p.reviewInterval) })
	group.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// Idle reports whether everything accepted has been processed and nothing is due.
func (p *Pipeline) Idle(ctx context.Context) (bool, error) {
	s, err := p.js.Stream(ctx, stream.Name)
	if err != nil {
		return false, fmt.Errorf("passage stream: %w", err)
	}
	info, err := s.Info(ctx)
	if err != nil {
		return false, fmt.Errorf("passage stream: %w", err)
	}
	if info.State.Msgs > 0 {
		return false, nil
	}
	due, err := p.store.DueWork(ctx, p.now())
	return len(due.Partitions)+len(due.RegisterChanges) == 0 && !due.HasReleased, err
}
