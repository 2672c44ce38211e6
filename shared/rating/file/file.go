// Package file rates a file of passages without a database. The formats of its input and output lines are a
// stable interface.
//
// The whole file is kept in memory, about 500 bytes a passage, since passages of one vehicle may be anywhere in
// it.
package file

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// PassagesMax is the maximum number of passages of a file.
const PassagesMax = 20_000_000

// Job is one file to rate.
type Job struct {
	Plan     *rating.Plan
	Name     string // name of the file; .csv selects CSV, otherwise the first byte decides
	In       io.Reader
	Out      io.Writer // one line for each passage that could be rated, in the order of the file
	Problems io.Writer // one line for each passage that could not be rated
	Explain  bool      // write readable text instead of NDJSON
}

// Summary counts what a job did.
type Summary struct {
	Rated, Refused int
	Net            money.Ore            // sum of the charges in NOK
	Abroad         map[string]money.Ore // sums of other charges, by currency
}

// Line is a rated passage of the output.
type Line struct {
	ID      toll.PassageID `json:"id"`
	Vehicle string         `json:"vehicle"`
	Station toll.StationID `json:"station"`
	At      time.Time      `json:"at"`
	Tariff  string         `json:"tariff"`
	List    money.Ore      `json:"list"`
	Steps   []rating.Step  `json:"steps"`
	Net     money.Ore      `json:"net"`

	Currency string `json:"currency,omitempty"` // absent for NOK
}

// record is a resolved passage of the file.
type record struct {
	id       toll.PassageID
	vehicle  int32
	crossing rating.Crossing
}

// rater rates the passages of one file with one set of tariffs.
type rater struct {
	Job
	records  []record
	vehicles []string
	number   map[string]int32       // number of each vehicle
	lines    map[toll.PassageID]int // line of each id
	unknown  map[string]bool        // unknown fields that were reported
	refused  int
	also     *rater // second rater that takes every passage too, or nil
}

func newRater(j Job) *rater {
	return &rater{Job: j, number: map[string]int32{}, lines: map[toll.PassageID]int{}, unknown: map[string]bool{}}
}

// Run reads the whole file, then rates and writes. Its error concerns reading or writing. A refused line is
// reported as a problem and the rest is rated.
func (j Job) Run() (Summary, error) {
	r := newRater(j)
	if err := r.read(); err != nil {
		return Summary{}, fmt.Errorf("read passages: %w", err)
	}
	sum, err := r.write(r.rate())
	sum.Refused = r.refused
	if err != nil {
		return sum, fmt.Errorf("write charges: %w", err)
	}
	return sum, nil
}

func (r *rater) refuse(line int, why string) {
	r.refused++
	r.note(line, why)
}

func (r *rater) note(line int, text string) {
	fmt.Fprintf(r.Problems, "line %d: %s\n", line, text)
}

// take adds one passage of the file.
func (r *rater) take(line int, p passage) {
	if p.ID == "" {
		p.ID = toll.PassageID(fmt.Sprintf("line-%d", line))
	}
	if first, twice := r.lines[p.ID]; twice {
		r.refuse(line, fmt.Sprintf("passage %s is already on line %d", p.ID, first))
		return
	}
	c, err := r.resolve(p)
	if err != nil {
		r.refuse(line, words(err))
		return
	}
	n, known := r.number[p.Vehicle]
	if !known {
		n = int32(len(r.vehicles))
		r.number[p.Vehicle], r.vehicles = n, append(r.vehicles, p.Vehicle)
	}
	r.lines[p.ID] = line
	r.records = append(r.records, record{p.ID, n, c})
}

// resolve returns the crossing of a passage. A file can state the vehicle class directly, in place of the facts
// from which it follows.
func (r *rater) resolve(p passage) (rating.Crossing, error) {
	in := rating.Input{
		Station: p.Station, At: p.At, Direction: p.Direction, Facts: p.Facts, Agreement: p.Agreement,
		TagRead: p.Tag, Exempt: p.Exempt, Key: rating.KeyOf(p.ID),
		Products: p.Products, LengthMM: p.LengthMM, TrailerMM: p.TrailerMM,
	}
	if !p.Classed {
		return r.Plan.Resolve(in)
	}
	i, ok := r.Plan.StationIndex(p.Station)
	if !ok {
		return r.Plan.Resolve(in)
	}
	traits := in.Traits()
	traits.Classes = rating.Classes{Car: p.Class, Weight: p.Class}
	return r.Plan.ResolveWith(i, p.At.UnixMilli(), traits, r.Plan.Extra(in))
}

