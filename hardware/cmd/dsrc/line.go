package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/link"
	"bompass/hardware/link/linktest"
	"bompass/hardware/sim"
	"bompass/hardware/uplink"
)

// scan prints the state of a beacon and every tag it finds.
func (t tool) scan(ctx context.Context, args []string) error {
	duration, rest, err := t.lineArgs("scan", args, 1)
	if err != nil {
		return err
	}
	open, err := t.opener(rest[0])
	if err != nil {
		return err
	}
	return t.watch(ctx, open, duration)
}

// record does the same and records the traffic of the line.
func (t tool) record(ctx context.Context, args []string) (err error) {
	duration, rest, err := t.lineArgs("record", args, 2)
	if err != nil {
		return err
	}
	open, err := t.opener(rest[0])
	if err != nil {
		return err
	}
	f, err := os.Create(rest[1])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return t.watch(ctx, func(ctx context.Context) (io.ReadWriteCloser, error) {
		port, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return linktest.NewRecorder(port, f), nil
	}, duration)
}

func (t tool) lineArgs(name string, args []string, n int) (time.Duration, []string, error) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(t.out)
	duration := flags.Duration("for", 10*time.Second, "how long to look")
	if err := flags.Parse(args); err != nil {
		return 0, nil, err
	}
	if flags.NArg() != n {
		return 0, nil, fmt.Errorf("%s: want %d arguments, got %d; see dsrc --help", name, n, flags.NArg())
	}
	return *duration, flags.Args(), nil
}

// opener parses the address of a line.
func (t tool) opener(address string) (link.Opener, error) {
	if address == "sim" {
		return t.simulated, nil
	}
	return link.ParseAddress(address)
}

// slowKmh is the mean speed of simulated vehicles: slow enough for a transaction on a busy machine.
const slowKmh = 20

// simulated opens a simulated beacon with about one vehicle a second.
func (t tool) simulated(ctx context.Context) (io.ReadWriteCloser, error) {
	host, device := net.Pipe()
	zone := sim.NewZone()
	beacon := sim.NewBeacon(zone, t.now, sim.BeaconOptions{})
	go func() { _ = beacon.Serve(ctx, device) }() // it ends with its port
	gates := []sim.Gate{{Lane: 1}}
	road := &sim.Traffic{Vehicles: sim.RandomVehicles(sim.NewRand(1, 0), 50, gates), Rate: 1, Speed: slowKmh, Rand: sim.NewRand(1, 1)}
	go func() {
		for {
			a := road.Next(t.now())
			tag, err := sim.NewTag(a.Vehicle.PAN, a.Vehicle.Plate)
			if err != nil || uplink.Sleep(ctx, a.After) != nil {
				return
			}
			zone.Enter(tag)
			err = uplink.Sleep(ctx, a.Stay(5))
			zone.Leave(tag)
			if err != nil {
				return
			}
		}
	}()
	return host, nil
}

// watch runs a lane for a while and prints its sightings.
func (t tool) watch(ctx context.Context, open link.Opener, duration time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	connect := link.NewConnector(open, rand.Reader)
	greeted := false
	reader := &link.Reader{
		// The beacon's id changes from run to run: a tag ignores the beacon that has served it last.
		Lane: 1, Profile: efc.Standard(dsrc.BeaconID{Manufacturer: 1, Individual: 1 + int(t.now().Unix()%1000)}), Now: t.now,
		Random: rand.Reader, Jitter: func() float64 { return 0 }, Log: slog.New(slog.NewTextHandler(t.out, nil)),
		Connect: func(ctx context.Context) (link.Beacon, error) {
			b, err := connect(ctx)
			if err == nil && !greeted {
				greeted = true
				err = t.printState(ctx, b)
			}
			return b, err
		},
	}
	err := reader.Run(ctx, t.printSighting)
	h := reader.Health()
	fmt.Fprintf(t.out, "%d tags, %d of them read; clock offset %v\n", h.Vehicles, h.Tags, h.Offset)
	if !greeted {
		return errors.Join(err, fmt.Errorf("no beacon answered: %s", h.Fault))
	}
	return err
}

// printState prints the state of the beacon.
func (t tool) printState(ctx context.Context, b link.Beacon) error {
	s, err := b.State(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "beacon: boot %d, clock %s, fresh %t, radio %t, fault %d\n", s.Boot, s.Clock.UTC().Format(time.RFC3339Nano), s.Fresh, s.Radio, s.Fault)
	if counting, ok := b.(link.CounterSource); ok {
		c, err := counting.Counters(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "counted: %+v\n", c)
	}
	return nil
}

// printSighting prints a tag and every message of its transaction.
func (t tool) printSighting(s hardware.Sighting) error {
	fmt.Fprintf(t.out, "%s %s number %s, plate %s %s, maker's number %s, mark %X\n",
		s.At.UTC().Format("15:04:05.000"), s.Tag.Finding, s.Tag.PAN, s.Tag.Plate.Country, s.Tag.Plate.Text, s.Tag.OBU, s.Tag.Mark)
	for _, m := range s.Tag.Raw {
		t.printMessage(m.FromTag, m.Octets)
	}
	return nil
}

// printMessage prints a T-APDU with its fragmentation octet.
func (t tool) printMessage(fromTag bool, octets []byte) {
	arrow := map[bool]string{true: "<", false: ">"}[fromTag]
	_, apdu, err := dsrc.CutFragment(octets)
	var notation []byte
	if err == nil {
		notation, err = dsrc.DecodeType("TApdu", apdu)
	}
	if err != nil {
		notation = []byte(err.Error())
	}
	fmt.Fprintf(t.out, "  %s %X  %s\n", arrow, octets, notation)
}
