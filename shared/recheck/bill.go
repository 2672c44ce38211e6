// Package recheck owns the checking of a bill by the one who pays it: one vehicle's month is rated again
// from what each passage was priced by, and compared with what was charged, line by line.
//
// What a passage costs is package rating's. This package believes nothing that was charged: it uses
// charges only to compare them.
package recheck

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Passage is a passage with all that its price is worked out from, as it was matched.
type Passage struct {
	ID        toll.PassageID     `json:"id"`
	Station   toll.StationID     `json:"station"`
	At        time.Time          `json:"at"`
	Direction toll.Direction     `json:"direction,omitempty"`
	Facts     toll.Facts         `json:"facts"`
	Agreement bool               `json:"agreement,omitempty"` // in force at the instant and not blocked
	TagRead   bool               `json:"tag_read,omitempty"`
	Exempt    toll.ExemptionKind `json:"exempt,omitempty"`
	Products  []tariff.ProductID `json:"products,omitempty"` // of supplementary agreements
	LengthMM  int                `json:"length_mm,omitempty"`
	TrailerMM int                `json:"trailer_mm,omitempty"`
	MatchedBy toll.MatchedBy     `json:"matched_by"`
	Tag       toll.TagID         `json:"tag,omitempty"`
}

// Charge is what stands as charged for a passage, and the reason given.
type Charge struct {
	Passage toll.PassageID `json:"passage"`
	List    money.Ore      `json:"list"`
	Net     money.Ore      `json:"net"`
	Steps   []rating.Step  `json:"steps"`
}

// Bill is one vehicle's calendar month. Passages are the month's and, before and after it, those that
// bear on them; charges are the month's alone.
type Bill struct {
	Month    oslo.Month `json:"month"`
	Passages []Passage  `json:"passages"`
	Charges  []Charge   `json:"charges"`
	Debited  money.Ore  `json:"debited"` // the sum of everything that was posted for the month's passages
}

// Input is the passage as rating takes it.
func (p Passage) Input() rating.Input {
	return rating.Input{
		Station: p.Station, At: p.At, Direction: p.Direction, Facts: p.Facts, Agreement: p.Agreement, TagRead: p.TagRead,
		Exempt: p.Exempt, Key: rating.KeyOf(p.ID), Products: p.Products, LengthMM: p.LengthMM, TrailerMM: p.TrailerMM,
	}
}

// Difference is a way in which a line of the bill is not what it should be.
type Difference string

// The differences. A line can have several.
const (
	OtherList  Difference = "list"    // another list price
	OtherNet   Difference = "net"     // another amount
	OtherSteps Difference = "steps"   // other reasons
	Missing    Difference = "missing" // the passage has a price but was not charged
	Extra      Difference = "extra"   // charged, but there is no such passage, or it has no price, or charged twice
)

// Line is one passage of the month as it was charged and as it was worked out here.
type Line struct {
	ID      toll.PassageID
	Passage *Passage // nil when a charge names a passage that the bill does not have
	Posted  *Charge  // nil when nothing was charged
	Own     *Charge  // nil when it cannot be priced
	Why     *fault.Error
	Differs []Difference // empty when both agree
}

// Report is a checked bill.
type Report struct {
	Lines   []Line    // of the month, in the order of time; charges without a passage last
	Differ  int       // lines that do
	Posted  money.Ore // what the charges sum to
	Own     money.Ore // what they should
	Debited money.Ore // what was posted in all; another sum than Posted is a fault of the books
	Tariffs []string  // the versions that lines are priced by, in the order of their names
}

// Agrees tells whether the bill is right, line by line and in its sums.
func (r Report) Agrees() bool { return r.Differ == 0 && r.Posted == r.Own && r.Posted == r.Debited }

// Check rates a bill's passages again and compares every line.
func Check(plan *rating.Plan, b Bill) Report {
	r := Report{Debited: b.Debited}
	posted := map[toll.PassageID]*Charge{}
	var extra []Line
	for i := range b.Charges {
		c := &b.Charges[i]
		r.Posted += c.Net
		if posted[c.Passage] != nil {
			extra = append(extra, Line{ID: c.Passage, Posted: c, Differs: []Difference{Extra}})
			continue
		}
		posted[c.Passage] = c
	}
	for _, l := range rate(plan, b.Passages, open(b.Charges)) {
		if oslo.MonthOf(l.Passage.At) != b.Month {
			continue
		}
		l.Posted = posted[l.ID]
		delete(posted, l.ID)
		l.Differs = differences(l.Posted, l.Own)
		r.Lines = append(r.Lines, l)
	}
	for _, c := range posted {
		extra = append(extra, Line{ID: c.Passage, Posted: c, Differs: []Difference{Extra}})
	}
	sort.SliceStable(extra, func(i, j int) bool { return extra[i].ID < extra[j].ID })
	r.Lines = append(r.Lines, extra...)
	r.sum()
	return r
}