// words returns a fault in English after its code.
func words(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err.Error()
	}
	if f.Code == fault.StationUnknown {
		return fmt.Sprintf("%s: no tariff knows station %s", f.Code, f.Params["station"])
	}
	if f.Code == fault.TariffMissing {
		return fmt.Sprintf("%s: no price is known at station %s on %s", f.Code, f.Params["station"], f.Params["at"])
	}
	return f.Error()
}

// ratedSet is the rated file, grouped by vehicle.
type ratedSet struct {
	set     []rating.Crossing
	charges []rating.Charge
	order   []int // index in the set → record
	place   []int // record → index in the set
	start   []int // vehicle → first index, with one more element at the end
}

// rate rates the passages of each vehicle as one set, in order of time, because rules such as the hour rule depend
// on earlier passages.
func (r *rater) rate() ratedSet {
	n := len(r.records)
	s := ratedSet{make([]rating.Crossing, n), make([]rating.Charge, n), make([]int, n), make([]int, n), []int{0}}
	for i := range s.order {
		s.order[i] = i
	}
	slices.SortStableFunc(s.order, func(a, b int) int {
		x, y := &r.records[a], &r.records[b]
		return cmp.Or(cmp.Compare(x.vehicle, y.vehicle), x.crossing.Compare(y.crossing), cmp.Compare(x.id, y.id))
	})
	for at, rec := range s.order {
		s.set[at], s.place[rec] = r.records[rec].crossing, at
		if at+1 == n || r.records[s.order[at+1]].vehicle != r.records[rec].vehicle {
			s.start = append(s.start, at+1)
		}
	}
	for v := range r.vehicles {
		from, to := s.start[v], s.start[v+1]
		r.Plan.Rate(s.set[from:to], s.charges[from:to])
	}
	return s
}

// write writes the rated passages in the order of the file and returns their sums.
func (r *rater) write(s ratedSet) (sum Summary, err error) {
	out := bufio.NewWriterSize(r.Out, 1<<16)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	var steps []rating.Step
	for i, rec := range r.records {
		line := r.lineOf(s, i, steps[:0])
		steps = line.Steps
		if c := r.station(rec).Currency; c != norwegian {
			line.Currency = c
		}
		if r.Explain {
			explain(out, line, r.station(rec))
		} else if err := enc.Encode(line); err != nil {
			return sum, err
		}
		sum.add(line)
	}
	return sum, out.Flush()
}

// add adds a line to the sums. Amounts in other currencies than Norwegian kroner are summed separately.
func (s *Summary) add(l Line) {
	s.Rated++
	if l.Currency == "" {
		s.Net += l.Net
		return
	}
	if s.Abroad == nil {
		s.Abroad = map[string]money.Ore{}
	}
	s.Abroad[l.Currency] += l.Net
}

// lineOf returns the output line of record i. It may append the reasons to steps.
func (r *rater) lineOf(s ratedSet, i int, steps []rating.Step) Line {
	rec := r.records[i]
	from, to := s.start[rec.vehicle], s.start[rec.vehicle+1]
	ids := func(n int) toll.PassageID { return r.records[s.order[from+n]].id }
	at := s.place[i] - from
	charge := s.charges[from+at]
	return Line{
		ID: rec.id, Vehicle: r.vehicles[rec.vehicle], Station: r.station(rec).ID, At: rec.crossing.At(),
		Tariff: r.Plan.Version(rec.crossing), List: charge.List(),
		Steps: r.Plan.Explain(s.set[from:to], s.charges[from:to], at, ids, steps), Net: charge.Net(),
	}
}

func (r *rater) station(rec record) tariff.Station {
	return r.Plan.Stations()[rec.crossing.Station()]
}
