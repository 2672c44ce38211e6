package main

import (
	"cmp"
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
	"bompass/hardware/uplink/leaf"
)

// run builds the station and runs it until ctx ends.
func (c *config) run(ctx context.Context, out *os.File, log *slog.Logger, now func() time.Time) error {
	watched := c.live == "on" || c.live == "auto" && isTerminal(out)
	foot := &logTail{}
	if watched {
		log = slog.New(slog.NewTextHandler(foot, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	devices, err := c.devices(log, now)
	if err != nil {
		return err
	}
	spool, way, err := c.open(log, now)
	if err != nil {
		return err
	}
	if c.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.duration)
		defer cancel()
	}
	m := newMonitor(spool, devices, now)
	m.cameras = c.cameras(log, now, func(item any, reason error) error { return spool.Quarantine(c.Station, item, reason) })
	sites, release, err := c.sites(m, log)
	if err != nil {
		return errors.Join(err, spool.Close())
	}
	stop := func() error { return nil }
	if c.Listen != "" {
		stop, err = m.serve(ctx, c.Listen)
		if err != nil && c.demo { // another demo has the port
			stop, err = m.serve(ctx, "127.0.0.1:0")
		}
		if err != nil {
			return errors.Join(err, release(), spool.Close())
		}
	}
	log.Info("station started", "station", c.Station, "lanes", len(c.Lanes), "epoch", spool.Epoch(), "waiting", spool.Waiting(), "spool", c.Spool, "listen", m.address)
	if damage := spool.Damage(); damage.Octets > 0 || damage.Records > 0 {
		log.Warn("spool damaged", "records", damage.Records, "octets", damage.Octets)
	}
	var drawing sync.WaitGroup
	if watched {
		drawing.Go(func() { m.live(ctx, "Bompass station "+c.Station+" → "+cmp.Or(c.Up, c.Server), foot, io.Writer(out)) })
	}
	agent := c.agent(m, way, log)
	agent.Sites = sites
	err = agent.Run(ctx)
	drawing.Wait()
	log.Info("station stopped", "waiting", spool.Waiting())
	return errors.Join(err, stop(), release(), spool.Close())
}

// transport is the Transport of an uplink.Sender; nil is HTTP.
type transport = func(context.Context, []byte) (uplink.Response, error)

// open opens the spool, over a leaf node when an upstream is configured.
func (c *config) open(log *slog.Logger, now func() time.Time) (*uplink.Spool, transport, error) {
	if c.Up == "" {
		spool, err := uplink.Open(c.Spool, now())
		return spool, nil, err
	}
	node, err := leaf.New(leaf.Options{Dir: c.Spool, Upstream: c.Up, Key: c.Key, Log: log})
	if err != nil {
		return nil, nil, err
	}
	spool, err := uplink.OpenWithLog(c.Spool, now(), node.Open)
	return spool, node.Send, err
}

// agent builds the agent that sends the passages.
func (c *config) agent(m *monitor, up transport, log *slog.Logger) *uplink.Agent {
	return &uplink.Agent{
		Sender: &uplink.Sender{
			Server: c.Server, Key: c.Key, Client: http.DefaultClient, Transport: up, Spool: m.spool, Wait: uplink.Sleep, Jitter: rand.Float64, Log: log,
		},
		OnKept: func(o uplink.Observation, s hardware.Sighting) {
			m.addPassage(o, s)
			log.Info("passage", "lane", o.Lane, "sequence", o.Sequence, "tag", mask(o.Tag), "plate", mask(o.Plate), "finding", s.Tag.Finding)
		},
	}
}

// mask returns the last three characters: tag numbers and plates are personal data and do not belong in
// logs.
func mask(s string) string {
	if len(s) <= 3 {
		return s
	}
	return "…" + s[len(s)-3:]
}
