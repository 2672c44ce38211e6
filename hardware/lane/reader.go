package lane

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"bompass/hardware"
	"bompass/hardware/efc"
)

// ripenEvery is how often joined passages are looked for, againAfter when a journal that refused is
// tried again.
const (
	joinEvery = 200 * time.Millisecond
	retryAfter = time.Second
)

// Journal keeps what devices saw until it has become passages, so that nothing is lost while it waits
// to be joined. Where there is none, what waits dies with the process.
type Journal interface {
	// Keep writes a sighting down and returns its number. When it has returned, the sighting outlives
	// the process: a receipt may be written to the tag.
	Keep(s hardware.Sighting) (id int64, err error)
	// Waiting are the sightings that an earlier process has not settled.
	Waiting() map[int64]hardware.Sighting
	// Settle tells one passage exactly once, or none when tell is nil; its sightings are then forgotten.
	// After an error nothing has been told.
	Settle(p Passage, tell func(hardware.Sighting) error) error
}

// Reader joins what several readers see of the same lanes: tag readers, cameras, loops. It implements
// hardware.Reader. All its parts are given by the one who builds it.
type Reader struct {
	Sources []hardware.Reader
	Rules   Rules
	Now     func() time.Time
	Wait    func(context.Context, time.Duration) error // sleeps, or returns the context's error
	Review func(Passage) error                        // keeps what a person must look at: plates in doubt and vehicles unseen
	Journal Journal                                    // may be nil

	mu    sync.Mutex
	lanes map[int]*Joiner
	since time.Time
	seen  hardware.Health
}

var _ hardware.Reader = (*Reader)(nil)

// Run joins until ctx ends or a source fails. What waits then is told as it stands.
func (r *Reader) Run(ctx context.Context, emit func(hardware.Sighting) error) error {
	r.mu.Lock()
	r.lanes, r.since = map[int]*Joiner{}, r.Now()
	r.mu.Unlock()
	r.resume()
	reading, stop := context.WithCancel(ctx)
	defer stop()
	errs := make([]error, len(r.Sources))
	var running sync.WaitGroup
	for i, source := range r.Sources {
		running.Go(func() {
			errs[i] = source.Run(reading, func(s hardware.Sighting) error { return r.add(ctx, s) })
			if errs[i] != nil {
				stop()
			}
		})
	}
	var err error
	for err == nil && r.Wait(reading, joinEvery) == nil {
		err = r.emitReady(reading, emit, false)
	}
	stop()
	running.Wait()
	return errors.Join(err, errors.Join(errs...), r.emitReady(ctx, emit, true))
}

// resume goes on with what an earlier process left, in the order it was seen.
func (r *Reader) resume() {
	if r.Journal == nil {
		return
	}
	waiting := r.Journal.Waiting()
	for _, id := range slices.Sorted(maps.Keys(waiting)) {
		r.join(waiting[id], id)
	}
}

// add keeps a sighting, however long the disk refuses, and lets it be joined.
func (r *Reader) add(ctx context.Context, s hardware.Sighting) error {
	if r.Journal == nil {
		r.join(s)
		return nil
	}
	for {
		id, err := r.Journal.Keep(s)
		if err == nil {
			r.join(s, id)
			return nil
		}
		if r.Wait(ctx, retryAfter) != nil {
			return err
		}
	}
}

func (r *Reader) join(s hardware.Sighting, ids ...int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	j := r.lanes[s.Lane]
	if j == nil {
		j = NewJoiner(r.Rules)
		r.lanes[s.Lane] = j
	}
	j.Add(s, r.Now(), ids...)
}

// emitReady emits the passages that are ripe. A plate in doubt may belong to a tag that is told of anyway,
// so it is kept for a person and charged to nobody.
func (r *Reader) emitReady(ctx context.Context, emit func(hardware.Sighting) error, closing bool) error {
	for _, p := range r.ready(closing) {
		for {
			err := r.settle(p, emit)
			if err == nil {
				break
			}
			if r.Wait(ctx, retryAfter) != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Reader) settle(p Passage, emit func(hardware.Sighting) error) error {
	doubtful := p.Doubt != NoDoubt || p.loopOnly()
	if doubtful {
		if err := r.Review(p); err != nil {
			return err
		}
	}
	if doubtful && p.Tag.IsZero() {
		emit = nil
	}
	switch {
	case r.Journal != nil:
		return r.Journal.Settle(p, emit)
	case emit != nil:
		return emit(p.Sighting)
	}
	return nil
}

// loopOnly tells whether a loop alone has felt the vehicle.
func (p Passage) loopOnly() bool { return p.Tag.IsZero() && p.Plate.Text == "" }

func (r *Reader) ready(closing bool) (all []Passage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, j := range r.lanes {
		for _, p := range j.Ready(r.Now(), closing) {
			r.seen.Vehicles++
			if p.Tag.Finding.Chargeable() {
				r.seen.Tags++
			}
			p.Tag.Finding = efc.ComparePlate(p.Tag, p.Plate)
			all = append(all, p)
		}
	}
	byTime(all)
	return all
}

// Health is up while every source is; the offset is the camera's of the lane where it is largest.
func (r *Reader) Health() hardware.Health {
	r.mu.Lock()
	h := hardware.Health{Up: true, Since: r.since, Vehicles: r.seen.Vehicles, Tags: r.seen.Tags}
	for _, j := range r.lanes {
		if offset, known := j.Offset(); known && offset.Abs() > h.Offset.Abs() {
			h.Offset = offset
		}
	}
	r.mu.Unlock()
	for _, source := range r.Sources {
		of := source.Health()
		if !of.Up {
			h.Up = false
		}
		if of.Since.After(h.Since) {
			h.Since = of.Since
		}
		if of.Fault != "" {
			h.Fault = of.Fault
		}
	}
	return h
}
