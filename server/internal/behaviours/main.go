// Command behaviours counts which of the product's behaviours the tests have proven, and lists the rest.
//
// The statements are the tables in assets/docs/behaviours.md. `make test` records below .cache/proofs which
// passing tests have seen which of them (package proves). An id in a comment of a test is a
// reference for readers and is not counted.
//
//	behaviours          print the count and the statements that are not proven
//	behaviours -write   also write the tests into the last column of the tables
//	behaviours -check   print the count, and fail where the tables name a proof that the record does not have
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bompass/server/internal/proves"
)

// Paths below the top of the checkout.
const (
	page     = "assets/docs/behaviours.md"
	records  = ".cache/proofs" // one folder for each run of the tests, named by its time
	finished = "finished"      // is in the folder of a run that went to its end
)

func main() {
	top := flag.String("top", ".", "top of the checkout")
	write := flag.Bool("write", false, "write the proofs into the tables")
	check := flag.Bool("check", false, "fail where the tables name a proof that the record does not have")
	flag.Parse()
	if err := run(*top, *write, *check, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "behaviours:", err)
		os.Exit(1)
	}
}

func run(top string, write, check bool, out io.Writer) error {
	text, err := os.ReadFile(filepath.Join(top, page))
	if err != nil {
		return err
	}
	list, err := parse(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	proofs, err := latest(filepath.Join(top, records))
	if err != nil {
		return err
	}
	proven, err := provenBy(list, proofs)
	if err != nil {
		return err
	}
	count(out, list, proven)
	if check {
		return compare(list, proven)
	}
	rest(out, list, proven)
	if write {
		return os.WriteFile(filepath.Join(top, page), []byte(fill(string(text), proven)), 0o644)
	}
	return nil
}

// latest reads the record of the latest run of the tests.
func latest(folder string) ([]proves.Proof, error) {
	runs, err := filepath.Glob(filepath.Join(folder, "*", "*"))
	if err != nil {
		return nil, err
	}
	if len(runs) == 0 {
		return nil, errors.New("there is no record of a test run: run `make test` first")
	}
	last := filepath.Dir(runs[len(runs)-1])
	if _, err := os.Stat(filepath.Join(last, finished)); err != nil {
		return nil, fmt.Errorf("the test run recorded in %s has not finished: run `make test` again", last)
	}
	return proves.Read(os.DirFS(last))
}

// provenBy returns the names of the tests that prove each statement.
func provenBy(list []statement, proofs []proves.Proof) (map[string][]string, error) {
	known := map[string]bool{}
	for _, s := range list {
		known[s.id] = true
	}
	proven := map[string][]string{}
	seen := map[string]bool{}
	for _, p := range proofs {
		if !known[p.ID] {
			return nil, fmt.Errorf("%s of %s proves %s, which is not in %s", p.Test, p.Package, p.ID, page)
		}
		test, _, _ := strings.Cut(p.Test, "/")
		name := strings.TrimPrefix(p.Package, "bompass/") + "." + test
		// Subtests of one test count as one proof.
		if !seen[p.ID+name] {
			seen[p.ID+name] = true
			proven[p.ID] = append(proven[p.ID], name)
		}
	}
	return proven, nil
}

// count prints how many statements of each system are proven.
func count(out io.Writer, list []statement, proven map[string][]string) {
	var systems []string
	all, some := map[string]int{}, map[string]int{}
	for _, s := range list {
		if all[s.system()] == 0 {
			systems = append(systems, s.system())
		}
		all[s.system()]++
		if proven[s.id] != nil {
			some[s.system()]++
		}
	}
	for _, system := range systems {
		fmt.Fprintf(out, "%-2s  %3d of %3d proven\n", system, some[system], all[system])
	}
	fmt.Fprintf(out, "    %3d of %3d proven\n", len(proven), len(list))
}

// rest prints the statements that are not proven.
func rest(out io.Writer, list []statement, proven map[string][]string) {
	fmt.Fprint(out, "\nNot proven:\n")
	for _, s := range list {
		if proven[s.id] == nil {
			fmt.Fprintf(out, "%s  %s\n", s.id, s.says)
		}
	}
}

// compare returns an error where the tables name a test that the record does not have for the statement.
func compare(list []statement, proven map[string][]string) error {
	var problems []error
	for _, s := range list {
		for _, name := range s.tests {
			if !slices.Contains(proven[s.id], name) {
				problems = append(problems, fmt.Errorf("%s is not proven by %s any more", s.id, name))
			}
		}
	}
	if len(problems) > 0 {
		problems = append(problems, fmt.Errorf("see why, or run `make behaviours` to write %s again", page))
	}
	return errors.Join(problems...)
}
