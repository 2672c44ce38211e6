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

// Intervals of looking for joined passages and of retrying a journal that failed.
const (
	joinEvery  = 200 * time.Millisecond
	retryAfter = time.Second
)

// Journal stores sightings until they have become passages, so that a crash loses none that wait to be
// joined. Without a Journal, waiting sightings are lost with the process.
type Journal interface {
	// Keep stores a sighting durably and returns its id. After that a receipt may be written to the tag.
	Keep(s hardware.Sighting) (id int64, err error)
	// Waiting returns the sightings that an earlier process has not settled.
	Waiting() map[int64]hardware.Sighting
	// Settle emits one passage exactly once, or none when emit is nil, and drops its sightings. After an
	// error nothing has been emitted.
	Settle(p Passage, emit func(hardware.Sighting) error) error
}

// Reader joins the sightings of several readers of the same lanes: tag readers, cameras, loops. It
// implements hardware.Reader. Set the fields before Run.
type Reader struct {
	Sources []hardware.Reader
	Rules   Rules
	Now     func() time.Time
	Wait    func(context.Context, time.Duration) error // sleeps, or returns the context's error
	Review  func(Passage) error                        // stores a passage for manual review: plates in doubt and vehicles that only a loop detected
	Journal Journal                                    // may be nil
	// Quarantine stores a sighting that can never be stored otherwise, with the reason. Required with a Journal.
	Quarantine func(hardware.Sighting, error) error

	mu    sync.Mutex
	lanes map[int]*Joiner
	merge *merger
	since time.Time
	seen  hardware.Health
}

var _ hardware.Reader = (*Reader)(nil)

// Run joins until ctx ends or a source fails, and then emits what waits without joining it further.
func (r *Reader) Run(ctx context.Context, emit func(hardware.Sighting) error) error {
	r.mu.Lock()
	r.lanes, r.merge, r.since = map[int]*Joiner{}, newMerger(), r.Now()
	r.mu.Unlock()
	r.resume()
	reading, stop := context.WithCancel(ctx)
	defer stop()
	errs := make([]error, len(r.Sources))
	var running sync.WaitGroup
	for i, source := range r.Sources {
		running.Go(func() {
			errs[i] = source.Run(reading, func(s hardware.Sighting) error { return r.add(ctx, s) })
			// One failed source ends the others, and Run with its error.
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
	// All sources have ended, so no further sighting can arrive.
	return errors.Join(err, errors.Join(errs...), r.emitReady(ctx, emit, true))
}

// resume adds the sightings of an earlier process, in their order.
func (r *Reader) resume() {
	if r.Journal == nil {
		return
	}
	waiting := r.Journal.Waiting()
	for _, id := range slices.Sorted(maps.Keys(waiting)) {
		r.join(waiting[id], id)
	}
}

// add stores a sighting and adds it to its lane. It retries while the disk fails.
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
		if errors.Is(err, hardware.ErrInvalid) {
			if err = r.Quarantine(s, err); err == nil {
				return nil
			}
		}
		if r.Wait(ctx, retryAfter) != nil {
			return err
		}
	}
}

// join adds a sighting to the joiner of its lane. ids are those of its journal entries.
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

// emitReady emits the passages that are ready. A plate in doubt may belong to a tag that is emitted in any
// case, so it goes to review only and is not charged.
func (r *Reader) emitReady(ctx context.Context, emit func(hardware.Sighting) error, closing bool) error {
	for _, p := range r.ready(closing) {
		for {
			err := r.settle(p, emit)
			if errors.Is(err, hardware.ErrInvalid) && r.Quarantine != nil {
				if err = r.Quarantine(p.Sighting, err); err == nil && r.Journal != nil {
					err = r.Journal.Settle(Passage{Events: p.Events}, nil)
				}
			}
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

// settle finishes a passage: it goes to review if it is doubtful, is emitted if it identifies a vehicle with
// certainty, and is marked as done in the journal in any case.
func (r *Reader) settle(p heldPassage, emit func(hardware.Sighting) error) error {
	doubtful := p.Doubt != NoDoubt || p.loopOnly() || p.flag != ""
	if doubtful && p.drop == "" {
		p.Why = p.flag
		if err := r.Review(p.Passage); err != nil {
			return err
		}
	}
	if doubtful && p.Tag.IsZero() || p.drop != "" || p.flag != "" {
		emit = nil
	}
	switch {
	case r.Journal != nil:
		return r.Journal.Settle(p.Passage, emit)
	case emit != nil:
		return emit(p.Sighting)
	}
	return nil
}

// loopOnly reports whether only a loop detected the vehicle.
func (p Passage) loopOnly() bool { return p.Tag.IsZero() && p.Plate.Text == "" }

// ready returns the passages that no further sighting can change, in order of time, or all if closing is set. It
// counts vehicles and tags, from which a deaf lane is detected.
func (r *Reader) ready(closing bool) (all []heldPassage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var passages []Passage
	for _, j := range r.lanes {
		passages = append(passages, j.Ready(r.Now(), closing)...)
	}
	byTime(passages)
	all = r.merge.add(passages, r.Now(), r.mergeHold(), closing)
	for i := range all {
		p := &all[i]
		if p.drop != "" || p.flag != "" {
			continue
		}
		r.seen.Vehicles++
		if p.Tag.Finding.Chargeable() {
			r.seen.Tags++
		}
		// Counted before, because a tag on another vehicle is read all the same.
		p.Tag.Finding = efc.ComparePlate(p.Tag, p.Plate)
	}
	slices.SortStableFunc(all, func(a, b heldPassage) int { return a.At.Compare(b.At) })
	return all
}

// mergeHold returns how long an incomplete passage waits for its other half: longer while a lane waits for its
// clock offset.
func (r *Reader) mergeHold() time.Duration {
	for _, j := range r.lanes {
		if !j.clock.fitted && len(j.tags) > 0 && len(j.plates) > 0 {
			return r.Rules.FitMax + mergeHold
		}
	}
	return mergeHold
}

// Health implements hardware.Reader. It is up while every source is; the offset is the largest of the lanes'
// camera offsets.
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
		// Since is the last change of any source.
		if of.Since.After(h.Since) {
			h.Since = of.Since
		}
		if of.Fault != "" {
			h.Fault = of.Fault
		}
	}
	return h
}
