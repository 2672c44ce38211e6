package worker

import (
	"context"
	"slices"
	"time"

	"bompass/server/passage"
	"bompass/server/passage/stream"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
)

// Limits of reviews.
const (
	reviewMax           = 2000                      // reviews in one transaction
	reviewRounds        = 10                        // transactions in a row, so that new passages do not wait
	settleDelayMin      = time.Second               // minimum time before a review
	awaitPassageDelay   = time.Minute               // between reviews of a correction whose passage has not arrived
	registerChangesMax  = 50                        // register changes in one transaction
	registerChangeDelay = roundMax + stream.AckWait // until every transaction is over that began with the old register
)

// reviewItem is a passage under review: as it is stored, and as it is to be.
type reviewItem struct {
	passage.StoredWithCorrection
	want    passage.Record
	changed bool // whether want differs from what is stored
}

// addCorrection stores a correction. A review applies it, so correction and passage may arrive in either order.
func (r *round) addCorrection(a *arrival) {
	r.posting.Corrections = append(r.posting.Corrections, passage.Correction{
		Passage: a.ID, Revision: int16(a.Revision), At: a.At, Withdrawn: a.Withdrawn, Reason: a.Reason, Received: a.Received,
	})
	r.posting.Reviews = append(r.posting.Reviews, passage.Review{Passage: a.ID, Due: r.now, Partition: r.partition, AwaitsPassage: true})
}

// reviewAwaited adds reviews of new passages whose corrections arrived before them.
func (r *round) reviewAwaited(ctx context.Context, matched []*arrival) error {
	ids := make([]passage.ID, len(matched))
	for i, a := range matched {
		ids[i] = a.ID
	}
	awaited, err := r.tx.AwaitedByCorrections(ctx, ids)
	for _, id := range awaited {
		r.posting.Reviews = append(r.posting.Reviews, passage.Review{Passage: id, Due: r.now, Partition: r.partition, AwaitsPassage: true})
	}
	return err
}

// review turns due reviews and register changes into a posting, and reports whether more may be due.
func (r *round) review(ctx context.Context, changes []passage.RegisterChange, now time.Time) (passage.Posting, bool, error) {
	r.begin(now)
	if err := r.reviewRegisterChanges(ctx, changes); err != nil {
		return passage.Posting{}, false, err
	}
	due, err := r.tx.DueReviews(ctx, r.partition, now, reviewMax)
	if err != nil {
		return passage.Posting{}, false, err
	}
	items, err := r.reviewItems(ctx, due)
	if err != nil {
		return passage.Posting{}, false, err
	}
	touched := map[passage.ID]months{}
	for _, l := range items {
		// A passage can leave one vehicle's set and enter another's; both are rated again.
		for _, rec := range []*passage.Record{&l.Record, &l.want} {
			if rec.HasVehicle() {
				touch(touched, rec.Vehicle, rec.At)
			}
		}
	}
	if err := r.loadSets(ctx, touched); err != nil {
		return passage.Posting{}, false, err
	}
	for i := range items {
		r.apply(&items[i])
	}
	r.rateSets()
	return r.posting, len(due) == reviewMax || len(changes) > 0, nil
}

// reviewRegisterChanges adds reviews of the passages that register changes bear on.
func (r *round) reviewRegisterChanges(ctx context.Context, changes []passage.RegisterChange) error {
	if len(changes) == 0 {
		return nil
	}
	ids := make([]int64, len(changes))
	for i := range changes {
		c := &changes[i]
		ids[i] = c.ID
		c.Done = !c.RepeatAt.IsZero()
		c.RepeatAt = r.now.Add(registerChangeDelay)
	}
	affected, err := r.tx.AffectedByChanges(ctx, ids, r.now.Add(-passage.AgeMax))
	for _, a := range affected {
		a.Due, a.Partition = r.now, r.partition
		r.posting.Reviews = append(r.posting.Reviews, a)
	}
	r.posting.RegisterChanges = changes
	return err
}

// reviewItems returns the passages that are due with their new versions. Reviews of other partitions are passed on.
func (r *round) reviewItems(ctx context.Context, due []passage.Review) (list []reviewItem, err error) {
	if len(due) == 0 {
		return nil, nil
	}
	ids := make([]passage.ID, len(due))
	requested := make(map[passage.ID]*passage.Review, len(due))
	for i := range due {
		ids[i], requested[due[i].Passage] = due[i].Passage, &due[i]
	}
	stored, err := r.tx.StoredWithCorrections(ctx, ids)
	if err != nil {
		return nil, err
	}
	var keys passage.RegisterKeys
	for i := range stored {
		keys.AddObservation(&stored[i].Observation)
		keys.AddVehicle(&stored[i].Record)
	}
	if r.directory, err = r.register.AtLeast(ctx, r.tx.RegisterVersion(), keys); err != nil {
		return nil, err
	}
	r.posting.FinishedReviews = ids
	for _, k := range stored {
		if l, here := r.reviewOne(k, *requested[k.ID]); here {
			list = append(list, l)
		}
		delete(requested, k.ID)
	}
	for _, a := range requested {
		if a.AwaitsPassage { // not stored, so it has not arrived
			a.Due = r.now.Add(awaitPassageDelay)
			r.posting.Reviews = append(r.posting.Reviews, *a)
		}
	}
	return list, nil
}

