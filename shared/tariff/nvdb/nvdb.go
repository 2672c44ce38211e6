// Package nvdb converts toll stations of the national road data bank (object type 45, JSON of its API, versions 3
// and 4) to drafts of tariff files.
//
// The data bank has reliable positions, passage groups and hour rules, but only two prices per station, and some
// are outdated. A person must complete the draft: missing data is left out and reported, and a missing price is
// never 0.
package nvdb

import (
	"cmp"
	"fmt"
	"slices"

	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// ObjectsMax is the maximum number of objects of a file. The whole country has about 460.
const ObjectsMax = 5000

// Draft is the tariff file of one scheme with the data of the data bank.
type Draft struct {
	ID   toll.SchemeID
	Text []byte
}

// Problem is missing or contradictory data of an object.
type Problem struct { //nolint:errname // it is what a toll officer calls it
	Object int64  // id in the data bank; 0 for a problem of the file or a scheme
	Name   string // of the station or scheme
	Text   string // problem and remedy
}

// Error returns the problem in one line after the object.
func (p Problem) Error() string {
	switch {
	case p.Object != 0:
		return fmt.Sprintf("object %d (%s): %s", p.Object, p.Name, p.Text)
	case p.Name != "":
		return p.Name + ": " + p.Text
	}
	return p.Text
}

// Import returns drafts for the stations of a file, ordered by id. The prices of a draft apply from the given day
// or, when it is 0, from the latest first day of its objects.
func Import(text []byte, from oslo.Day) ([]Draft, []Problem) {
	m := &importer{from: from}
	for _, o := range m.read(text) {
		if s, ok := m.station(o); ok {
			m.add(s)
		}
	}
	slices.SortFunc(m.schemes, func(a, b *scheme) int { return cmp.Compare(a.key, b.key) })
	m.name()
	var drafts []Draft
	for _, s := range m.schemes {
		if text := m.draft(s); text != nil {
			drafts = append(drafts, Draft{s.id, text})
		}
	}
	slices.SortFunc(drafts, func(a, b Draft) int { return cmp.Compare(a.ID, b.ID) })
	return drafts, m.problems
}

// importer collects the schemes and problems of the pages that it reads.
type importer struct {
	from     oslo.Day
	schemes  []*scheme
	problems []Problem
}

func (m *importer) problem(object int64, name, format string, args ...any) {
	m.problems = append(m.problems, Problem{object, name, fmt.Sprintf(format, args...)})
}
