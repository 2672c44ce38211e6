// Package pipeline processes passages from a station's batch to a posted charge: intake, the
// quarantine and one worker for each partition.
package pipeline

import (
	"cmp"
	"context"
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
	"bompass/server/pricelist"
)

// defaultReviewInterval is the time between two queries for due work.
const defaultReviewInterval = 2 * time.Second

// Store is the persistence of the pipeline.
type Store interface {
	passage.Ledger
	passage.RegisterSource
	passage.LeaseSource
}

// Deps are the parts of a Pipeline.
type Deps struct {
	Store          Store
	Prices         *pricelist.InForce
	Conn           *nats.Conn
	Now            func() time.Time
	Log            *slog.Logger
	Stream         stream.Options
	Room           func() error  // returns an error if the stream's disk is full; nil if another program looks after it
	ReviewInterval time.Duration // between two queries for due work; 0 means two seconds
}

// Pipeline accepts passages and posts their charges. It is safe for concurrent use.
type Pipeline struct {
	*intake.Intake
	store          Store
	js             jetstream.JetStream
	workers        []*worker.Worker
	stream         stream.Options
	room           func() error
	opened         bool // whether New has opened the stream
	now            func() time.Time
	log            *slog.Logger
	reviewInterval time.Duration
}

// openWait is how long New waits for the stream.
const openWait = 10 * time.Second

// Bounds of the pause before a part of the pipeline is started again after a failure.
const (
	restartDelay    = time.Second
	restartDelayMax = 30 * time.Second
)

// New returns a Pipeline and opens its stream. If the stream cannot be opened now, because its servers have no leader
// or cannot be reached, Run opens it. Passages are posted only while Run runs.
func New(ctx context.Context, d Deps) (*Pipeline, error) {
	js, err := jetstream.New(d.Conn, jetstream.WithDefaultTimeout(stream.RequestMax))
	if err != nil {
		return nil, fmt.Errorf("passage stream: %w", err)
	}
	if d.Room == nil {
		d.Room = func() error { return nil }
	}
	p := &Pipeline{store: d.Store, js: js, stream: d.Stream, room: d.Room, now: d.Now, log: d.Log, reviewInterval: cmp.Or(d.ReviewInterval, defaultReviewInterval)}
	ctx, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	if err := stream.Open(ctx, js, d.Stream); err != nil {
		d.Log.Warn("open the passage stream; trying again", "error", err)
	} else {
		p.opened = true
	}
	register := passage.NewRegisterCache(d.Store)
	p.Intake = intake.New(intake.Deps{Store: d.Store, Prices: d.Prices, Stream: js, Register: register, Room: d.Room, Now: d.Now, Log: d.Log})
	for partition := range passage.Partitions {
		p.workers = append(p.workers, worker.New(worker.Deps{
			Ledger: d.Store, Prices: d.Prices, Conn: d.Conn, Stream: js, Register: register, ReviewInterval: p.reviewInterval, Now: d.Now, Log: d.Log,
		}, partition))
	}
	return p, nil
}

// Ready returns an error if the stream does not answer or its disk is full.
func (p *Pipeline) Ready(ctx context.Context) error {
	if err := p.room(); err != nil {
		return err
	}
	if _, err := p.js.Stream(ctx, stream.Name); err != nil {
		return fmt.Errorf("passage stream: %w", err)
	}
	return nil
}

// Run posts passages until ctx ends; batches that have begun are finished first. A part that fails, because the stream
// has no leader for example, is started again after a pause.
func (p *Pipeline) Run(ctx context.Context) error {
	if !p.opened {
		p.repeat(ctx, "open the passage stream", func(ctx context.Context) error { return stream.Open(ctx, p.js, p.stream) })
	}
	var group sync.WaitGroup
	group.Go(func() { p.repeat(ctx, "own partitions", p.runOwner) })
	group.Go(func() {
		p.repeat(ctx, "store quarantined passages", func(ctx context.Context) error { return p.RunQuarantine(ctx, p.reviewInterval) })
	})
	group.Wait()
	return nil
}

// repeat runs a part until it returns without an error or ctx ends.
func (p *Pipeline) repeat(ctx context.Context, what string, run func(context.Context) error) {
	for delay := restartDelay; ; delay = min(2*delay, restartDelayMax) {
		began := time.Now() //nolint:forbidigo // how long the part has run, not what time it is
		err := run(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		if time.Since(began) > restartDelayMax {
			delay = restartDelay
		}
		p.log.Error(what+"; trying again", "error", err, "delay", delay)
		select {
		case <-ctx.Done():
			return
		case <-time.After(delay):
		}
	}
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
