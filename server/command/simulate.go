package command

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/efc"
	"bompass/hardware/sim"
	"bompass/hardware/uplink"
	"bompass/server/config"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// habitDays is the number of days of demo passages from which the vehicles' stations are read.
const habitDays = 60

// simulation is the parameters of a simulation.
type simulation struct {
	server   string
	key      string
	rate     float64 // passages per second, over all stations
	duration time.Duration
	vehicles string
	seed     uint64
}

// Simulate lets the demo vehicles pass the stations of their demo passages, now, through simulated tags and
// readers and the uplink of a real station. It writes one line for each passage to out, and its log and help to errOut.
// The server at the given address is the default.
func Simulate(ctx context.Context, args []string, server string, out, errOut io.Writer) error {
	s, err := parseSimulation(args, server, errOut)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	dir, err := os.MkdirTemp("", "bompass-simulate-")
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	if s.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.duration)
		defer cancel()
	}
	left, err := s.run(ctx, dir, time.Now, out, errOut)
	if err == nil && left == 0 {
		return os.RemoveAll(dir)
	}
	return errors.Join(err, fmt.Errorf("simulate: %d passages were not sent and are stored in %s", left, dir))
}

// ownAddress returns the address of the server with these settings.
func ownAddress(getenv func(string) string) string {
	c, _ := config.Read(getenv) // the server reports invalid settings
	return "http://" + c.Addr
}

// parseSimulation parses the flags of the command.
func parseSimulation(args []string, server string, errOut io.Writer) (s simulation, err error) {
	flags := flag.NewFlagSet("simulate", flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.StringVar(&s.server, "server", server, "address of the server")
	flags.StringVar(&s.key, "key", fixture.StationKey, "the stations' API key")
	rate := flags.String("rate", "1/s", "passages, such as 1/s, 30/m or 500/h")
	flags.DurationVar(&s.duration, "duration", 0, "how long to drive, such as 30s; 0 until interrupted")
	flags.StringVar(&s.vehicles, "vehicles", "all", "vehicles that drive: all or kari")
	flags.Uint64Var(&s.seed, "seed", 1, "seed of the random vehicles")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("%q is not a flag; server simulate --help lists them", flags.Arg(0))
	}
	s.server = strings.TrimRight(s.server, "/")
	if s.vehicles != "all" && s.vehicles != "kari" {
		return s, fmt.Errorf("vehicles %q: all or kari", s.vehicles)
	}
	s.rate, err = parseRate(*rate)
	return s, err
}

// parseRate parses a number of passages per second, minute or hour.
func parseRate(text string) (float64, error) {
	number, unit, _ := strings.Cut(text, "/")
	n, err := strconv.ParseFloat(number, 64)
	per := map[string]float64{"s": 1, "m": 60, "h": 3600}[unit]
	if err != nil || per == 0 || !(n > 0 && n/per <= 1000) {
		return 0, fmt.Errorf("rate %q: a number per s, m or h, such as 1/s, at most 1000/s", text)
	}
	return n / per, nil
}

// run drives until ctx ends and returns the number of passages that were not sent.
func (s simulation) run(ctx context.Context, dir string, now func() time.Time, out, errOut io.Writer) (left int, err error) {
	// A new spool has an epoch of its own, its start in seconds, so the passages of two runs differ.
	spool, err := uplink.Open(dir, now())
	if err != nil {
		return 0, err
	}
	out = &lockedWriter{out: out}
	agent := uplink.Agent{
		Sites: s.sites(now),
		Sender: &uplink.Sender{
			Server: s.server, Key: s.key, Client: http.DefaultClient, Spool: spool,
			Wait: uplink.Sleep, Jitter: rand.Float64, Log: slog.New(slog.NewTextHandler(errOut, nil)),
		},
		OnKept: func(o uplink.Observation, seen hardware.Sighting) {
			fmt.Fprintln(out, passageText(o, seen))
		},
	}
	err = agent.Run(ctx)
	return spool.Waiting(), errors.Join(err, spool.Close())
}

