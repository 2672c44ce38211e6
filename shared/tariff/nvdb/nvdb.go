// Package nvdb owns the way from the national road data bank's toll stations (object type 45, JSON of
// its API, versions 3 and 4) to drafts of tariff files.
//
// The data bank is right about where stations are, their passage groups and their hour rule; it knows
// two prices where a toll charger has ten, and some lag behind. So a draft is for a person to finish:
// what the data does not say is left out and named, and a price that is absent is never 0,
// tolling.md B.1.
package nvdb

import (
	"cmp"
	"fmt"
	"slices"

	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// ObjectsMax bounds the objects of a file; the whole country has about 460.
const ObjectsMax = 5000

// Draft is the tariff file of one scheme, as far as the data bank knows it.
type Draft struct {
	ID   toll.SchemeID
	Text []byte
}

// Problem is something that the data does not say, or says in two ways, about an object.
type Problem struct { //nolint:errname // it is what a toll officer calls it
	Object int64  // id in the data bank; 0 when it concerns the file or a scheme
	Name   string // of the station or scheme
	Text   string // what it is and what to do
}

// Error is the problem in one line, with the object first.
func (p Problem) Error() string {
	switch {
	case p.Object != 0:
		return fmt.Sprintf("object %d (%s): %s", p.Object, p.Name, p.Text)
	case p.Name != "":
		return p.Name + ": " + p.Text
	}
	return p.Text
}

// Import makes drafts of a file's stations, ordered by id. The prices of a draft hold from the day
// given, or when it is 0 from the latest day on which one of its objects began.
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

type importer struct {
	from     oslo.Day
	schemes  []*scheme
	problems []Problem
}

func (m *importer) problem(object int64, name, format string, args ...any) {
	m.problems = append(m.problems, Problem{object, name, fmt.Sprintf(format, args...)})
}
