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
	reviewMax    = 2000                // passages of one transaction
	reviewRounds = 10                  // transactions in a row, so that what arrives is not held up
	settleSoon   = time.Second         // before a passage is looked at again, at least
	awaitAgain   = time.Minute         // between looks at a correction whose passage has not come
	learntMax    = 50                  // things learnt of one transaction
	learntAgain  = roundWait + ackWait // then every transaction is over that had not learnt them
)

// look is a passage under review: as it was and as it is to be.
type look struct {
	Kept
	want  Record
	moved bool // want is not what is kept
}

// correct keeps what a station reports of a passage later. It is applied by a review, so that it does
// not matter which of them comes first.
func (r *round) correct(a *arrival) {
	r.posting.Corrections = append(r.posting.Corrections, Correction{
		Passage: a.ID, Revision: int16(a.Revision), At: a.At, Withdrawn: a.Withdrawn, Reason: a.Reason, Received: a.Received,
	})
	r.posting.Reviews = append(r.posting.Reviews, Review{Passage: a.ID, Due: r.now, Partition: r.partition, Waiting: true})
}

// awaited has new passages looked at again that a correction waits for.
func (r *round) awaited(ctx context.Context, matched []*arrival) error {
	ids := make([]ID, len(matched))
	for i, a := range matched {
		ids[i] = a.ID
	}
	waited, err := r.books.Correctable(ctx, ids)
	for _, id := range waited {
		r.posting.Reviews = append(r.posting.Reviews, Review{Passage: id, Due: r.now, Partition: r.partition, Waiting: true})
	}
	return err
}

// review turns what is due into a posting, and tells whether more may be due.
func (r *round) review(ctx context.Context, learnt []Learnt, now time.Time) (Posting, bool, error) {
	r.begin(now)
	if err := r.learn(ctx, learnt); err != nil {
		return Posting{}, false, err
	}
	due, err := r.books.Due(ctx, r.partition, now, reviewMax)
	if err != nil {
		return Posting{}, false, err
	}
	looks, err := r.looks(ctx, due)
	if err != nil {
		return Posting{}, false, err
	}
	touched := map[ID]months{}
	for _, l := range looks {
		for _, rec := range []*Record{&l.Record, &l.want} {
			if rec.known() {
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

// learn has the passages looked at again that bear on what the register has learnt of the past.
func (r *round) learn(ctx context.Context, learnt []Learnt) error {
	if len(learnt) == 0 {
		return nil
	}
	ids := make([]int64, len(learnt))
	for i := range learnt {
		l := &learnt[i]
		ids[i] = l.ID
		l.Done = !l.Again.IsZero()
		l.Again = r.now.Add(learntAgain)
	}
	affected, err := r.books.Affected(ctx, ids, r.now.Add(-AgeMax))
	for _, a := range affected {
		a.Due, a.Partition = r.now, r.partition
		r.posting.Reviews = append(r.posting.Reviews, a)
	}
	r.posting.Learnt = learnt
	return err
}

// looks finds what is to become of the passages that are due. Those of other partitions are passed on.
func (r *round) looks(ctx context.Context, due []Review) (list []look, err error) {
	if len(due) == 0 {
		return nil, nil
	}
	ids := make([]ID, len(due))
	asked := make(map[ID]*Review, len(due))
	for i := range due {
		ids[i], asked[due[i].Passage] = due[i].Passage, &due[i]
	}
	kept, err := r.books.Kept(ctx, ids)
	if err != nil {
		return nil, err
	}
	r.posting.Reviewed = ids
	for _, k := range kept {
		if l, here := r.look(k, *asked[k.ID]); here {
			list = append(list, l)
		}
		delete(asked, k.ID)
	}
	for _, a := range asked {
		if a.Waiting { // not kept, so it has not come yet
			a.Due = r.now.Add(awaitAgain)
			r.posting.Reviews = append(r.posting.Reviews, *a)
		}
	}
	return list, nil
}

// look works out what is to become of a passage. It is changed by the partition that it belongs to; one
// that goes to another partition belongs to nobody on the way.
func (r *round) look(k Kept, asked Review) (l look, here bool) {
	l = look{Kept: k, want: k.Record}
	if c := k.Latest; c != nil {
		l.want.At, l.want.Withdrawn = c.At, c.Withdrawn
	}
	if asked.Rematch || !l.want.At.Equal(k.At) {
		r.directory.rematch(&l.want, &k.Record)
	}
	home, next := r.home(&k.Record), r.home(&l.want)
	if home != r.partition && next != r.partition || home != r.partition && k.known() {
		if !k.known() {
			home = next
		}
		r.posting.Reviews = append(r.posting.Reviews, Review{Passage: k.ID, Due: r.now, Partition: home, Rematch: asked.Rematch})
		return l, false
	}
	if next != r.partition {
		l.want.unmatch()
		r.posting.Reviews = append(r.posting.Reviews, Review{Passage: k.ID, Due: r.now, Partition: next, Rematch: true})
	}
	l.moved = l.want.differs(&k.Record)
	return l, true
}

// home is the partition that a passage belongs to; one without a vehicle is at home everywhere.
func (r *round) home(rec *Record) int {
	if !rec.known() {
		return r.partition
	}
	return partitionOf(rec.Vehicle[:])
}

func (r *Record) unmatch() {
	r.Vehicle, r.Customer, r.Agreement, r.MatchedBy, r.Blocked = ID{}, ID{}, ID{}, toll.ByNone, false
}

func (r *Record) differs(o *Record) bool {
	return r.Vehicle != o.Vehicle || r.Customer != o.Customer || r.Agreement != o.Agreement || r.MatchedBy != o.MatchedBy ||
		r.Blocked != o.Blocked || r.Withdrawn != o.Withdrawn || !r.At.Equal(o.At)
}

// apply takes a passage from the set that it was in, and puts it where it belongs.
func (r *round) apply(l *look) {
	if !l.moved {
		r.again(l)
		return
	}
	r.posting.Changed = append(r.posting.Changed, Changed{Record: l.want, Was: l.Vehicle})
	if l.known() {
		r.tell(l.Customer, l.ID)
	}
	if e := r.sets[l.Vehicle]; e != nil {
		e.remove(l.ID)
	}
	st := l.standing()
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

// again has a passage that still waits for a price wait for a person once more.
func (r *round) again(l *look) {
	e := r.sets[l.Vehicle]
	if e == nil || !slices.Contains(e.unpriced, l.ID) {
		return
	}
	if why := r.resolve(&r.crossing, &l.Record); why != nil {
		r.posting.Quarantined = append(r.posting.Quarantined, Quarantined{Why: why, Observation: l.Observation, Received: l.Received})
	}
}

// credit gives back what stands for a passage, to whom it was posted.
func (r *round) credit(st *standing, why rating.Step) {
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
