// Package trip prices a trip before it is made: it lists the passages of the trip and what they would cost
// together, with a tag and without. Package rating prices the passages.
package trip

import (
	"errors"
	"slices"
	"sort"
	"strconv"
	"time"

	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// StopsMax bounds the stations of a trip one way.
const StopsMax = 20

// MinutesPerDay is the exclusive maximum of a Stop's minute.
const MinutesPerDay = 24 * 60

// Stop is a station of a trip and the minute of the day when it is passed. A stop with an earlier minute than
// the stop before it is passed on the next day.
type Stop struct {
	Station toll.StationID
	Minute  int
}

// Trip is a route over stations, optionally with a return over the same stations in the opposite order and
// direction and with the same times between them.
type Trip struct {
	Day      oslo.Day
	Way      toll.Direction // of the outward route
	Class    toll.Class
	LengthMM int // for ferries; 0 when unknown
	Stops    []Stop
	Return   bool
	Back     int // minute of the day when the return begins
}

// Passage is one passage of a planned trip.
type Passage struct {
	ID        toll.PassageID
	Station   toll.StationID
	At        time.Time
	Direction toll.Direction
	Back      bool // on the return
}

// Line is the price of one passage. Why is the reason when no price is known; the amounts are then meaningless.
type Line struct {
	Passage
	List, Net money.Ore
	Steps     []rating.Step
	Why       *fault.Error
}

// Sum is the price of a trip in one currency.
type Sum struct {
	Currency string
	Net      money.Ore
}

// Quote is the price of a trip.
type Quote struct {
	Lines []Line // in the order of time
	Sums  []Sum  // in the order in which the currencies occur
	Whole bool   // every passage has a price
}

// Passages returns the passages of the trip in the order of time.
func (t Trip) Passages() []Passage {
	list := make([]Passage, 0, 2*len(t.Stops))
	day, last := t.Day, 0
	for i, s := range t.Stops {
		// A time before that of the stop before it is on the next day.
		if i > 0 && s.Minute < last {
			day++
		}
		last = s.Minute
		list = append(list, Passage{Station: s.Station, At: instant(day, s.Minute), Direction: t.Way})
	}
	if t.Return && len(list) > 0 {
		end := list[len(list)-1].At
		// The return begins after the last passage, if need be on the next day, and passes the stations in reverse
		// order with the same times between them.
		if t.Back < last {
			day++
		}
		begin := instant(day, t.Back)
		for _, p := range slices.Backward(list) {
			p.At, p.Direction, p.Back = begin.Add(end.Sub(p.At)), Opposite(t.Way), true
			list = append(list, p)
		}
	}
	for i := range list {
		list[i].ID = toll.PassageID("trip-" + strconv.Itoa(i+1))
	}
	return list
}

func instant(day oslo.Day, minute int) time.Time { return oslo.At(day, minute/60, minute%60, 0) }

// Opposite returns the other direction. The opposite of an unknown direction is unknown.
func Opposite(d toll.Direction) toll.Direction {
	switch d {
	case toll.Inbound:
		return toll.Outbound
	case toll.Outbound:
		return toll.Inbound
	case toll.DirectionUnknown:
	}
	return d
}

// Price returns what a trip would cost a vehicle without other passages in the month: with an agreement and a
// read tag, or with neither (then the full price applies).
func Price(plan *rating.Plan, t Trip, tagged bool) Quote {
	passages := t.Passages()
	q := Quote{Lines: make([]Line, len(passages)), Whole: true}
	var set []rating.Crossing
	var places []int
	for i, p := range passages {
		q.Lines[i].Passage = p
		c, err := resolve(plan, t, p, tagged)
		if err != nil {
			q.Whole = false
			if q.Lines[i].Why, _ = errors.AsType[*fault.Error](err); q.Lines[i].Why == nil {
				q.Lines[i].Why = fault.New(fault.Internal)
			}
			continue
		}
		set, places = append(set, c), append(places, i)
	}
	order := make([]int, len(set))
	for i := range order {
		order[i] = i
	}
	// Rate needs the crossings in their order of time; order maps back to the lines of the quote.
	sort.SliceStable(order, func(i, j int) bool { return set[order[i]].Compare(set[order[j]]) < 0 })
	sorted, charges := make([]rating.Crossing, len(set)), make([]rating.Charge, len(set))
	for i, at := range order {
		sorted[i] = set[at]
	}
	plan.Rate(sorted, charges)
	id := func(i int) toll.PassageID { return passages[places[order[i]]].ID }
	for i, at := range order {
		l := &q.Lines[places[at]]
		l.List, l.Net, l.Steps = charges[i].List(), charges[i].Net(), plan.Explain(sorted, charges, i, id, nil)
	}
	q.sum(plan)
	return q
}

// resolve finds the price of one passage on its own. The class is given, so no vehicle facts are needed.
func resolve(plan *rating.Plan, t Trip, p Passage, tagged bool) (rating.Crossing, error) {
	i, ok := plan.StationIndex(p.Station)
	if !ok {
		return rating.Crossing{}, fault.New(fault.StationUnknown, "station", string(p.Station), "at", p.At.Format(time.RFC3339))
	}
	traits := rating.Traits{
		Classes: rating.Classes{Car: t.Class, Weight: t.Class}, Have: tariff.Have(tagged, tagged),
		Direction: rating.DirectionOf(p.Direction), Key: rating.KeyOf(p.ID),
	}
	if t.LengthMM == 0 {
		return plan.ResolveAt(i, p.At.UnixMilli(), traits)
	}
	return plan.ResolveWith(i, p.At.UnixMilli(), traits, rating.Extra{Length: int32(min(max(t.LengthMM, -1), tariff.LengthMax+1))})
}

// sum adds up the prices by currency. Lines without a price are left out.
func (q *Quote) sum(plan *rating.Plan) {
	for _, l := range q.Lines {
		s, ok := plan.Station(l.Station)
		if l.Why != nil || !ok {
			continue
		}
		at := slices.IndexFunc(q.Sums, func(sum Sum) bool { return sum.Currency == s.Currency })
		if at < 0 {
			at, q.Sums = len(q.Sums), append(q.Sums, Sum{Currency: s.Currency})
		}
		q.Sums[at].Net += l.Net
	}
}
