package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// prefix begins the name of every variable of ours.
const prefix = "BOMPASS_"

// otherNames are variables that the station's program, the kiosk's program and the tests read. They may be set in the
// same environment.
var otherNames = []string{
	"BOMPASS_SERVER", "BOMPASS_STATION", "BOMPASS_STATION_KEY", "BOMPASS_STATION_CONFIG", "BOMPASS_SPOOL",
	"BOMPASS_UPSTREAM",
	"BOMPASS_SHOTS", "BOMPASS_PICTURES",
}

// Names returns the names of all variables that Read reads, sorted.
func Names() []string {
	var names []string
	_, _ = Read(func(name string) string { // an empty environment has no errors
		names = append(names, name)
		return ""
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// CheckNames returns an error if an environment, a list of name=value pairs, has variables with our prefix that nothing
// reads: a mistyped name would be ignored silently. The error suggests the nearest name, a line each.
func CheckNames(environ []string) error {
	known := append(Names(), otherNames...)
	var problems []error
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) || slices.Contains(known, name) {
			continue
		}
		problems = append(problems, fmt.Errorf("%s is not a setting; did you mean %s? server help lists all settings",
			name, nearest(name, known)))
	}
	return errors.Join(problems...)
}

// nearest returns the candidate with the smallest edit distance.
func nearest(name string, candidates []string) string {
	return slices.MinFunc(candidates, func(a, b string) int { return distance(name, a) - distance(name, b) })
}

// distance returns the Levenshtein distance between two texts.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next := min(row[j]+1, row[j+1]+1, diagonal+cost)
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
