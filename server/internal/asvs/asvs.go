// Package asvs reads assets/docs/asvs.md, the security requirements that are met with the tests of each, and
// breaks.txt, the changes of the code that break each requirement. The command mutants makes every change and runs
// the tests that must notice it.
package asvs

import (
	"bufio"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

//go:embed breaks.txt
var breaks string

// Row is one requirement of the document.
type Row struct {
	ID, Level, How string
	Tests          []string // names
}

// Test is a test that has to notice the breaks of a requirement.
type Test struct {
	Package string // folder below the top of the checkout
	Name    string
	Tag     string // build tag that the test needs; empty for none
}

// Edit replaces a text, which occurs once in a file.
type Edit struct {
	File     string // below the top of the checkout
	Old, New string
}

// Break is a change that breaks a requirement. Most have one edit.
type Break struct {
	Name  string // of the requirement, with a number
	Edits []Edit
	Tests []string // names of the tests that are run; empty for all of the requirement
}

// Requirement is how a requirement is broken.
type Requirement struct {
	ID     string
	Tests  []Test
	Breaks []Break
}

// Rows returns the rows of the document in the checkout at top.
func Rows(top string) ([]Row, error) {
	text, err := os.ReadFile(filepath.Join(top, "assets/docs/asvs.md"))
	if err != nil {
		return nil, err
	}
	var rows []Row
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) != 4 || !strings.HasPrefix(cells[0], "V") {
			continue
		}
		row := Row{ID: cells[0], Level: cells[1], How: cells[2]}
		for name := range strings.SplitSeq(cells[3], ",") {
			row.Tests = append(row.Tests, strings.TrimSpace(name))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// Requirements returns the breaks of all requirements, in the order of breaks.txt.
func Requirements() ([]Requirement, error) { return parse(breaks) }

// parse reads the format of breaks.txt, which its first lines describe.
func parse(text string) (list []Requirement, err error) {
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		if err := parseLine(&list, lines.Text()); err != nil {
			return nil, fmt.Errorf("breaks.txt line %d: %w", n, err)
		}
	}
	return list, lines.Err()
}

func parseLine(list *[]Requirement, line string) error {
	if line == "" || line[0] == '#' {
		return nil
	}
	if line[0] == 'V' {
		*list = append(*list, Requirement{ID: line})
		return nil
	}
	if len(*list) == 0 {
		return fmt.Errorf("%q is before the first requirement", line)
	}
	r := &(*list)[len(*list)-1]
	words := strings.Fields(line)
	switch {
	case line[0] == '-' || line[0] == '+':
		return r.addText(line)
	case words[0] == "test" && len(words) > 2:
		for _, name := range words[2:] {
			name, tag, _ := strings.Cut(name, ":")
			r.Tests = append(r.Tests, Test{Package: words[1], Name: name, Tag: tag})
		}
	case words[0] == "break" && len(words) > 1:
		name := fmt.Sprintf("%s/%d", r.ID, len(r.Breaks)+1)
		r.Breaks = append(r.Breaks, Break{Name: name, Edits: []Edit{{File: words[1]}}, Tests: words[2:]})
	case words[0] == "and" && len(words) == 2 && len(r.Breaks) > 0:
		last := &r.Breaks[len(r.Breaks)-1]
		last.Edits = append(last.Edits, Edit{File: words[1]})
	default:
		return fmt.Errorf("%q is no test, break or text", line)
	}
	return nil
}

// addText adds a line of the old or the new text to the last edit.
func (r *Requirement) addText(line string) error {
	if len(r.Breaks) == 0 {
		return fmt.Errorf("%q is before the first break", line)
	}
	edits := r.Breaks[len(r.Breaks)-1].Edits
	edit := &edits[len(edits)-1]
	text := &edit.Old
	if line[0] == '+' {
		text = &edit.New
	}
	if *text != "" {
		*text += "\n"
	}
	*text += line[1:]
	return nil
}
