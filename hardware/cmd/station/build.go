package main

import (
	"cmp"
	crand "crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/link"
	"bompass/hardware/llrp"
	"bompass/hardware/llrp/reader"
	"bompass/hardware/seal"
	"bompass/hardware/sim"
	"bompass/hardware/uplink"
)

// Kinds of readers.
const (
	kindSim  = "sim"
	kindLink = "link"
	kindLLRP = "llrp"
)

// randomVehicles is the number of simulated vehicles when no file lists them.
const randomVehicles = 500

// readerKind returns the kind of reader at an address.
func readerKind(address string) (string, error) {
	switch {
	case address == kindSim:
		return kindSim, nil
	case strings.HasPrefix(address, "llrp://") && len(address) > len("llrp://"),
		strings.HasPrefix(address, "llrps://") && len(address) > len("llrps://"):
		return kindLLRP, nil
	}
	if _, err := link.ParseAddress(address); err != nil {
		return "", fmt.Errorf("reader %q: want sim, tcp://host:port, serial:/dev/name or llrp://host", address)
	}
	return kindLink, nil
}

func (c *config) issuer() (issuer [2]byte, err error) {
	b, err := hex.DecodeString(cmp.Or(c.Issuer, "30C0"))
	if err != nil || len(b) != len(issuer) {
		return issuer, errors.New("want two octets")
	}
	return [2]byte(b), nil
}

// device is a reader with its lanes.
type device struct {
	kind   string
	lanes  []int
	reader hardware.Reader
}

// devices builds the readers: one for every DSRC beacon, one for every LLRP reader with all its lanes, and
// one for all simulated lanes.
func (c *config) devices(log *slog.Logger, now func() time.Time) ([]device, error) {
	groups := map[string][]laneConfig{}
	// The order of the file is kept, so that readers are listed and started in it.
	var addresses []string
	for _, l := range c.Lanes {
		if len(groups[l.Reader]) == 0 {
			addresses = append(addresses, l.Reader)
		}
		groups[l.Reader] = append(groups[l.Reader], l)
	}
	var devices []device
	for _, address := range addresses {
		group := groups[address]
		kind, err := readerKind(address)
		if err != nil {
			return nil, err
		}
		d := device{kind: kind}
		for _, l := range group {
			d.lanes = append(d.lanes, l.Lane)
		}
		switch kind {
		case kindSim:
			d.reader, err = c.simulated(group, now)
		case kindLLRP:
			d.reader, err = c.llrp(address, group, log, now)
		default:
			d.reader, err = c.beacon(address, group, log, now)
		}
		if err != nil {
			return nil, err
		}
		devices = append(devices, d)
	}
	return devices, nil
}

// beacon builds the reader of a lane's DSRC beacon.
func (c *config) beacon(address string, lanes []laneConfig, log *slog.Logger, now func() time.Time) (hardware.Reader, error) {
	if len(lanes) > 1 {
		return nil, fmt.Errorf("reader %s: a beacon has one lane, %d given", address, len(lanes))
	}
	open, err := link.ParseAddress(address)
	if err != nil {
		return nil, err
	}
	profile, keys := c.profile(lanes[0].Lane)
	r := &link.Reader{
		Lane: lanes[0].Lane, Direction: lanes[0].Direction, Connect: link.NewConnector(open, crand.Reader), Profile: profile, Now: now,
		Random: crand.Reader, Jitter: rand.Float64, Log: log.With("lane", lanes[0].Lane),
	}
	if keys != nil {
		r.Keys = keys
	}
	return r, nil
}

// beaconBase is the beacon id of lane 0.
const beaconBase = 1000

// profile returns the transaction profile of a lane: without keys, or with the test keys a stamp and a
// receipt. Real keys belong in a security module, an adapter to seal.Keys.
func (c *config) profile(lane int) (efc.Profile, *seal.KeySet) {
	beacon := dsrc.BeaconID{Manufacturer: 1, Individual: beaconBase + lane}
	if !c.Secure {
		return efc.Standard(beacon), nil
	}
	mark := sim.NorwegianMark()
	receipt := &efc.Receipt{
		Charger: dsrc.Provider{Country: dsrc.CountryOf("NO"), Issuer: 1}, Lane: lane, FeeUnit: dsrc.Octets2{0x25, 0x78}, // Norwegian øre
	}
	return efc.Secure(beacon, seal.TestKeyRef, receipt, mark), seal.TestKeys(mark)
}

