package sim

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/link"
	"bompass/hardware/seal"
)

// Reader is a simulated station: a beacon and a camera in every lane over simulated traffic, each beacon
// behind a host link of its own. It implements hardware.Reader.
type Reader struct {
	Traffic *Traffic
	Profile efc.Profile
	Keys    *seal.KeySet // keys of tags and station; nil is security level 0
	Now     func() time.Time
	Wait    func(context.Context, time.Duration) error // sleeps, or returns the context's error

	mu     sync.Mutex
	health hardware.Health
}

var _ hardware.Reader = (*Reader)(nil)

// Run simulates traffic until ctx ends, and then returns nil.
func (r *Reader) Run(ctx context.Context, emit func(hardware.Sighting) error) error {
	r.updateHealth(func(h *hardware.Health) { h.Up, h.Since = true, r.Now() })
	defer r.updateHealth(func(h *hardware.Health) { h.Up, h.Since = false, r.Now() })
	whole := context.WithoutCancel(ctx) // a vehicle in the zone completes its passage
	antennas := antennas{}
	defer func() { _ = antennas.close() }() // closing in-memory pipes cannot fail
	for {
		a := r.Traffic.Next(r.Now())
		if r.Wait(ctx, a.After) != nil {
			return nil
		}
		s, err := r.observe(whole, antennas, a)
		if err != nil {
			return fmt.Errorf("simulated lane %d: %w", a.Gate.Lane, err)
		}
		if err := emit(s); err != nil {
			return err
		}
	}
}

// Health implements hardware.Reader.
func (r *Reader) Health() hardware.Health {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.health
}

// observe returns the sighting of one arrival: the transaction with its tag and the camera's plate.
func (r *Reader) observe(ctx context.Context, lanes antennas, a Arrival) (hardware.Sighting, error) {
	s := hardware.Sighting{Lane: a.Gate.Lane, At: r.Now(), Direction: a.Gate.Direction, Plate: a.Plate}
	if a.TagRead {
		tag, err := NewTag(a.Vehicle.PAN, a.Vehicle.Plate)
		if err != nil {
			return s, err
		}
		at, err := lanes.of(ctx, a.Gate.Lane, r.Now)
		if err != nil {
			return s, err
		}
		if s.Tag, err = r.transact(ctx, at, tag, a.Gate.Lane); err != nil {
			return s, err
		}
	}
	r.updateHealth(func(h *hardware.Health) {
		h.Vehicles++
		if s.Tag.Finding == hardware.Read {
			h.Tags++
		}
	})
	return s, nil
}

// transact runs a complete transaction with a tag, over the same protocol and state machine as a real beacon.
func (r *Reader) transact(ctx context.Context, at *antenna, tag *Tag, lane int) (hardware.TagRead, error) {
	h, nonce := efc.Host{Antenna: at.line, Now: r.Now}, dsrc.Octets4{}
	if r.Keys != nil {
		tag.Secure(r.Keys)
		h.Keys = r.Keys
		binary.BigEndian.PutUint32(nonce[:], r.Traffic.Rand.Uint32())
	}
	at.zone.Enter(tag)
	defer at.zone.Leave(tag)
	return h.Run(ctx, efc.New(r.profile(lane), nonce))
}

// profile returns the profile of a lane, with a beacon id of its own.
func (r *Reader) profile(lane int) efc.Profile {
	p := r.Profile
	p.Beacon = dsrc.BeaconID{Manufacturer: p.Beacon.Manufacturer, Individual: p.Beacon.Individual + lane}
	return p
}

func (r *Reader) updateHealth(change func(*hardware.Health)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.health)
}

// antennas are the beacons of the lanes with traffic so far.
type antennas map[int]*antenna

type antenna struct {
	zone *Zone
	line *link.Line
	done chan error
}

// of returns the antenna of a lane, with its beacon on a pipe in memory. It is started at the first vehicle of the
// lane.
func (all antennas) of(ctx context.Context, lane int, now func() time.Time) (*antenna, error) {
	if a := all[lane]; a != nil {
		return a, nil
	}
	host, device := net.Pipe()
	a := &antenna{zone: NewZone(), done: make(chan error, 1)}
	beacon := NewBeacon(a.zone, now, BeaconOptions{NoAirTime: true})
	go func() { a.done <- beacon.Serve(ctx, device) }()
	line, _, err := link.NewLine(ctx, host, 0)
	if err != nil {
		return nil, errors.Join(err, <-a.done)
	}
	a.line, all[lane] = line, a
	return a, nil
}

// close closes the lines and waits for the beacons.
func (all antennas) close() error {
	var err error
	for _, a := range all {
		err = errors.Join(err, a.line.Close(), <-a.done)
	}
	return err
}
