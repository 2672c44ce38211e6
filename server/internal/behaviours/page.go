package main

import (
	"fmt"
	"regexp"
	"strings"
)

// notYet is the last cell of a statement that no test proves.
const notYet = "not yet"

// statement is one row of the tables.
type statement struct {
	id, says string
	tests    []string // that prove it, by the table
}

// system returns the part of the id before the dot, such as S2.
func (s statement) system() string {
	system, _, _ := strings.Cut(s.id, ".")
	return system
}

var (
	row = regexp.MustCompile(`^\| ((?:S[1-5]|O)\.\d\d) \| ([^|]+) \| ([^|]+) \|$`)
	// rowStart begins every line that should be a row: a misspelt one must not be skipped.
	rowStart = regexp.MustCompile(`^\|\s*[A-Z]\d?\.\d`)
)

// parse returns the statements of the tables, in their order.
func parse(text string) ([]statement, error) {
	var list []statement
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		m := row.FindStringSubmatch(line)
		if m == nil {
			// A row with a mistake in it must not be skipped like prose.
			if rowStart.MatchString(line) {
				return nil, fmt.Errorf("%q is not a row of id, statement and proofs", line)
			}
			continue
		}
		if seen[m[1]] {
			return nil, fmt.Errorf("%s is there twice", m[1])
		}
		seen[m[1]] = true
		s := statement{id: m[1], says: m[2]}
		if m[3] != notYet {
			s.tests = strings.Split(m[3], ", ")
		}
		list = append(list, s)
	}
	return list, nil
}

// fill returns the text with the tests that prove each statement in the last column of the tables.
func fill(text string, proven map[string][]string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if m := row.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
			cell := notYet
			if tests := proven[m[1]]; tests != nil {
				cell = strings.Join(tests, ", ")
			}
			line = fmt.Sprintf("| %s | %s | %s |\n", m[1], m[2], cell)
		}
		b.WriteString(line)
	}
	return b.String()
}