// llrp builds the reader of all lanes of one LLRP reader.
func (c *config) llrp(address string, lanes []laneConfig, log *slog.Logger, now func() time.Time) (hardware.Reader, error) {
	dial := reader.DialTCP(strings.TrimPrefix(address, "llrp://"))
	if host, ok := strings.CutPrefix(address, "llrps://"); ok {
		dial = reader.DialTLS(host, nil)
	}
	issuer, err := c.issuer()
	if err != nil {
		return nil, err
	}
	antennas := map[uint16]reader.Lane{}
	for _, l := range lanes {
		// Without an antenna in the configuration, lane n is antenna n.
		antenna := cmp.Or(l.Antenna, uint16(l.Lane))
		if other, taken := antennas[antenna]; taken {
			return nil, fmt.Errorf("reader %s: antenna %d is assigned to lanes %d and %d", address, antenna, other.Number, l.Lane)
		}
		antennas[antenna] = reader.Lane{Number: l.Lane, Direction: l.Direction}
	}
	return &reader.Reader{
		Dial: dial, Lanes: antennas, Number: reader.DecimalNumber(issuer), Profile: c.Radio.profile(), Now: now, Wait: uplink.Sleep, Jitter: rand.Float64,
		Log: log.With("reader", address),
	}, nil
}

// radioConfig is the radio profile of the station's LLRP readers. Zero values leave a setting to the reader.
type radioConfig struct {
	Power      uint16  `json:"power"`       // index into the reader's table of transmit powers
	Mode       *uint16 `json:"mode"`        // index into the reader's table of RF modes
	Session    uint8   `json:"session"`     // Gen2 session, 0 to 3
	Population uint16  `json:"population"`  // estimated number of tags in the field
	GPI        uint16  `json:"gpi"`         // general purpose input that starts reading; 0 reads all the time
	ClockAlarm int     `json:"clock_alarm"` // ms above which the reader's times are corrected; 0 is 2000
}

// profile returns the profile of LLRP readers. A general purpose input, if set, starts and stops their inventory,
// such as a vehicle detector.
func (r radioConfig) profile() reader.Profile {
	p := reader.Profile{
		Radio:      llrp.Radio{Power: r.Power, Mode: r.Mode, Session: r.Session, Population: r.Population},
		ClockAlarm: time.Duration(r.ClockAlarm) * time.Millisecond,
	}
	if r.GPI > 0 {
		p.StartGPI = &llrp.GPITrigger{Port: r.GPI, High: true}
	}
	return p
}

// simulated builds one reader over all simulated lanes.
func (c *config) simulated(lanes []laneConfig, now func() time.Time) (hardware.Reader, error) {
	gates := make([]sim.Gate, len(lanes))
	for i, l := range lanes {
		gates[i] = sim.Gate{Lane: l.Lane, Direction: l.Direction}
	}
	vehicles, err := c.vehicles(gates)
	if err != nil {
		return nil, err
	}
	traffic := &sim.Traffic{Vehicles: vehicles, Rate: c.perHour / 3600, Misread: c.misread, Rand: sim.NewRand(c.seed, 1)}
	if c.commuter {
		traffic.Day = sim.CommuterDay
	}
	profile, keys := c.profile(0)
	return &sim.Reader{Traffic: traffic, Profile: profile, Keys: keys, Now: now, Wait: uplink.Sleep}, nil
}

// vehicles returns the simulated vehicles, from a file or random.
func (c *config) vehicles(gates []sim.Gate) ([]sim.Vehicle, error) {
	if c.vehicleFile == "" && c.demo {
		return demoVehicles(gates), nil
	}
	if c.vehicleFile == "" {
		return sim.RandomVehicles(sim.NewRand(c.seed, 0), randomVehicles, gates), nil
	}
	f, err := os.Open(c.vehicleFile)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	vehicles, err := sim.ReadVehicles(f, gates)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.vehicleFile, err)
	}
	return vehicles, nil
}

// lanesOf returns all lanes of devices, ascending.
func lanesOf(devices []device) (lanes []int) {
	for _, d := range devices {
		lanes = append(lanes, d.lanes...)
	}
	slices.Sort(lanes)
	return lanes
}
