package passage

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

	"bompass/shared/fault"
	"bompass/shared/rating"
)

// Store is what the pipeline remembers and asks.
type Store interface {
	Ledger
	RegisterSource
}

// Pipeline takes passages in and posts their charges.
type Pipeline struct {
	store          Store
	plan           *rating.Plan
	conn           *nats.Conn
	js             jetstream.JetStream
	now            func() time.Time
	log            *slog.Logger
	directories    *DirectoryCache
	unknownKeys    *unknownKeys
	reviewInterval time.Duration
}

// defaultReviewInterval is how often it is asked what is due.
const defaultReviewInterval = 2 * time.Second

// Deps is what a Pipeline is made of.
type Deps struct {
	Store          Store
	Plan           *rating.Plan
	Conn           *nats.Conn
	Now            func() time.Time
	Log            *slog.Logger
	ReviewInterval time.Duration // how often it is asked what is due; 0 is every two seconds
}

// NewPipeline opens the stream. Passages are posted only while Run runs.
func NewPipeline(ctx context.Context, d Deps) (*Pipeline, error) {
	js, err := jetstream.New(d.Conn)
	if err != nil {
		return nil, fmt.Errorf("passage stream: %w", err)
	}
	if err := Open(ctx, js); err != nil {
		return nil, err
	}
	p := &Pipeline{store: d.Store, plan: d.Plan, conn: d.Conn, js: js, now: d.Now, log: d.Log}
	p.reviewInterval = cmp.Or(d.ReviewInterval, defaultReviewInterval)
	p.directories = &DirectoryCache{source: d.Store}
	p.unknownKeys = &unknownKeys{log: d.Log}
	return p, nil
}

// Ready tells whether the stream answers.
func (p *Pipeline) Ready(ctx context.Context) error {
	if _, err := p.js.Stream(ctx, streamName); err != nil {
		return fmt.Errorf("passage stream: %w", err)
	}
	return nil
}

// Run posts passages until ctx ends; the batches begun by then are finished first.
func (p *Pipeline) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	begin := func(run func(context.Context) error) {
		group.Go(func() {
			if err := run(ctx); err != nil {
				cancel(err) // the others end as well; only the first reason counts
			}
		})
	}
	for no := range Partitions {
		begin(newWorker(p, no).run)
	}
	begin(p.runQuarantine)
	group.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// How old intake's picture of keys and vehicles may be, and how long it waits for a newer one.
const (
	directoryAge  = time.Second
	directoryWait = 2 * time.Second
)

// DirectoryCache shares one Directory among intake and workers.
type DirectoryCache struct {
	source  RegisterSource
	mu      sync.Mutex
	current *Directory
	checked time.Time
}

// Fresh returns a Directory that was in force within the last second. While the database is away it is
// the last one known: passages are taken in all the same, and matched when they are worked off.
func (d *DirectoryCache) Fresh(ctx context.Context, now time.Time) (*Directory, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current != nil && now.Sub(d.checked).Abs() < directoryAge {
		return d.current, nil
	}
	d.checked = now
	ctx, cancel := context.WithTimeout(ctx, directoryWait)
	defer cancel()
	version, err := d.source.RegisterVersion(ctx)
	if err != nil && d.current != nil {
		return d.current, nil // the workers say that it is away
	}
	if err != nil {
		return nil, errors.Join(fault.New(fault.Busy), err)
	}
	return d.load(ctx, version)
}

// AtLeast returns a Directory of at least a version.
func (d *DirectoryCache) AtLeast(ctx context.Context, version int64) (*Directory, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.load(ctx, version)
}

func (d *DirectoryCache) load(ctx context.Context, version int64) (*Directory, error) {
	if d.current != nil && d.current.version >= version {
		return d.current, nil
	}
	register, err := d.source.Register(ctx)
	if err != nil {
		return nil, err
	}
	next, err := NewDirectory(register)
	if err != nil {
		return nil, err
	}
	d.current = next
	return next, nil
}

// Idle tells whether everything taken in has been worked off, and nothing is due.
func (p *Pipeline) Idle(ctx context.Context) (bool, error) {
	s, err := p.js.Stream(ctx, streamName)
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
	agenda, err := p.store.DueWork(ctx, p.now())
	return len(agenda.Partitions)+len(agenda.RegisterChanges) == 0 && !agenda.HasReleased, err
}
