package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// lanesMax bounds the lanes of one station.
const lanesMax = 32

// config is what the agent was told.
type config struct {
	server   string
	key      string
	station  string
	lanes    int
	spool    string
	cast     string
	seed     uint64
	perHour  float64
	misread  float64
	commuter bool
	duration time.Duration
}

// parse reads flags over the environment, and finds every problem at once.
func parse(args []string, getenv func(string) string) (c config, err error) {
	flags := flag.NewFlagSet("station", flag.ContinueOnError)
	flags.StringVar(&c.server, "server", cmp.Or(getenv("BOMPASS_SERVER"), "http://127.0.0.1:8080"), "address of the server (BOMPASS_SERVER)")
	flags.StringVar(&c.key, "key", getenv("BOMPASS_STATION_KEY"), "the station's API key; better in the environment than on the command line (BOMPASS_STATION_KEY)")
	flags.StringVar(&c.station, "station", getenv("BOMPASS_STATION"), "the station's id, such as oslo-301 (BOMPASS_STATION)")
	flags.IntVar(&c.lanes, "lanes", 4, "lanes; the odd ones lead in, the even ones out")
	flags.StringVar(&c.spool, "spool", getenv("BOMPASS_SPOOL"), "folder for passages that wait (BOMPASS_SPOOL); default .run/station/ and the id")
	flags.StringVar(&c.cast, "cast", "", "file of vehicles that drive: country, plate, tag; default invented ones")
	flags.Uint64Var(&c.seed, "seed", 1, "the same seed drives the same cars")
	flags.Float64Var(&c.perHour, "rate", 1200, "vehicles per hour, over all lanes")
	flags.Float64Var(&c.misread, "misread", 0, "share of plates that the camera gets wrong")
	flags.BoolVar(&c.commuter, "peaks", false, "peaks in the morning and the afternoon")
	flags.DurationVar(&c.duration, "duration", 0, "how long to run; 0 until interrupted")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	c.server = strings.TrimRight(c.server, "/")
	c.spool = cmp.Or(c.spool, filepath.Join(".run", "station", c.station))
	return c, c.check()
}

func (c config) check() error {
	var problems []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	refuse(c.station == "" || strings.ContainsAny(c.station, `/\ `), "station %q: an id such as oslo-301 wanted", c.station)
	refuse(c.key == "", "key: none given")
	refuse(!strings.HasPrefix(c.server, "http://") && !strings.HasPrefix(c.server, "https://"), "server %q: an http or https address wanted", c.server)
	refuse(c.lanes < 1 || c.lanes > lanesMax, "lanes %d: 1 to %d wanted", c.lanes, lanesMax)
	refuse(!(c.perHour > 0 && c.perHour <= 3.6e6), "rate %g: more than 0 and at most 3600000 an hour wanted", c.perHour)
	refuse(!(c.misread >= 0 && c.misread <= 1), "misread %g: a share from 0 to 1 wanted", c.misread)
	return errors.Join(problems...)
}
