package uplink

import (
	"context"
	"errors"
	"sync"
	"time"

	"bompass/hardware"
)

// Limits of an agent.
const (
	graceMax   = 5 * time.Second // time for sending the last passages at the end
	appendWait = time.Second     // wait before a passage that the disk refused is appended again
	scrubEvery = 24 * time.Hour
)

// Site is a reader with the station that its lanes belong to.
type Site struct {
	Station string
	Reader  hardware.Reader
}

// Agent runs the readers of stations and delivers their sightings to the server.
type Agent struct {
	Sites  []Site
	Sender *Sender
	OnKept func(Observation, hardware.Sighting) // called with every passage after it has been stored; may be nil
}

// Run reads until ctx ends or a reader fails, and then tries for a few seconds to send the rest. Unsent
// passages stay in the spool.
func (a *Agent) Run(ctx context.Context) error {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	sending, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()

	var readers, senders group
	for _, site := range a.Sites {
		readers.do(stop, func() error {
			return site.Reader.Run(reading, func(s hardware.Sighting) error { return a.keep(reading, site.Station, s) })
		})
	}
	senders.do(stop, func() error { return a.Sender.Run(sending) })
	senders.do(stop, func() error { return a.Sender.Flush(sending) })
	senders.do(stop, func() error { return a.scrub(sending) })

	err := readers.wait()
	end()
	err = errors.Join(err, senders.wait())
	return errors.Join(err, a.sendRest(context.WithoutCancel(ctx)), a.Sender.Spool.Sync())
}

// scrub checks the spool for damage daily and logs what it finds.
func (a *Agent) scrub(ctx context.Context) error {
	before := a.Sender.Spool.Damage()
	for {
		if a.Sender.Wait(ctx, scrubEvery) != nil {
			return nil //nolint:nilerr // the agent stops
		}
		if err := a.Sender.Spool.Scrub(); err != nil {
			a.Sender.Log.Error("scrub spool", "error", err)
		}
		if damage := a.Sender.Spool.Damage(); damage != before {
			a.Sender.Log.Error("spool damaged", "records", damage.Records, "octets", damage.Octets)
			before = damage
		}
	}
}

// sendRest sends the passages that are left.
func (a *Agent) sendRest(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, graceMax)
	defer cancel()
	return ignoreCancelled(ctx, a.Sender.Drain(ctx))
}

// keep appends a sighting to the spool. While the disk refuses it, the lane waits and holds the passage. A
// sighting that can never be stored is quarantined.
func (a *Agent) keep(ctx context.Context, station string, s hardware.Sighting) error {
	for {
		o, err := a.Sender.Spool.Append(FromSighting(station, s))
		if errors.Is(err, hardware.ErrInvalid) {
			a.Sender.Log.Error("quarantine sighting", "station", station, "lane", s.Lane, "error", err)
			if err = a.Sender.Spool.Quarantine(station, s, err); err == nil {
				return nil
			}
		}
		if err == nil {
			if a.OnKept != nil {
				a.OnKept(o, s)
			}
			return nil
		}
		a.Sender.Log.Error("append passage to spool", "station", station, "lane", s.Lane, "error", err)
		if a.Sender.Wait(ctx, appendWait) != nil {
			return err
		}
	}
}

// group runs functions concurrently; the first error stops the others.
type group struct {
	running sync.WaitGroup
	mu      sync.Mutex
	err     error
}

// do runs f on a goroutine of the group. Its error stops the others.
func (g *group) do(stop context.CancelFunc, f func() error) {
	g.running.Go(func() {
		if err := f(); err != nil {
			g.mu.Lock()
			g.err = errors.Join(g.err, err)
			g.mu.Unlock()
			stop()
		}
	})
}

func (g *group) wait() error {
	g.running.Wait()
	return g.err
}
