// Command mutants measures how many small faults the tests detect (mutation testing). It changes the code of server
// and app in one place at a time, runs the tests that cover the place, and lists the changes that no test has
// noticed.
//
// The places are chosen at random from a seed, so that a run can be repeated. The files of the checkout are never
// changed: the toolchain reads a changed copy instead (go test -overlay).
//
// With -asvs it breaks each security requirement of assets/docs/asvs.md in the ways of server/internal/asvs/breaks.txt,
// and expects the tests that the document names to fail.
//
// Package main is left out, because it only connects the parts and only the browser tests would notice; so are log
// lines and texts. The tests of server/internal, which includes the browser tests, are not run.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	o := options{}
	flag.StringVar(&o.top, "top", ".", "top of the checkout")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the choice")
	flag.IntVar(&o.count, "n", 60, "number of mutants")
	flag.DurationVar(&o.limit, "limit", 10*time.Minute, "time for the tests of one mutant")
	flag.IntVar(&o.survivorsMax, "max", 10, "maximum share of survivors in percent")
	flag.StringVar(&o.only, "only", "", "choose places below this path alone, such as server/access, or requirements such as V3.4.6,V7")
	flag.IntVar(&o.jobs, "jobs", 1, "requirements at a time, with -asvs")
	asvs := flag.Bool("asvs", false, "break each security requirement of assets/docs/asvs.md, and expect its tests to fail")
	flag.Parse()
	work := run
	if *asvs {
		work = breakRequirements
	}
	if err := work(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// options are the flags of the command.
type options struct {
	top          string
	seed         uint64
	count        int
	limit        time.Duration
	survivorsMax int // percent
	only         string
	jobs         int
}

// run tries mutants in random order until enough of them have compiled.
func run(o options, out io.Writer) error {
	top, err := filepath.Abs(o.top)
	if err != nil {
		return err
	}
	packages, err := list(top)
	if err != nil {
		return err
	}
	places, err := findPlaces(top, packages, o.only)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(o.seed, 0))
	// The same seed tries the same places, so a result can be repeated.
	random.Shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
	fmt.Fprintf(out, "%d places, seed %d\n", len(places), o.seed)
	runner, err := newRunner(top, packages, o.limit)
	if err != nil {
		return err
	}
	defer runner.close()
	var survivors []string
	tried := 0
	for _, p := range places {
		if tried == o.count {
			break
		}
		began := time.Now()
		result, err := runner.try(p)
		if err != nil {
			return err
		}
		// A change that does not compile says nothing about the tests.
		if !result.compiles {
			continue
		}
		tried++
		line := fmt.Sprintf("%s:%d: %s", p.file, p.line, p.what)
		if result.noticedBy == "" {
			line += result.note()
			survivors = append(survivors, line)
			fmt.Fprintf(out, "%3d survives  %s (%.0f s)\n", tried, line, time.Since(began).Seconds())
			continue
		}
		fmt.Fprintf(out, "%3d noticed   %s, by %s (%.0f s)\n", tried, line, result.noticedBy,
			time.Since(began).Seconds())
	}
	return summarise(out, tried, survivors, o.survivorsMax)
}

// summarise prints the survivors and their share, and returns an error if it is above the maximum.
func summarise(out io.Writer, tried int, survivors []string, percentMax int) error {
	if tried == 0 {
		return errors.New("there is no place to change")
	}
	percent := 100 * len(survivors) / tried
	fmt.Fprintf(out, "\n%d of %d mutants survive (%d %%)\n%s", len(survivors), tried, percent,
		strings.Join(append(survivors, ""), "\n"))
	if 100*len(survivors) > percentMax*tried {
		return fmt.Errorf("%d of %d mutants survive, at most %d %% may", len(survivors), tried, percentMax)
	}
	return nil
}
