package passage

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"time"

	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// arrival is a passage as it came from the stream.
type arrival struct {
	Record
	line []byte
}

// round is the work of one transaction: arrivals in, a posting out. It changes nothing that outlives
// it; what it has learnt is taken over by the worker once the posting is committed.
type round struct {
	plan            *rating.Plan
	directory       *Directory
	cache           *cache
	tx              PartitionTx
	partition       int
	checkDuplicates bool // ask the database for duplicates that the sets cannot know

	sets      map[ID]*editedSet
	posting   Posting
	now       time.Time   // what is passed before it is taken to be known
	misplaced []*arrival  // belong to another partition since the register changed
	notices   map[ID][]ID // by customer: passages that are new or cost something else now
	dropped   int         // duplicates

	charges  []rating.Charge
	steps    []rating.Step
	crossing rating.Crossing
}

// editedSet is a set being worked on: all that lies at or after since is compared with what stands.
type editedSet struct {
	*vehicleSet
	since   int64
	changed bool
}

// decide turns arrivals into a posting.
func (r *round) decide(ctx context.Context, arrivals []arrival, now time.Time) (Posting, error) {
	r.begin(now)
	matched, err := r.matched(ctx, arrivals)
	if err != nil {
		return Posting{}, err
	}
	if err := r.loadTouched(ctx, matched); err != nil {
		return Posting{}, err
	}
	for _, a := range matched {
		r.addArrival(a)
	}
	if err := r.reviewAwaited(ctx, matched); err != nil {
		return Posting{}, err
	}
	for _, e := range r.sets {
		r.rate(e)
	}
	return r.posting, nil
}

func (r *round) begin(now time.Time) {
	r.sets, r.notices = map[ID]*editedSet{}, map[ID][]ID{}
	r.now, r.posting = now, Posting{At: now}
}

// matched finds the payers, and leaves out what is not this partition's or has been here before.
func (r *round) matched(ctx context.Context, arrivals []arrival) ([]*arrival, error) {
	seen, err := r.existing(ctx, arrivals)
	if err != nil {
		return nil, err
	}
	matched := make([]*arrival, 0, len(arrivals))
	for i := range arrivals {
		a := &arrivals[i]
		if a.Revision > 0 {
			r.addCorrection(a)
			continue
		}
		if _, twice := seen[a.ID]; twice {
			r.dropped++
			continue
		}
		r.directory.Match(&a.Observation, &a.Record)
		v := r.directory.vehicles[a.Vehicle]
		if v != nil && v.partition != r.partition {
			r.misplaced = append(r.misplaced, a)
			continue
		}
		seen[a.ID] = struct{}{}
		matched = append(matched, a)
	}
	return matched, nil
}

func (r *round) existing(ctx context.Context, arrivals []arrival) (map[ID]struct{}, error) {
	seen := make(map[ID]struct{}, len(arrivals))
	if !r.checkDuplicates {
		return seen, nil
	}
	ids := make([]ID, len(arrivals))
	for i := range arrivals {
		ids[i] = arrivals[i].ID
	}
	known, err := r.tx.Existing(ctx, ids)
	for _, id := range known {
		seen[id] = struct{}{}
	}
	return seen, err
}

// loadTouched gets the set of every vehicle that passed: from the cache where it covers the months, from the
// database otherwise.
func (r *round) loadTouched(ctx context.Context, matched []*arrival) error {
	touched := map[ID]months{}
	more := map[ID]int{}
	for _, a := range matched {
		if a.HasVehicle() {
			touch(touched, a.Vehicle, a.At)
			more[a.Vehicle]++
		}
	}
	for id, m := range touched {
		if s := r.cache.get(id); s != nil && s.covers(m.first, m.last) {
			r.sets[id] = &editedSet{vehicleSet: s.clone(more[id]), since: math.MaxInt64}
			delete(touched, id)
		}
	}
	return r.loadSets(ctx, touched)
}

// touch notes that a vehicle's set is needed in the month of an instant.
func touch(touched map[ID]months, vehicle ID, at time.Time) {
	month := oslo.MonthOf(at)
	m, ok := touched[vehicle]
	if !ok {
		m = months{month, month}
	}
	touched[vehicle] = m.with(month)
}

