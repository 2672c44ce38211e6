package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bompass/hardware/uplink/leaf"
)

// Bounds of one station.
const (
	lanesMax  = 32
	configMax = 1 << 20 // octets of its file
)

// config is what the agent was told: by its file, over it by the environment, over both by flags.
type config struct {
	Station string       `json:"station"`
	Server  string       `json:"server"`
	Up      string       `json:"upstream"` // nats-leaf://host:port; empty goes to the server over HTTP
	Key     string       `json:"key"`
	Spool   string       `json:"spool"`
	Listen  string       `json:"listen"` // for /healthz and /metrics; empty is nowhere
	Issuer  string       `json:"issuer"` // first two octets of the EPCs of tags read over LLRP
	Secure  bool         `json:"secure"` // security level 1 and receipts, with the invented test keys
	Lanes   []laneConfig `json:"lanes"`
	Cameras []string     `json:"cameras"` // host:port of plate readers and loop controllers, for the lanes with a real reader

	home     string // where the spool lies when nobody says
	live     string
	demo     bool
	count    int
	vehicleFile     string
	seed     uint64
	perHour  float64
	misread  float64
	commuter bool
	duration time.Duration
}

// laneConfig is one lane and what reads it.
type laneConfig struct {
	Lane      int    `json:"lane"`
	Direction string `json:"direction"`
	Reader    string `json:"reader"`  // sim, tcp://host:port, serial:/dev/name or llrp://host[:port]
	Antenna   uint16 `json:"antenna"` // of an LLRP reader; 0 is the lane's number
}

// parse reads the file, environment and flags, and finds every problem at once.
func parse(args []string, getenv func(string) string) (c config, err error) {
	flags := flag.NewFlagSet("station", flag.ContinueOnError)
	var given config
	path := flags.String("config", getenv("BOMPASS_STATION_CONFIG"), "file of the station and its lanes, JSON (BOMPASS_STATION_CONFIG)")
	flags.StringVar(&given.Server, "server", getenv("BOMPASS_SERVER"), "address of the server (BOMPASS_SERVER); default http://127.0.0.1:8080")
	flags.StringVar(&given.Up, "upstream", getenv("BOMPASS_UPSTREAM"), "address of the server for a NATS leaf node, nats-leaf://host:port, instead of HTTP (BOMPASS_UPSTREAM)")
	flags.StringVar(&given.Key, "key", getenv("BOMPASS_STATION_KEY"), "the station's API key; better in the environment than on the command line (BOMPASS_STATION_KEY)")
	flags.StringVar(&given.Station, "station", getenv("BOMPASS_STATION"), "the station's id, such as oslo-301 (BOMPASS_STATION)")
	flags.StringVar(&given.Spool, "spool", getenv("BOMPASS_SPOOL"), "folder for passages that wait (BOMPASS_SPOOL); default .run/station/ and the id")
	flags.StringVar(&given.Listen, "listen", "", "address for /healthz and /metrics, such as 127.0.0.1:9105")
	flags.IntVar(&c.count, "lanes", 4, "without lanes in a file: simulated ones, the odd lead in, the even out")
	flags.StringVar(&c.live, "live", "auto", "live view on the terminal: auto, on or off")
	flags.BoolVar(&c.demo, "demo", false, "the demonstration's key, its vehicles and their tags")
	flags.StringVar(&c.vehicleFile, "cast", "", "file of vehicles that drive in simulated lanes: country, plate, tag; default invented ones")
	flags.Uint64Var(&c.seed, "seed", 1, "the same seed drives the same cars")
	flags.Float64Var(&c.perHour, "rate", 1200, "vehicles per hour, over all simulated lanes")
	flags.Float64Var(&c.misread, "misread", 0, "share of plates that the simulated camera gets wrong")
	flags.BoolVar(&c.commuter, "peaks", false, "peaks in the morning and the afternoon")
	flags.DurationVar(&c.duration, "duration", 0, "how long to run; 0 until interrupted")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	if flags.NArg() > 0 {
		return c, fmt.Errorf("%q is no flag; station --help lists them", flags.Arg(0))
	}
	if *path != "" {
		if err := c.readFile(*path); err != nil {
			return c, err
		}
	}
	c.home = ".run"
	if c.demo {
		applyDemoDefaults(&c, getenv)
	}
	c.complete(given)
	return c, c.check()
}

func (c *config) readFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	if stat, err := f.Stat(); err != nil || stat.Size() > configMax {
		return errors.Join(err, fmt.Errorf("%s: at most %d octets wanted", path, configMax))
	}
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// complete lays what was given over the file, and defaults under both.
func (c *config) complete(given config) {
	c.Server = strings.TrimRight(cmp.Or(given.Server, c.Server, "http://127.0.0.1:8080"), "/")
	c.Up = cmp.Or(given.Up, c.Up)
	c.Key = cmp.Or(given.Key, c.Key)
	c.Station = cmp.Or(given.Station, c.Station)
	c.Spool = cmp.Or(given.Spool, c.Spool, filepath.Join(c.home, "station", c.Station))
	c.Listen = cmp.Or(given.Listen, c.Listen)
	if len(c.Lanes) == 0 && c.count > 0 && c.count <= lanesMax {
		for n := 1; n <= c.count; n++ {
			c.Lanes = append(c.Lanes, laneConfig{Lane: n, Direction: [2]string{"out", "in"}[n%2], Reader: kindSim})
		}
	}
}

func (c *config) check() error {
	var problems []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	refuse(c.Station == "" || strings.ContainsAny(c.Station, `/\ `), "station %q: an id such as oslo-301 wanted", c.Station)
	refuse(c.Key == "", "key: none given")
	refuse(!strings.HasPrefix(c.Server, "http://") && !strings.HasPrefix(c.Server, "https://"), "server %q: an http or https address wanted", c.Server)
	if c.Up != "" {
		_, _, err := leaf.ParseUpstream(c.Up)
		refuse(err != nil, "upstream: %v", err)
	}
	refuse(len(c.Lanes) < 1 || len(c.Lanes) > lanesMax, "lanes: 1 to %d wanted", lanesMax)
	refuse(!(c.perHour > 0 && c.perHour <= 3.6e6), "rate %g: more than 0 and at most 3600000 an hour wanted", c.perHour)
	refuse(!(c.misread >= 0 && c.misread <= 1), "misread %g: a share from 0 to 1 wanted", c.misread)
	refuse(c.live != "auto" && c.live != "on" && c.live != "off", "live %q: auto, on or off wanted", c.live)
	if _, _, err := net.SplitHostPort(c.Listen); c.Listen != "" {
		refuse(err != nil, "listen %q: host:port wanted", c.Listen)
	}
	if _, err := c.issuer(); err != nil {
		refuse(true, "issuer %q: two octets in hexadecimal wanted", c.Issuer)
	}
	for _, address := range c.Cameras {
		_, _, err := net.SplitHostPort(address)
		refuse(err != nil, "camera %q: host:port wanted", address)
	}
	seen := map[int]bool{}
	for _, l := range c.Lanes {
		refuse(l.Lane < 1 || seen[l.Lane], "lane %d: a number of its own from 1 wanted", l.Lane)
		refuse(l.Direction != "" && l.Direction != "in" && l.Direction != "out", "lane %d: direction %q: in, out or nothing wanted", l.Lane, l.Direction)
		_, err := readerKind(l.Reader)
		refuse(err != nil, "lane %d: %v", l.Lane, err)
		seen[l.Lane] = true
	}
	return errors.Join(problems...)
}
