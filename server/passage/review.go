package passage

import (
	"context"
	"slices"
	"time"

	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// Bounds of looking again.
const (
	reviewMax           = 2000                // passages of one transaction
	reviewRounds        = 10                  // transactions in a row, so that what arrives is not held up
	settleDelayMin      = time.Second         // before a passage is looked at again, at least
	awaitPassageDelay   = time.Minute         // between looks at a correction whose passage has not come
	registerChangesMax  = 50                  // things learnt of one transaction
	registerChangeDelay = roundWait + ackWait // then every transaction is over that had not learnt them
)

// reviewItem is a passage under review: as it was and as it is to be.
type reviewItem struct {
	StoredWithCorrection
	want    Record
	changed bool // want is not what is kept
}

// addCorrection keeps what a station reports of a passage later. It is applied by a review, so that it does
// not matter which of them comes first.
func (r *round) addCorrection(a *arrival) {
	r.posting.Corrections = append(r.posting.Corrections, Correction{
		Passage: a.ID, Revision: int16(a.Revision), At: a.At, Withdrawn: a.Withdrawn, Reason: a.Reason, Received: a.Received,
	})
	r.posting.Reviews = append(r.posting.Reviews, Review{Passage: a.ID, Due: r.now, Partition: r.partition, AwaitsPassage: true})
}

// reviewAwaited has new passages looked at again that a correction waits for.
func (r *round) reviewAwaited(ctx context.Context, matched []*arrival) error {
	ids := make([]ID, len(matched))
	for i, a := range matched {
		ids[i] = a.ID
	}
	waited, err := r.tx.AwaitedByCorrections(ctx, ids)
	for _, id := range waited {
		r.posting.Reviews = append(r.posting.Reviews, Review{Passage: id, Due: r.now, Partition: r.partition, AwaitsPassage: true})
	}
	return err
}

// review turns what is due into a posting, and tells whether more may be due.
func (r *round) review(ctx context.Context, learnt []RegisterChange, now time.Time) (Posting, bool, error) {
	r.begin(now)
	if err := r.reviewRegisterChanges(ctx, learnt); err != nil {
		return Posting{}, false, err
	}
	due, err := r.tx.DueReviews(ctx, r.partition, now, reviewMax)
	if err != nil {
		return Posting{}, false, err
	}
	looks, err := r.reviewItems(ctx, due)
	if err != nil {
		return Posting{}, false, err
	}
	touched := map[ID]months{}
	for _, l := range looks {
		for _, rec := range []*Record{&l.Record, &l.want} {
			if rec.HasVehicle() {
				touch(touched, rec.Vehicle, rec.At)
			}
		}
	}
	if err := r.loadSets(ctx, touched); err != nil {
		return Posting{}, false, err
	}
	for i := range looks {
		r.apply(&looks[i])
	}
	for _, e := range r.sets {
		r.rate(e)
	}
	return r.posting, len(due) == reviewMax || len(learnt) > 0, nil
}

// reviewRegisterChanges has the passages looked at again that bear on what the register has learnt of the past.
func (r *round) reviewRegisterChanges(ctx context.Context, learnt []RegisterChange) error {
	if len(learnt) == 0 {
		return nil
	}
	ids := make([]int64, len(learnt))
	for i := range learnt {
		l := &learnt[i]
		ids[i] = l.ID
		l.Done = !l.RepeatAt.IsZero()
		l.RepeatAt = r.now.Add(registerChangeDelay)
	}
	affected, err := r.tx.AffectedByChanges(ctx, ids, r.now.Add(-AgeMax))
	for _, a := range affected {
		a.Due, a.Partition = r.now, r.partition
		r.posting.Reviews = append(r.posting.Reviews, a)
	}
	r.posting.RegisterChanges = learnt
	return err
}

// reviewItems finds what is to become of the passages that are due. Those of other partitions are passed on.
func (r *round) reviewItems(ctx context.Context, due []Review) (list []reviewItem, err error) {
	if len(due) == 0 {
		return nil, nil
	}
	ids := make([]ID, len(due))
	asked := make(map[ID]*Review, len(due))
	for i := range due {
		ids[i], asked[due[i].Passage] = due[i].Passage, &due[i]
	}
	kept, err := r.tx.StoredWithCorrections(ctx, ids)
	if err != nil {
		return nil, err
	}
	r.posting.FinishedReviews = ids
	for _, k := range kept {
		if l, here := r.reviewOne(k, *asked[k.ID]); here {
			list = append(list, l)
		}
		delete(asked, k.ID)
	}
	for _, a := range asked {
		if a.AwaitsPassage { // not kept, so it has not come yet
			a.Due = r.now.Add(awaitPassageDelay)
			r.posting.Reviews = append(r.posting.Reviews, *a)
		}
	}
	return list, nil
}

// reviewOne works out what is to become of a passage. It is changed by the partition that it belongs to; one
// that goes to another partition belongs to nobody on the way.
func (r *round) reviewOne(k StoredWithCorrection, asked Review) (l reviewItem, here bool) {
	l = reviewItem{StoredWithCorrection: k, want: k.Record}
	if c := k.Latest; c != nil {
		l.want.At, l.want.Withdrawn = c.At, c.Withdrawn
	}
	if asked.Rematch || !l.want.At.Equal(k.At) {
		r.directory.Rematch(&l.want, &k.Record)
	}
	home, next := r.home(&k.Record), r.home(&l.want)
	if home != r.partition && next != r.partition || home != r.partition && k.HasVehicle() {
		if !k.HasVehicle() {
			home = next
		}
		r.posting.Reviews = append(r.posting.Reviews, Review{Passage: k.ID, Due: r.now, Partition: home, Rematch: asked.Rematch})
		return l, false
	}
	if next != r.partition {
		l.want.Unmatch()
		r.posting.Reviews = append(r.posting.Reviews, Review{Passage: k.ID, Due: r.now, Partition: next, Rematch: true})
	}
	l.changed = l.want.Differs(&k.Record)
	return l, true
}

// home is the partition that a passage belongs to; one without a vehicle is at home everywhere.
func (r *round) home(rec *Record) int {
	if !rec.HasVehicle() {
		return r.partition
	}
	return PartitionOf(rec.Vehicle[:])
}

func (r *Record) Unmatch() {
	r.Vehicle, r.Customer, r.Agreement, r.MatchedBy, r.Blocked = ID{}, ID{}, ID{}, toll.ByNone, false
}

func (r *Record) Differs(o *Record) bool {
	return r.Vehicle != o.Vehicle || r.Customer != o.Customer || r.Agreement != o.Agreement || r.MatchedBy != o.MatchedBy ||
		r.Blocked != o.Blocked || r.Withdrawn != o.Withdrawn || !r.At.Equal(o.At)
}

// apply takes a passage from the set that it was in, and puts it where it belongs.
func (r *round) apply(l *reviewItem) {
	if !l.changed {
		r.requeueUnpriced(l)
		return
	}
	r.posting.Updates = append(r.posting.Updates, Update{Record: l.want, PreviousVehicle: l.Vehicle})
	if l.HasVehicle() {
		r.notify(l.Customer, l.ID)
	}
	if e := r.sets[l.Vehicle]; e != nil {
		e.remove(l.ID)
	}
	st := l.posted()
	switch {
	case l.want.Withdrawn:
		r.credit(&st, rating.Step{Rule: rating.RuleWithdrawn, Text: l.Latest.Reason})
	case l.want.Customer != l.Customer:
		r.credit(&st, rating.Step{Rule: rating.RuleMoved})
	}
	e := r.sets[l.want.Vehicle]
	if e == nil {
		return
	}
	st.customer = l.want.Customer
	if l.want.Withdrawn {
		e.withdrawn = append(e.withdrawn, l.ID)
	} else if !r.enter(e, &l.want, st) {
		r.credit(&st, rating.Step{Rule: rating.RuleMoved})
	}
}

// requeueUnpriced has a passage that still waits for a price wait for a person once more.
func (r *round) requeueUnpriced(l *reviewItem) {
	e := r.sets[l.Vehicle]
	if e == nil || !slices.Contains(e.unpriced, l.ID) {
		return
	}
	if why := r.resolve(&r.crossing, &l.Record); why != nil {
		r.posting.Quarantined = append(r.posting.Quarantined, Quarantined{Reason: why, Observation: l.Observation, Received: l.Received})
	}
}

// credit gives back what stands for a passage, to whom it was posted.
func (r *round) credit(st *posted, why rating.Step) {
	steps := appendSteps(nil, []rating.Step{why})
	digest := digestOf(steps)
	if st.revision == 0 || st.net == 0 && st.digest == digest {
		return
	}
	st.revision++
	r.posting.Charges = append(r.posting.Charges, Charge{
		Passage: st.id, Customer: st.customer, Revision: st.revision, Amount: -money.Ore(st.net), Steps: steps, Digest: digest,
	})
	st.digest, st.list, st.net = digest, 0, 0
}
