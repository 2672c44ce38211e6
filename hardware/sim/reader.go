package sim

import (
	"context"
	"fmt"
	"sync"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
)

// Reader is a station's antennas and cameras over simulated traffic. It implements hardware.Reader.
type Reader struct {
	Traffic *Traffic
	Profile efc.Profile
	Now     func() time.Time
	Wait    func(context.Context, time.Duration) error // sleeps, or returns the context's error

	mu     sync.Mutex
	health hardware.Health
}

var _ hardware.Reader = (*Reader)(nil)

// Run lets traffic pass until ctx ends, and then returns nil.
func (r *Reader) Run(ctx context.Context, emit func(hardware.Sighting) error) error {
	r.note(func(h *hardware.Health) { h.Up, h.Since = true, r.Now() })
	defer r.note(func(h *hardware.Health) { h.Up, h.Since = false, r.Now() })
	for {
		a := r.Traffic.Next(r.Now())
		if r.Wait(ctx, a.After) != nil {
			return nil
		}
		s, err := r.Watch(a)
		if err != nil {
			return fmt.Errorf("simulated lane %d: %w", a.Gate.Lane, err)
		}
		if err := emit(s); err != nil {
			return err
		}
	}
}

// Health tells what the reader has seen.
func (r *Reader) Health() hardware.Health {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.health
}

// Watch makes the sighting of one arrival: the transaction with its tag in real octets, and the
// camera's plate.
func (r *Reader) Watch(a Arrival) (hardware.Sighting, error) {
	now := r.Now()
	s := hardware.Sighting{Lane: a.Gate.Lane, At: now, Direction: a.Gate.Direction, Plate: a.Plate}
	if a.TagRead {
		tag, err := NewTag(a.Vehicle.PAN, a.Vehicle.Plate)
		if err != nil {
			return s, err
		}
		if s.Tag, err = Exchange(r.profile(a.Gate.Lane), tag.Answer, now); err != nil {
			return s, err
		}
	}
	r.note(func(h *hardware.Health) {
		h.Vehicles++
		if s.Tag.Finding == hardware.Read {
			h.Tags++
		}
	})
	return s, nil
}

// profile gives every lane's antenna its own beacon id.
func (r *Reader) profile(lane int) efc.Profile {
	p := r.Profile
	p.Beacon = dsrc.BeaconID{Manufacturer: p.Beacon.Manufacturer, Individual: p.Beacon.Individual + lane}
	return p
}

func (r *Reader) note(change func(*hardware.Health)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.health)
}