// addArrival puts an arrival in its set, unless it is there.
func (r *round) addArrival(a *arrival) {
	if !a.HasVehicle() {
		r.posting.Passages = append(r.posting.Passages, a.Record)
		return
	}
	e := r.sets[a.Vehicle]
	if e.has(a.ID) {
		r.dropped++
		return
	}
	e.changed = true
	r.posting.Passages = append(r.posting.Passages, a.Record)
	if r.enter(e, &a.Record, posted{id: a.ID, customer: a.Customer}) {
		e.since = min(e.since, a.At.Add(-r.plan.Longest()).UnixMilli())
	}
}

// enter puts a passage in a set, or among those without a price. It tells which.
func (r *round) enter(e *editedSet, rec *Record, st posted) (priced bool) {
	if why := r.resolve(&r.crossing, rec); why != nil {
		e.unpriced = append(e.unpriced, rec.ID)
		r.posting.Quarantined = append(r.posting.Quarantined, Quarantined{Reason: why, Observation: rec.Observation, Received: rec.Received})
		r.notify(rec.Customer, rec.ID)
		return false
	}
	e.insert(r.crossing, st)
	return true
}

// resolve finds the price of a matched passage on its own, and writes it where it is to stay.
func (r *round) resolve(c *rating.Crossing, rec *Record) *fault.Error {
	station, ok := r.plan.StationIndex(rec.Station)
	if !ok {
		return fault.New(fault.StationUnknown, "station", string(rec.Station), "at", rec.At.Format(time.RFC3339))
	}
	v, at := r.directory.vehicles[rec.Vehicle], rec.At.UnixMilli()
	traits := v.traits(rec)
	var err error
	if len(v.products) == 0 {
		err = r.plan.ResolveInto(c, station, at, &traits)
	}
	if len(v.products) > 0 || err != nil && len(v.lengths) > 0 { // only a ferry asks for a length, and has no price without it
		*c, err = r.plan.ResolveWith(station, at, traits, r.plan.Extra(v.extra(rec.At)))
	}
	if why, ok := errors.AsType[*fault.Error](err); ok {
		return why
	}
	return nil
}

// rate rates a set and posts the difference to what stands. Passages before since cannot have got
// other reasons unless their charge is another.
func (r *round) rate(e *editedSet) {
	if !e.changed && e.since != math.MinInt64 {
		return
	}
	if len(e.crossings) > cap(r.charges) {
		r.charges = make([]rating.Charge, 2*len(e.crossings))
	}
	fresh := r.charges[:len(e.crossings)]
	r.plan.RateKnown(e.crossings, fresh, r.now)
	for i := range fresh {
		if fresh[i].Pending() && !e.charges[i].Pending() {
			r.reviewWhenSettled(e, i)
		}
		if fresh[i] != e.charges[i] || e.crossings[i].UnixMilli() >= e.since {
			r.compare(e, fresh, i)
		}
	}
	copy(e.charges, fresh)
}

// compare posts the charge of a passage when it or its reasons are not what stands.
func (r *round) compare(e *editedSet, fresh []rating.Charge, i int) {
	st := &e.posted[i]
	r.steps = r.plan.Explain(e.crossings, fresh, i, func(n int) toll.PassageID { return toll.FormatPassageID(e.posted[n].id) }, r.steps[:0])
	steps := appendSteps(nil, r.steps)
	digest := digestOf(steps)
	list, net := fresh[i].List(), fresh[i].Net()
	if st.revision > 0 && st.digest == digest && st.net == int32(net) && st.list == int32(list) {
		return
	}
	r.posting.Charges = append(r.posting.Charges, Charge{
		Passage: st.id, Customer: st.customer, Revision: st.revision + 1, List: list, Net: net, Amount: net - money.Ore(st.net),
		Tariff: r.plan.Version(e.crossings[i]), Steps: steps, Digest: digest,
	})
	st.revision, st.digest, st.list, st.net = st.revision+1, digest, int32(list), int32(net)
	e.changed = true
	r.notify(st.customer, st.id)
}

func digestOf(steps []byte) int64 {
	sum := sha256.Sum256(steps)
	return int64(binary.LittleEndian.Uint64(sum[:8]))
}

// reviewWhenSettled has a passage looked at again once no passage can come any more that linked stations
// join it with, tolling.md A-6.
func (r *round) reviewWhenSettled(e *editedSet, i int) {
	due := r.plan.Settled(e.crossings[i])
	if soon := r.now.Add(settleDelayMin); due.Before(soon) { // another server's clock is ahead of ours
		due = soon
	}
	r.posting.Reviews = append(r.posting.Reviews, Review{Passage: e.posted[i].id, Due: due, Partition: r.partition})
}

func (r *round) notify(customer, id ID) { r.notices[customer] = append(r.notices[customer], id) }