// reviewOne computes the new version of a passage, and reports whether this partition applies it. A passage is changed
// by the partition of its vehicle; one that moves to another partition has no vehicle in between.
func (r *round) reviewOne(k passage.StoredWithCorrection, requested passage.Review) (l reviewItem, here bool) {
	l = reviewItem{StoredWithCorrection: k, want: k.Record}
	if c := k.Latest; c != nil {
		l.want.At, l.want.Withdrawn = c.At, c.Withdrawn
	}
	if requested.Rematch || !l.want.At.Equal(k.At) {
		r.directory.Rematch(&l.want, &k.Record)
	}
	home, next := r.home(&k.Record), r.home(&l.want)
	if home != r.partition && next != r.partition || home != r.partition && k.HasVehicle() {
		if !k.HasVehicle() {
			home = next
		}
		r.posting.Reviews = append(r.posting.Reviews, passage.Review{Passage: k.ID, Due: r.now, Partition: home, Rematch: requested.Rematch})
		return l, false
	}
	if next != r.partition {
		l.want.Unmatch()
		r.posting.Reviews = append(r.posting.Reviews, passage.Review{Passage: k.ID, Due: r.now, Partition: next, Rematch: true})
	}
	l.changed = l.want.Differs(&k.Record)
	return l, true
}

// home returns the partition of a passage. A passage without a vehicle belongs to every partition.
func (r *round) home(rec *passage.Record) int {
	if !rec.HasVehicle() {
		return r.partition
	}
	return passage.PartitionOf(rec.Vehicle[:])
}

// apply moves a passage from the set of its stored version to that of its new version, and credits a former payer.
func (r *round) apply(l *reviewItem) {
	if !l.changed {
		r.requeueUnpriced(l)
		return
	}
	r.posting.Updates = append(r.posting.Updates, passage.Update{Record: l.want, PreviousVehicle: l.Vehicle})
	if l.HasVehicle() {
		r.notify(l.Customer, l.ID)
	}
	if e := r.sets[l.Vehicle]; e != nil {
		e.remove(l.ID)
		e.touchCap(capKey(&l.Record))
	}
	st := postedOf(&l.Stored)
	switch {
	case l.want.Withdrawn:
		r.credit(&st, l.At, l.want.SumKey(), rating.Step{Rule: rating.RuleWithdrawn, Text: l.Latest.Reason})
	case l.want.Customer != l.Customer || l.want.Agreement != l.Agreement || oslo.MonthOf(l.want.At) != oslo.MonthOf(l.At):
		// Another invoice: it says what is paid back, and the other one what is owed.
		r.credit(&st, l.At, l.want.SumKey(), rating.Step{Rule: rating.RuleMoved})
	}
	e := r.sets[l.want.Vehicle]
	if e == nil {
		return
	}
	st.customer, st.agreement = l.want.Customer, l.want.Agreement
	e.touchCap(capKey(&l.want))
	if l.want.Withdrawn {
		e.withdrawn = append(e.withdrawn, l.ID)
	} else if !r.enter(e, &l.want, st) {
		r.credit(&st, l.want.At, l.want.SumKey(), rating.Step{Rule: rating.RuleMoved})
	}
}

// requeueUnpriced quarantines a passage again that still has no price.
func (r *round) requeueUnpriced(l *reviewItem) {
	e := r.sets[l.Vehicle]
	if e == nil || !slices.Contains(e.unpriced, l.ID) {
		return
	}
	if reason := r.directory.Resolve(r.plan, &l.Record, &r.crossing); reason != nil {
		r.posting.Quarantined = append(r.posting.Quarantined, passage.Quarantined{Reason: reason, Observation: l.Observation, Received: l.Received})
	}
}

// credit posts the refund of a passage to the customer to whom it was posted. The sum of its key changes: an update of a
// passage takes its charges to the sum of the new version.
func (r *round) credit(st *posted, at time.Time, key passage.SumKey, reason rating.Step) {
	steps := appendSteps(nil, []rating.Step{reason})
	digest := digestOf(steps)
	if st.revision == 0 || st.net == 0 && st.digest == digest {
		return
	}
	st.revision++
	r.posting.Charges = append(r.posting.Charges, passage.Charge{
		Passage: st.id, Customer: st.customer, Agreement: st.agreement, At: at, Revision: st.revision, Amount: -money.Ore(st.net), Steps: steps, Digest: digest,
	})
	r.sums.addNet(key, -money.Ore(st.net))
	st.digest, st.list, st.net = digest, 0, 0
}