// sites returns a reader for every station that the vehicles pass. The rate is divided in proportion to the vehicles of
// a station, so that the stations have the requested rate together.
func (s simulation) sites(now func() time.Time) []uplink.Site {
	habits, total := s.habits(oslo.DayOf(now())), 0
	for _, h := range habits {
		total += len(h.vehicles)
	}
	var sites []uplink.Site
	for i, h := range habits {
		traffic := &sim.Traffic{
			Vehicles: h.vehicles, Rate: s.rate * float64(len(h.vehicles)) / float64(total), Rand: sim.NewRand(s.seed, uint64(i)),
		}
		beacon := dsrc.BeaconID{Manufacturer: 1, Individual: 1000 * (i + 1)}
		sites = append(sites, uplink.Site{
			Station: string(h.station),
			Reader:  &sim.Reader{Traffic: traffic, Profile: efc.Standard(beacon), Now: now, Wait: uplink.Sleep},
		})
	}
	return sites
}

// habit is a station and the vehicles that pass it, each with its gates there.
type habit struct {
	station  toll.StationID
	vehicles []sim.Vehicle
}

// habits returns the stations of the demo passages with the vehicles that pass them.
func (s simulation) habits(last oslo.Day) []*habit {
	type visit struct {
		station toll.StationID
		plate   toll.Plate
	}
	tags := s.tags()
	gates := map[visit][]sim.Gate{}
	for _, o := range fixture.Passages(last-habitDays, last) {
		v := visit{o.Station, toll.Plate{Country: o.Country, Text: o.Plate}}
		gate := sim.Gate{Lane: o.Lane, Direction: string(o.Direction)}
		if _, drives := tags[v.plate]; drives && !slices.Contains(gates[v], gate) {
			gates[v] = append(gates[v], gate)
		}
	}
	at := map[toll.StationID]*habit{}
	for v, gates := range gates {
		if at[v.station] == nil {
			at[v.station] = &habit{station: v.station}
		}
		plate := hardware.PlateRead{Country: v.plate.Country, Text: v.plate.Text}
		at[v.station].vehicles = append(at[v.station].vehicles, sim.Vehicle{PAN: string(tags[v.plate]), Plate: plate, Gates: gates})
	}
	all := slices.Collect(maps.Values(at))
	for _, h := range all { // an order that does not depend on the map
		slices.SortFunc(h.vehicles, func(a, b sim.Vehicle) int { return cmp.Compare(a.Plate.Text, b.Plate.Text) })
	}
	slices.SortFunc(all, func(a, b *habit) int { return cmp.Compare(a.station, b.station) })
	return all
}

// tags returns the tag of every vehicle in this simulation, empty if it has none.
func (s simulation) tags() map[toll.Plate]toll.TagID {
	mounted := map[toll.VehicleID]toll.TagID{}
	for _, m := range fixture.Mounts() {
		mounted[m.Vehicle] = m.Tag
	}
	tags := map[toll.Plate]toll.TagID{}
	for _, v := range fixture.Vehicles() {
		if s.vehicles == "all" || v.Owner == fixture.Kari {
			tags[v.Plate] = mounted[v.ID]
		}
	}
	return tags
}

// passageText returns the line printed for a passage.
func passageText(o uplink.Observation, seen hardware.Sighting) string {
	plate := toll.Plate{Country: o.Country, Text: o.Plate}
	by := "camera"
	if o.Tag != "" {
		by = fmt.Sprintf("tag %s in %d messages", o.Tag, len(seen.Tag.Raw))
	}
	return fmt.Sprintf("%s  %-15s lane %d  %-3s  %-10s  %s", oslo.In(o.At).Format("15:04:05.000"), o.Station, o.Lane, o.Direction, plate, by)
}

// lockedWriter is a writer for the readers of several stations. It is safe for concurrent use.
type lockedWriter struct {
	mu  sync.Mutex
	out io.Writer
}

// Write writes one line at a time.
func (w *lockedWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(b)
}
