package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"time"

	"bompass/hardware"
	"bompass/hardware/uplink"
)

// run builds the station, top to bottom, and runs it until ctx ends.
func (c *config) run(ctx context.Context, out *os.File, log *slog.Logger, now func() time.Time) error {
	watched := c.live == "on" || c.live == "auto" && isTerminal(out)
	foot := &tail{}
	if watched {
		log = slog.New(slog.NewTextHandler(foot, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	devices, err := c.devices(log, now)
	if err != nil {
		return err
	}
	spool, err := uplink.Open(c.Spool, now())
	if err != nil {
		return err
	}
	if c.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.duration)
		defer cancel()
	}
	m := newMonitor(spool, devices, now)
	m.cameras = c.cameras(log, now)
	sites, release, err := c.sites(m, log)
	if err != nil {
		return errors.Join(err, spool.Close())
	}
	stop := func() error { return nil }
	if c.Listen != "" {
		if stop, err = m.serve(ctx, c.Listen); err != nil {
			return errors.Join(err, release(), spool.Close())
		}
	}
	log.Info("station is up", "station", c.Station, "lanes", len(c.Lanes), "epoch", spool.Epoch(), "waiting", spool.Waiting(), "spool", c.Spool)
	if torn := spool.Torn(); torn > 0 {
		log.Warn("octets in the spool were no whole passage and are set aside", "octets", torn)
	}
	var drawing sync.WaitGroup
	if watched {
		drawing.Go(func() { m.live(ctx, "Bompass station "+c.Station+" → "+c.Server, foot, io.Writer(out)) })
	}
	agent := c.agent(m, log)
	agent.Sites = sites
	err = agent.Run(ctx)
	drawing.Wait()
	log.Info("station is down", "waiting", spool.Waiting())
	return errors.Join(err, stop(), release(), spool.Close())
}

// agent brings what is kept to the server.
func (c *config) agent(m *monitor, log *slog.Logger) *uplink.Agent {
	return &uplink.Agent{
		Sender: &uplink.Sender{
			Server: c.Server, Key: c.Key, Client: http.DefaultClient, Spool: m.spool, Wait: uplink.Sleep, Jitter: rand.Float64, Log: log,
		},
		Seen: func(o uplink.Observation, s hardware.Sighting) {
			m.note(o, s)
			log.Info("passage", "lane", o.Lane, "sequence", o.Sequence, "tag", mask(o.Tag), "plate", mask(o.Plate), "finding", s.Tag.Finding)
		},
	}
}

// mask leaves the last three characters: numbers and plates of people do not belong in logs.
func mask(s string) string {
	if len(s) <= 3 {
		return s
	}
	return "…" + s[len(s)-3:]
}
