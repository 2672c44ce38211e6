package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bompass/hardware"
	"bompass/hardware/supervise"
)

// Limits of a camera connection.
const (
	cameraLineMax = 64 << 10
	plateMax      = 32 // octets; the longest plate in use has 12 characters
	countryMax    = 3
	cameraSilence = 2 * time.Minute // after which a silent connection counts as dead
)

// camera is a plate reader or a loop controller that sends a line of JSON over TCP for every vehicle. A line
// without a plate is a loop's pulse; an empty line is a keep-alive. It implements hardware.Reader.
type camera struct {
	address string
	lanes   map[int]string // direction by lane
	now     func() time.Time
	log     *slog.Logger
	// quarantine stores a line that cannot become a sighting, with the reason.
	quarantine func(item any, reason error) error
	state      *supervise.State
}

// cameraLine is one line.
type cameraLine struct {
	Lane    int       `json:"lane"`
	At      time.Time `json:"at"`
	Country string    `json:"country"`
	Plate   string    `json:"plate"`
}

// Run reads the camera's lines until ctx ends.
func (c *camera) Run(ctx context.Context, emit func(hardware.Sighting) error) error {
	loop := supervise.Loop{
		Name: "camera", State: c.state, Backoff: supervise.Backoff{Jitter: rand.Float64}, Now: c.now, Log: c.log.With("camera", c.address),
	}
	return loop.Run(ctx, func(ctx context.Context) error { return c.readLines(ctx, emit) })
}

// readLines reads the lines of one connection.
func (c *camera) readLines(ctx context.Context, emit func(hardware.Sighting) error) error {
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", c.address)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // which ends the read
	defer stop()
	defer func() { _ = conn.Close() }()
	c.state.SetUp()
	lines := bufio.NewScanner(conn)
	lines.Buffer(nil, cameraLineMax)
	for {
		if err := conn.SetReadDeadline(c.now().Add(cameraSilence)); err != nil {
			return err
		}
		if !lines.Scan() {
			return errors.Join(lines.Err(), errors.New("camera closed the connection"))
		}
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := c.take(lines.Bytes(), emit); err != nil {
			return err
		}
	}
}

// check returns why a line cannot become a sighting.
func (c *camera) check(w cameraLine) error {
	switch _, known := c.lanes[w.Lane]; {
	case !known:
		return fmt.Errorf("lane %d is not configured", w.Lane)
	case w.At.IsZero():
		return errors.New("no time")
	case len(w.Plate) > plateMax || len(w.Country) > countryMax:
		return fmt.Errorf("plate of %d octets, country of %d", len(w.Plate), len(w.Country))
	case strings.ContainsFunc(w.Plate+w.Country, unicode.IsControl) || !utf8.ValidString(w.Plate+w.Country):
		return errors.New("plate has invalid characters")
	}
	return nil
}

// take emits the sighting of a line. A line that cannot be one is quarantined, so that the lines behind it go
// on.
func (c *camera) take(line []byte, emit func(hardware.Sighting) error) error {
	var w cameraLine
	err := json.Unmarshal(line, &w)
	if err == nil {
		err = c.check(w)
	}
	if err != nil {
		c.log.Warn("parse camera line", "camera", c.address, "lane", w.Lane, "error", err)
		if err := c.quarantine(string(line), err); err != nil {
			c.log.Error("quarantine camera line", "camera", c.address, "error", err)
		}
		return nil
	}
	direction := c.lanes[w.Lane]
	c.state.Count(false)
	s := hardware.Sighting{Lane: w.Lane, At: w.At.UTC(), Direction: direction, Plate: hardware.PlateRead{Country: w.Country, Text: w.Plate}}
	if err := emit(s); err != nil {
		return supervise.Stop(err)
	}
	return nil
}

// Health implements hardware.Reader.
func (c *camera) Health() hardware.Health { return c.state.Health() }
