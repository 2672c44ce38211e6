package pipeline_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"bompass/server/internal/pipelinetest"
	"bompass/server/privacy"
	"bompass/server/store/privacydb"
	"bompass/shared/fixture"
	"bompass/shared/money"
)

// exchangeTags lets the vehicles of the demo exchange their tags, with effect in the past.
const exchangeTags = `update mount set valid_to = '2025-11-05' where valid_to is null;
	insert into mount (vehicle_id, agreement_id, tag_id, valid_from)
		select vehicle_id, agreement_id, coalesce(lead(tag_id) over (order by tag_id), min(tag_id) over ()), '2025-11-05' from mount where valid_to = '2025-11-05'`

// After passages, corrections and register changes in any order, with two servers at work and passages that lose their
// place or are deleted meanwhile, the sums are those of the charges, and a customer's charges come to the sum.
func TestSumsAreThoseOfTheChargesAfterAnySequence(t *testing.T) {
	for seed := range uint64(2) {
		dice := rand.New(rand.NewPCG(seed, 28))
		driven := fixture.Passages(pipelinetest.November-4, pipelinetest.November+6)
		reports, _, _ := corrected(driven, dice)
		all := append(reports, driven...)
		dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		r := pipelinetest.New(t, (pipelinetest.November.Month() + 1).Start()) // counts of October are not kept any more
		r.Start(r.Plan)
		sendMixed(t, r, all[:len(all)/2], dice, 200, 3)
		r.WantSums()

		var retention sync.WaitGroup
		retention.Go(func() {
			private, before := privacydb.New(r.DB), (pipelinetest.November - 3).Start()
			for _, category := range []privacy.Category{privacy.Passages, privacy.Charges, privacy.Passages} {
				if _, err := private.Prune(t.Context(), string(category), before, 40); err != nil {
					t.Error(err)
				}
				before = before.Add(24 * time.Hour)
			}
		})
		r.Exec(exchangeTags)
		sendMixed(t, r, all[len(all)/2:], dice, 200, 4)
		retention.Wait()
		r.ApplyRegisterChanges()
		r.WantSums()
		for _, c := range fixture.Customers() {
			want := money.Ore(0)
			row := r.DB.Pool.QueryRow(t.Context(), `select coalesce(sum(c.amount), 0) from passage p join charge c on c.passage_id = p.id
				where p.customer_id = $1 and p.passed_at >= $2 and p.passed_at < $3`, string(c.ID), pipelinetest.November.Start(), (pipelinetest.November.Month() + 1).Start())
			if err := row.Scan((*int64)(&want)); err != nil {
				t.Fatal(err)
			}
			if got := r.MonthTotal(c.ID); got != want {
				t.Errorf("seed %d: %s pays %v, want %v", seed, c.Name, got, want)
			}
		}
	}
}
