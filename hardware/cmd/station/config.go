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

// Limits of one station.
const (
	lanesMax  = 32
	configMax = 1 << 20 // octets of the configuration file
)

// config is the station's configuration. Flags override the environment, which overrides the file.
type config struct {
	Station string       `json:"station"`
	Server  string       `json:"server"`
	Up      string       `json:"upstream"` // nats-leaf://host:port; empty sends over HTTP
	Key     string       `json:"key"`
	Spool   string       `json:"spool"`
	Listen  string       `json:"listen"` // of /healthz and /metrics; empty disables them
	Issuer  string       `json:"issuer"` // first two octets of the EPCs of tags read over LLRP
	Radio   radioConfig  `json:"radio"`  // of LLRP readers
	Secure  bool         `json:"secure"` // security level 1 and receipts, with the invented test keys
	Lanes   []laneConfig `json:"lanes"`
	Cameras []string     `json:"cameras"` // host:port of plate readers and loop controllers, for the lanes with a real reader

	home        string // base folder of the default spool
	live        string
	demo        bool
	count       int
	vehicleFile string
	seed        uint64
	perHour     float64
	misread     float64
	commuter    bool
	duration    time.Duration
}

// laneConfig is one lane and its reader.
type laneConfig struct {
	Lane      int    `json:"lane"`
	Direction string `json:"direction"`
	Reader    string `json:"reader"`  // sim, tcp://host:port, serial:/dev/name or llrp://host[:port]
	Antenna   uint16 `json:"antenna"` // of an LLRP reader; 0 is the lane's number
}

// parse reads file, environment and flags, and returns all problems at once.
func parse(args []string, getenv func(string) string) (c config, err error) {
	flags := flag.NewFlagSet("station", flag.ContinueOnError)
	var given config
	path := flags.String("config", getenv("BOMPASS_STATION_CONFIG"), "configuration file, JSON (BOMPASS_STATION_CONFIG)")
	flags.StringVar(&given.Server, "server", getenv("BOMPASS_SERVER"), "URL of the server (BOMPASS_SERVER); default http://127.0.0.1:8080")
	flags.StringVar(&given.Up, "upstream", getenv("BOMPASS_UPSTREAM"), "send as a NATS leaf node to nats-leaf://host:port instead of over HTTP (BOMPASS_UPSTREAM)")
	flags.StringVar(&given.Key, "key", getenv("BOMPASS_STATION_KEY"), "the station's API key; better in the environment than on the command line (BOMPASS_STATION_KEY)")
	flags.StringVar(&given.Station, "station", getenv("BOMPASS_STATION"), "the station's id, such as oslo-301 (BOMPASS_STATION)")
	flags.StringVar(&given.Spool, "spool", getenv("BOMPASS_SPOOL"), "folder of the spool (BOMPASS_SPOOL); default .run/station/ID")
	flags.StringVar(&given.Listen, "listen", "", "address of /healthz and /metrics, such as 127.0.0.1:9105")
	flags.IntVar(&c.count, "lanes", 4, "number of simulated lanes without a file; odd ones lead in, even ones out")
	flags.StringVar(&c.live, "live", "auto", "live view on the terminal: auto, on or off")
	flags.BoolVar(&c.demo, "demo", false, "use the key, vehicles and tags of the demo data")
	flags.StringVar(&c.vehicleFile, "vehicles", "", "file of simulated vehicles: country, plate, tag; default random ones")
	flags.Uint64Var(&c.seed, "seed", 1, "seed of the simulation")
	flags.Float64Var(&c.perHour, "rate", 1200, "vehicles per hour on all simulated lanes")
	flags.Float64Var(&c.misread, "misread", 0, "share of plates that the simulated camera misreads")
	flags.BoolVar(&c.commuter, "peaks", false, "simulate traffic peaks in the morning and the afternoon")
	flags.DurationVar(&c.duration, "duration", 0, "how long to run; 0 until interrupted")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	if flags.NArg() > 0 {
		return c, fmt.Errorf("unknown argument %q; see station --help", flags.Arg(0))
	}
	if *path != "" {
		if err := c.readFile(*path); err != nil {
			return c, err
		}
	}
	c.home = ".run"
	// Values of the file precede those of the demo, and flags and environment precede both.
	if c.demo {
		applyDemoDefaults(&c, getenv)
	}
	c.complete(given)
	return c, c.check()
}

// readFile reads the configuration file. Unknown fields are errors, because a misspelt one would be ignored.
func (c *config) readFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	if stat, err := f.Stat(); err != nil || stat.Size() > configMax {
		return errors.Join(err, fmt.Errorf("%s: larger than %d octets", path, configMax))
	}
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// complete applies the given settings over the file's, and defaults under both.
func (c *config) complete(given config) {
	c.Server = strings.TrimRight(cmp.Or(given.Server, c.Server), "/")
	if !c.demo { // the demo data's key is known to everyone, so the demo has no default server
		c.Server = cmp.Or(c.Server, "http://127.0.0.1:8080")
	}
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

// check returns an error with every problem of the configuration.
func (c *config) check() error {
	var problems []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	refuse(c.Station == "" || strings.ContainsAny(c.Station, `/\ `), "station %q: want an id such as oslo-301", c.Station)
	refuse(c.Key == "", "key: not set")
	refuse(!strings.HasPrefix(c.Server, "http://") && !strings.HasPrefix(c.Server, "https://"), "server %q: want an http or https URL; --demo has no default", c.Server)
	if c.Up != "" {
		_, _, err := leaf.ParseUpstream(c.Up)
		refuse(err != nil, "upstream: %v", err)
	}
	refuse(len(c.Lanes) < 1 || len(c.Lanes) > lanesMax, "lanes: want 1 to %d", lanesMax)
	// Written without a negated comparison, so that NaN is refused too.
	refuse(!(c.perHour > 0 && c.perHour <= 3.6e6), "rate %g: want more than 0 and at most 3600000 an hour", c.perHour)
	refuse(!(c.misread >= 0 && c.misread <= 1), "misread %g: want a share from 0 to 1", c.misread)
	refuse(c.live != "auto" && c.live != "on" && c.live != "off", "live %q: want auto, on or off", c.live)
	if _, _, err := net.SplitHostPort(c.Listen); c.Listen != "" {
		refuse(err != nil, "listen %q: want host:port", c.Listen)
	}
	if _, err := c.issuer(); err != nil {
		refuse(true, "issuer %q: want two octets in hexadecimal", c.Issuer)
	}
	for _, address := range c.Cameras {
		_, _, err := net.SplitHostPort(address)
		refuse(err != nil, "camera %q: want host:port", address)
	}
	refuse(c.Radio.Session > 3, "radio: session %d: want 0 to 3", c.Radio.Session)
	seen := map[int]bool{}
	for _, l := range c.Lanes {
		refuse(l.Lane < 1 || seen[l.Lane], "lane %d: want a unique number from 1", l.Lane)
		refuse(l.Direction != "" && l.Direction != "in" && l.Direction != "out", "lane %d: direction %q: want in, out or nothing", l.Lane, l.Direction)
		_, err := readerKind(l.Reader)
		refuse(err != nil, "lane %d: %v", l.Lane, err)
		seen[l.Lane] = true
	}
	return errors.Join(problems...)
}
