// Package recheck rates one vehicle's month again on the customer's device and compares the result with what
// was charged, line by line.
//
// Package rating computes the prices. The charges of a statement are only compared, never used as input.
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

// Passage is a matched passage with all data that determine its price.
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

// Charge is the current charge of a passage with its steps.
type Charge struct {
	Passage toll.PassageID `json:"passage"`
	List    money.Ore      `json:"list"`
	Net     money.Ore      `json:"net"`
	Steps   []rating.Step  `json:"steps"`
}

// Statement is what one vehicle was charged in a calendar month. Passages includes those before and after the month
// that affect its prices; Charges covers the month only.
type Statement struct {
	Month    oslo.Month `json:"month"`
	Passages []Passage  `json:"passages"`
	Charges  []Charge   `json:"charges"`
	Debited  money.Ore  `json:"debited"` // sum of all postings for the month's passages
}

// Input returns the passage as input of the rating.
func (p Passage) Input() rating.Input {
	return rating.Input{
		Station: p.Station, At: p.At, Direction: p.Direction, Facts: p.Facts, Agreement: p.Agreement, TagRead: p.TagRead,
		Exempt: p.Exempt, Key: rating.KeyOf(p.ID), Products: p.Products, LengthMM: p.LengthMM, TrailerMM: p.TrailerMM,
	}
}

// Difference is a kind of disagreement between the charged and the recomputed line.
type Difference string

// The kinds of difference. A line can have several.
const (
	ListDiffers Difference = "list"    // the list price differs
	NetDiffers  Difference = "net"     // the amount differs
	StepsDiffer Difference = "steps"   // the reasons differ
	Missing     Difference = "missing" // the passage has a price but no charge
	Extra       Difference = "extra"   // charge without a passage, for a passage without a price, or a second charge
)

// Line is one passage of the month as charged and as recomputed.
type Line struct {
	ID      toll.PassageID
	Passage *Passage // nil when the statement does not contain the passage of a charge
	Posted  *Charge  // nil without a charge
	Own     *Charge  // nil without a price
	Why     *fault.Error
	Differs []Difference // empty when both agree
}

// Report is the result of checking a statement.
type Report struct {
	Lines   []Line    // lines of the month in the order of time; charges without a passage are last
	Differ  int       // number of lines with a difference
	Posted  money.Ore // sum of the charges
	Own     money.Ore // sum of the recomputed charges
	Debited money.Ore // sum of all postings; a value other than Posted is an error in the ledger
	Tariffs []string  // tariff versions of the lines, ordered by name
}

// Agrees reports whether every line and every sum is right.
func (r Report) Agrees() bool { return r.Differ == 0 && r.Posted == r.Own && r.Posted == r.Debited }

// Check rates the passages of a statement again and compares every line.
func Check(plan *rating.Plan, s Statement) Report {
	r := Report{Debited: s.Debited}
	posted := map[toll.PassageID]*Charge{}
	var extra []Line
	for i := range s.Charges {
		c := &s.Charges[i]
		r.Posted += c.Net
		// A passage is charged once; a second charge of it has nothing to be compared with.
		if posted[c.Passage] != nil {
			extra = append(extra, Line{ID: c.Passage, Posted: c, Differs: []Difference{Extra}})
			continue
		}
		posted[c.Passage] = c
	}
	for _, l := range rate(plan, s.Passages, open(s.Charges)) {
		// Passages of the neighbouring months are rated too, because windows of the hour rule cross midnight.
		if oslo.MonthOf(l.Passage.At) != s.Month {
			continue
		}
		l.Posted = posted[l.ID]
		delete(posted, l.ID)
		l.Differs = differences(l.Posted, l.Own)
		r.Lines = append(r.Lines, l)
	}
	// Charges that are left have no passage on the statement.
	for _, c := range posted {
		extra = append(extra, Line{ID: c.Passage, Posted: c, Differs: []Difference{Extra}})
	}
	sort.SliceStable(extra, func(i, j int) bool { return extra[i].ID < extra[j].ID })
	r.Lines = append(r.Lines, extra...)
	r.sum()
	return r
}

// sum computes the sums and the list of tariffs from the lines.
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

// rate prices a vehicle's passages together in the order of time, each once.
func rate(plan *rating.Plan, passages []Passage, open map[toll.PassageID]bool) []Line {
	lines := make([]Line, 0, len(passages))
	places := make([]int, 0, len(passages)) // index in lines of each passage with a price
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

// price rates the set ordered by instant, station, key and finally identity.
//
// Charges that were pending when they were posted are explained as pending; their amounts are the same.
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
		// At the beginning of time nothing is settled, so every charge that can be pending is.
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

// open returns which charges were pending when they were posted.
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

// differences compares a charge with the recomputed one. Both are nil for a passage that neither side has priced.
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
		list = append(list, ListDiffers)
	}
	if posted.Net != own.Net {
		list = append(list, NetDiffers)
	}
	if !slices.EqualFunc(posted.Steps, own.Steps, sameStep) {
		list = append(list, StepsDiffer)
	}
	return list
}

// sameStep compares two steps; instants are compared by time, all other fields by value.
func sameStep(a, b rating.Step) bool {
	if !a.From.Equal(b.From) {
		return false
	}
	a.From, b.From = time.Time{}, time.Time{}
	return a == b
}
