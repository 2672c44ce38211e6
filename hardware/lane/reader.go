package lane

import (
	"context"
	"errors"
	"sync"
	"time"

	"bompass/hardware"
	"bompass/hardware/efc"
)

// ripenEvery is how often joined passages are looked for.
const ripenEvery = 200 * time.Millisecond

// Reader joins what several readers see of the same lanes: tag readers, cameras, loops. It implements
// hardware.Reader. All its parts are given by the one who builds it.
type Reader struct {
	Sources []hardware.Reader
	Rules   Rules
	Now     func() time.Time
	Wait    func(context.Context, time.Duration) error // sleeps, or returns the context's error
	Doubted func(Passage) error                        // keeps what a person must look at: plates in doubt and vehicles unseen

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
	reading, stop := context.WithCancel(ctx)
	defer stop()
	errs := make([]error, len(r.Sources))
	var running sync.WaitGroup
	for i, source := range r.Sources {
		running.Go(func() {
			errs[i] = source.Run(reading, r.add)
			if errs[i] != nil {
				stop()
			}
		})
	}
	var err error
	for err == nil && r.Wait(reading, ripenEvery) == nil {
		err = r.tell(emit, false)
	}
	stop()
	running.Wait()
	return errors.Join(err, errors.Join(errs...), r.tell(emit, true))
}

func (r *Reader) add(s hardware.Sighting) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	j := r.lanes[s.Lane]
	if j == nil {
		j = NewJoiner(r.Rules)
		r.lanes[s.Lane] = j
	}
	j.Add(s, r.Now())
	return nil
}

// tell emits the passages that are ripe. A plate in doubt may belong to a tag that is told of anyway,
// so it is kept for a person and charged to nobody.
func (r *Reader) tell(emit func(hardware.Sighting) error, closing bool) error {
	for _, p := range r.ripe(closing) {
		doubted := p.Tag.IsZero() && (p.Doubt != NoDoubt || p.Plate.Text == "")
		if doubted || p.Doubt != NoDoubt {
			if err := r.Doubted(p); err != nil {
				return err
			}
		}
		if doubted {
			continue
		}
		if err := emit(p.Sighting); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reader) ripe(closing bool) (all []Passage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, j := range r.lanes {
		for _, p := range j.Ripe(r.Now(), closing) {
			r.seen.Vehicles++
			if p.Tag.Finding.Charged() {
				r.seen.Tags++
			}
			p.Tag.Finding = efc.Against(p.Tag, p.Plate)
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
