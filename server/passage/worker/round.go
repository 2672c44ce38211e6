package worker

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"time"

	"bompass/server/passage"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// arrival is a passage as it came from the stream.
type arrival struct {
	passage.Record
	line []byte
}

// round is the work of one transaction: it turns arrivals, or due reviews, into a posting. It changes nothing that
// outlives it; the worker keeps its sets when the posting is committed.
type round struct {
	plan            *rating.Plan
	register        *passage.RegisterCache
	directory       *passage.Directory // of the passages of the round
	cache           *cache
	tx              passage.PartitionTx
	partition       int
	checkDuplicates bool // whether to ask the database for duplicates that the sets do not contain

	sets      map[passage.ID]*editedSet
	posting   passage.Posting
	now       time.Time                   // instant of the transaction
	misplaced []*arrival                  // passages of another partition, since the register changed
	notices   map[passage.ID][]passage.ID // by customer: passages that are new or have a new price
	dropped   int                         // number of duplicates
	sums      sums

	charges  []rating.Charge
	steps    []rating.Step
	crossing rating.Crossing
}

// editedSet is a set being changed. All its passages at or after since are compared with what is posted.
type editedSet struct {
	*vehicleSet
	vehicle passage.ID
	since   int64 // Unix milliseconds
	changed bool
	caps    []passage.CapKey // whose counts may have changed
}

// decide turns arrivals into a posting.
func (r *round) decide(ctx context.Context, arrivals []arrival, now time.Time) (passage.Posting, error) {
	r.begin(now)
	matched, err := r.matched(ctx, arrivals)
	if err != nil {
		return passage.Posting{}, err
	}
	if err := r.loadTouched(ctx, matched); err != nil {
		return passage.Posting{}, err
	}
	for _, a := range matched {
		r.addArrival(a)
	}
	if err := r.reviewAwaited(ctx, matched); err != nil {
		return passage.Posting{}, err
	}
	r.rateSets()
	return r.posting, nil
}

// rateSets rates the sets and completes the posting.
func (r *round) rateSets() {
	for _, e := range r.sets {
		r.rate(e)
		r.countCaps(e)
	}
	r.posting.Sums = r.sums.list()
}

func (r *round) begin(now time.Time) {
	r.sets, r.notices, r.sums = map[passage.ID]*editedSet{}, map[passage.ID][]passage.ID{}, sums{}
	r.now, r.posting = now, passage.Posting{At: now}
}

// matched matches arrivals with their payers. It leaves out duplicates and passages of other partitions.
func (r *round) matched(ctx context.Context, arrivals []arrival) ([]*arrival, error) {
	seen, err := r.existing(ctx, arrivals)
	if err != nil {
		return nil, err
	}
	var keys passage.RegisterKeys
	for i := range arrivals {
		keys.AddObservation(&arrivals[i].Observation)
	}
	if r.directory, err = r.register.AtLeast(ctx, r.tx.RegisterVersion(), keys); err != nil {
		return nil, err
	}
	matched := make([]*arrival, 0, len(arrivals))
	for i := range arrivals {
		a := &arrivals[i]
		if a.Revision > 0 {
			r.addCorrection(a)
			continue
		}
		// The stream drops repeated batches for a limited time only, and one batch can have a passage twice.
		if _, duplicate := seen[a.ID]; duplicate {
			r.dropped++
			continue
		}
		r.directory.Match(&a.Observation, &a.Record)
		if a.HasVehicle() && passage.PartitionOf(a.Vehicle[:]) != r.partition {
			r.misplaced = append(r.misplaced, a)
			continue
		}
		// From here on, a second copy in this batch is a duplicate.
		seen[a.ID] = struct{}{}
		matched = append(matched, a)
	}
	return matched, nil
}

// existing returns the arrivals that are stored already, if the round checks duplicates.
func (r *round) existing(ctx context.Context, arrivals []arrival) (map[passage.ID]struct{}, error) {
	seen := make(map[passage.ID]struct{}, len(arrivals))
	if !r.checkDuplicates {
		return seen, nil
	}
	ids := make([]passage.ID, len(arrivals))
	for i := range arrivals {
		ids[i] = arrivals[i].ID
	}
	known, err := r.tx.Existing(ctx, ids)
	for _, id := range known {
		seen[id] = struct{}{}
	}
	return seen, err
}

