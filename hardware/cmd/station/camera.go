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
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"bompass/hardware"
	"bompass/hardware/uplink"
)

// Limits of a camera connection.
const (
	cameraLineMax = 64 << 10
	plateMax      = 32 // octets; the longest plate in use has 12 characters
	countryMax    = 3
	cameraSilence = 2 * time.Minute // after which a silent connection counts as dead
	cameraWaitMin = 250 * time.Millisecond
	cameraWaitMax = 30 * time.Second
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

	mu     sync.Mutex
	health hardware.Health
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
	for attempt := 0; ; attempt++ {
		received, err := c.readLines(ctx, emit)
		if ended, ok := errors.AsType[*emitError](err); ok {
			return ended.err
		}
		if received {
			attempt = 0
		}
		c.set(false, fmt.Sprint(err))
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the end was asked for
		}
		wait := min(cameraWaitMax, cameraWaitMin<<min(attempt, 10))
		wait = wait/2 + rand.N(wait/2)
		c.log.Warn("connect to camera", "camera", c.address, "retry_in", wait.Round(time.Millisecond), "error", err)
		if uplink.Sleep(ctx, wait) != nil {
			return nil //nolint:nilerr // the end was asked for
		}
	}
}

// emitError is an error of emit, as opposed to one of the camera.
type emitError struct{ err error }

func (e *emitError) Error() string { return e.err.Error() }

// readLines reads the lines of one connection and reports whether there were any.
func (c *camera) readLines(ctx context.Context, emit func(hardware.Sighting) error) (received bool, err error) {
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", c.address)
	if err != nil {
		return false, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // which ends the read
	defer stop()
	defer func() { _ = conn.Close() }()
	c.set(true, "")
	lines := bufio.NewScanner(conn)
	lines.Buffer(nil, cameraLineMax)
	for {
		if err := conn.SetReadDeadline(c.now().Add(cameraSilence)); err != nil {
			return received, err
		}
		if !lines.Scan() {
			return received, errors.Join(lines.Err(), errors.New("camera closed the connection"))
		}
		received = true
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := c.take(lines.Bytes(), emit); err != nil {
			return received, err
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
	c.mu.Lock()
	c.health.Vehicles++
	c.mu.Unlock()
	s := hardware.Sighting{Lane: w.Lane, At: w.At.UTC(), Direction: direction, Plate: hardware.PlateRead{Country: w.Country, Text: w.Plate}}
	if err := emit(s); err != nil {
		return &emitError{err}
	}
	return nil
}

// Health implements hardware.Reader.
func (c *camera) Health() hardware.Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.health
}

func (c *camera) set(up bool, fault string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.health.Up != up || c.health.Since.IsZero() {
		c.health.Up, c.health.Since = up, c.now()
	}
	c.health.Fault = fault
}
