package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/sim"
	"bompass/hardware/uplink"
)

// invented is how many vehicles drive when no file names them.
const invented = 500

// run builds the station, top to bottom, and runs it until ctx ends.
func (c config) run(ctx context.Context, log *slog.Logger, now func() time.Time) error {
	vehicles, err := c.vehicles()
	if err != nil {
		return err
	}
	spool, err := uplink.Open(c.spool, now())
	if err != nil {
		return err
	}
	if c.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.duration)
		defer cancel()
	}
	traffic := &sim.Traffic{Vehicles: vehicles, Rate: c.perHour / 3600, Misread: c.misread, Dice: sim.Dice(c.seed, 1)}
	if c.commuter {
		traffic.Day = sim.Commuters
	}
	reader := &sim.Reader{
		Traffic: traffic, Profile: efc.Standard(dsrc.BeaconID{Manufacturer: 1, Individual: 1000}), Now: now, Wait: uplink.Sleep,
	}
	agent := uplink.Agent{
		Sites: []uplink.Site{{Station: c.station, Reader: reader}},
		Sender: &uplink.Sender{
			Server: c.server, Key: c.key, Client: http.DefaultClient, Spool: spool, Wait: uplink.Sleep, Jitter: rand.Float64, Log: log,
		},
		Seen: func(o uplink.Observation, s hardware.Sighting) {
			log.Info("passage", "lane", o.Lane, "sequence", o.Sequence, "tag", mask(o.Tag), "plate", mask(o.Plate), "finding", s.Tag.Finding)
		},
	}
	log.Info("station is up", "station", c.station, "lanes", c.lanes, "epoch", spool.Epoch(), "waiting", spool.Waiting(), "spool", c.spool)
	if torn := spool.Torn(); torn > 0 {
		log.Warn("octets in the spool were no whole passage and are set aside", "octets", torn)
	}
	err = agent.Run(ctx)
	log.Info("station is down", "vehicles", reader.Health().Vehicles, "tags", reader.Health().Tags, "waiting", spool.Waiting())
	return errors.Join(err, spool.Close())
}

// vehicles reads or invents who drives.
func (c config) vehicles() ([]sim.Vehicle, error) {
	gates := make([]sim.Gate, c.lanes)
	for i := range gates {
		gates[i] = sim.Gate{Lane: i + 1, Direction: [2]string{"in", "out"}[i%2]}
	}
	if c.cast == "" {
		return sim.Cast(sim.Dice(c.seed, 0), invented, gates), nil
	}
	f, err := os.Open(c.cast)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	vehicles, err := sim.ReadCast(f, gates)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.cast, err)
	}
	return vehicles, nil
}

// mask leaves the last three characters: numbers and plates of people do not belong in logs.
func mask(s string) string {
	if len(s) <= 3 {
		return s
	}
	return "…" + s[len(s)-3:]
}