func (r *Report) sum() {
	for _, l := range r.Lines {
		if len(l.Differs) > 0 {
			r.Differ++
		}
		if l.Own == nil {
			continue
		}
		r.Own += l.Own.Net
		for _, s := range l.Own.Steps {
			if s.Tariff != "" && !slices.Contains(r.Tariffs, s.Tariff) {
				r.Tariffs = append(r.Tariffs, s.Tariff)
			}
		}
	}
	slices.Sort(r.Tariffs)
}

// rate prices a vehicle's passages together, each once, in the order of time.
func rate(plan *rating.Plan, passages []Passage, open map[toll.PassageID]bool) []Line {
	lines := make([]Line, 0, len(passages))
	places := make([]int, 0, len(passages)) // in lines, of what could be resolved
	set := make([]rating.Crossing, 0, len(passages))
	seen := make(map[toll.PassageID]bool, len(passages))
	for i := range passages {
		p := &passages[i]
		if seen[p.ID] {
			continue
		}
		seen[p.ID] = true
		l := Line{ID: p.ID, Passage: p}
		c, err := plan.Resolve(p.Input())
		if err != nil {
			l.Why = asFault(err)
		} else {
			places, set = append(places, len(lines)), append(set, c)
		}
		lines = append(lines, l)
	}
	price(plan, lines, places, set, open)
	sort.SliceStable(lines, func(i, j int) bool {
		a, b := lines[i], lines[j]
		return cmp.Or(a.Passage.At.Compare(b.Passage.At), strings.Compare(string(a.ID), string(b.ID))) < 0
	})
	return lines
}

// price rates the set in its one order: by instant, station and key, and by identity where those are
// the same.
//
// Charges that were pending when they were made up are explained as such; their amounts are the same.
func price(plan *rating.Plan, lines []Line, places []int, set []rating.Crossing, open map[toll.PassageID]bool) {
	order := make([]int, len(set))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool {
		a, b := order[i], order[j]
		return cmp.Or(set[a].Compare(set[b]), strings.Compare(string(lines[places[a]].ID), string(lines[places[b]].ID))) < 0
	})
	sorted, charges := make([]rating.Crossing, len(set)), make([]rating.Charge, len(set))
	for i, at := range order {
		sorted[i] = set[at]
	}
	plan.Rate(sorted, charges)
	early := charges
	if len(open) > 0 {
		early = make([]rating.Charge, len(set))
		plan.RateKnown(sorted, early, time.UnixMilli(0))
	}
	id := func(i int) toll.PassageID { return lines[places[order[i]]].ID }
	for i := range order {
		explained := charges
		if open[id(i)] {
			explained = early
		}
		lines[places[order[i]]].Own = &Charge{
			Passage: id(i), List: charges[i].List(), Net: charges[i].Net(), Steps: plan.Explain(sorted, explained, i, id, nil),
		}
	}
}

// open tells which charges were pending when they were made up.
func open(charges []Charge) map[toll.PassageID]bool {
	list := map[toll.PassageID]bool{}
	for i := range charges {
		if slices.ContainsFunc(charges[i].Steps, func(s rating.Step) bool { return s.Rule == rating.RulePending }) {
			list[charges[i].Passage] = true
		}
	}
	return list
}

func asFault(err error) *fault.Error {
	if f, ok := err.(*fault.Error); ok { //nolint:errorlint // rating's errors are faults themselves
		return f
	}
	return fault.New(fault.Internal)
}

func differences(posted, own *Charge) (list []Difference) {
	switch {
	case posted == nil && own == nil:
		return nil
	case posted == nil:
		return []Difference{Missing}
	case own == nil:
		return []Difference{Extra}
	}
	if posted.List != own.List {
		list = append(list, OtherList)
	}
	if posted.Net != own.Net {
		list = append(list, OtherNet)
	}
	if !slices.EqualFunc(posted.Steps, own.Steps, sameStep) {
		list = append(list, OtherSteps)
	}
	return list
}

// sameStep compares instants as such; everything else as it is written.
func sameStep(a, b rating.Step) bool {
	if !a.From.Equal(b.From) {
		return false
	}
	a.From, b.From = time.Time{}, time.Time{}
	return a == b
}