// loadTouched loads the set of every vehicle that passed: from the cache if that covers the months, otherwise from the
// database.
func (r *round) loadTouched(ctx context.Context, matched []*arrival) error {
	touched := map[passage.ID]months{}
	more := map[passage.ID]int{}
	for _, a := range matched {
		if a.HasVehicle() {
			touch(touched, a.Vehicle, a.At)
			more[a.Vehicle]++
		}
	}
	for id, m := range touched {
		if s := r.cache.get(id); s != nil && s.covers(m.first, m.last) {
			r.sets[id] = &editedSet{vehicle: id, vehicleSet: s.clone(more[id]), since: math.MaxInt64}
			delete(touched, id)
		}
	}
	return r.loadSets(ctx, touched)
}

// touch adds the month of an instant to those for which a vehicle's set is needed.
func touch(touched map[passage.ID]months, vehicle passage.ID, at time.Time) {
	month := oslo.MonthOf(at)
	m, ok := touched[vehicle]
	if !ok {
		m = months{month, month}
	}
	touched[vehicle] = m.with(month)
}

// addArrival adds an arrival to the posting and to its vehicle's set, unless the set contains it.
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
	r.sums.addPassage(&a.Record)
	if r.enter(e, &a.Record, posted{id: a.ID, customer: a.Customer, agreement: a.Agreement}) {
		e.since = min(e.since, a.At.Add(-r.plan.Longest()).UnixMilli())
	}
}

// enter adds a passage to a set, and reports whether it has a price.
func (r *round) enter(e *editedSet, rec *passage.Record, st posted) (priced bool) {
	if reason := r.directory.Resolve(r.plan, rec, &r.crossing); reason != nil {
		e.unpriced = append(e.unpriced, rec.ID)
		r.posting.Quarantined = append(r.posting.Quarantined, passage.Quarantined{Reason: reason, Observation: rec.Observation, Received: rec.Received})
		r.notify(rec.Customer, rec.ID)
		return false
	}
	e.insert(r.crossing, st)
	return true
}

// rate rates a set and posts the difference to what is posted. A passage before since has other steps only if it
// has another charge.
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

// compare posts the charge of a passage if its price or its steps differ from what is posted.
func (r *round) compare(e *editedSet, fresh []rating.Charge, i int) {
	st := &e.posted[i]
	r.steps = r.plan.Explain(e.crossings, fresh, i, func(n int) toll.PassageID { return toll.FormatPassageID(e.posted[n].id) }, r.steps[:0])
	steps := appendSteps(nil, r.steps)
	digest := digestOf(steps)
	list, net := fresh[i].List(), fresh[i].Net()
	if st.revision > 0 && st.digest == digest && st.net == int32(net) && st.list == int32(list) {
		return
	}
	at := e.crossings[i].At()
	r.posting.Charges = append(r.posting.Charges, passage.Charge{
		Passage: st.id, Customer: st.customer, Agreement: st.agreement, At: at, Revision: st.revision + 1, List: list, Net: net, Amount: net - money.Ore(st.net),
		Tariff: r.plan.Version(e.crossings[i]), Steps: steps, Digest: digest,
	})
	r.sums.addNet(passage.SumKey{Customer: st.customer, Vehicle: e.vehicle, Agreement: st.agreement, Day: oslo.DayOf(at)}, net-money.Ore(st.net))
	if count, _ := r.plan.CapCount(e.crossings[i], fresh[i]); count > 0 || st.revision > 0 {
		e.touchCap(passage.CapKey{Customer: st.customer, Month: oslo.MonthOf(at), Station: r.plan.Stations()[e.crossings[i].Station()].ID})
	}
	st.revision, st.digest, st.list, st.net = st.revision+1, digest, int32(list), int32(net)
	e.changed = true
	r.notify(st.customer, st.id)
}

// digestOf returns a digest of the steps, to compare them without reading them.
func digestOf(steps []byte) int64 {
	sum := sha256.Sum256(steps)
	return int64(binary.LittleEndian.Uint64(sum[:8]))
}

// reviewWhenSettled adds a review of a passage of linked stations, due when its window has closed and no other passage
// can join it any more.
func (r *round) reviewWhenSettled(e *editedSet, i int) {
	due := r.plan.Settled(e.crossings[i])
	if soon := r.now.Add(settleDelayMin); due.Before(soon) { // the clock of another server is ahead
		due = soon
	}
	r.posting.Reviews = append(r.posting.Reviews, passage.Review{Passage: e.posted[i].id, Due: due, Partition: r.partition})
}

// notify adds a passage to the live events of a customer.
func (r *round) notify(customer, id passage.ID) {
	r.notices[customer] = append(r.notices[customer], id)
}
