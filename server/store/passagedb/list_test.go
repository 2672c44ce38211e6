package passagedb_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"bompass/server/internal/pgtest"
	"bompass/server/internal/pipelinetest"
	"bompass/server/passage/reading"
	"bompass/server/store"
	"bompass/server/store/passagedb"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// listed is a passage to insert, with a charge of one krone.
type listed struct {
	id      toll.PassageID
	at      time.Time
	vehicle toll.VehicleID
}

// insertListed inserts a passage of Kari's at one of 40 instants, so that many have the same.
func insertListed(t *testing.T, db *store.DB, dice *rand.Rand, number int) listed {
	t.Helper()
	p := listed{
		id: toll.Observation{Station: "oslo-104", Sequence: int64(number)}.ID(), vehicle: []toll.VehicleID{fixture.KariPetrol, fixture.KariElectric}[dice.IntN(2)],
		at: pipelinetest.November.Start().Add(time.Duration(dice.IntN(40)) * 7 * time.Hour),
	}
	pgtest.Exec(t, db, `insert into passage (id, station, lane, epoch, sequence, passed_at, received_at, direction, tag, country, plate, vehicle_id,
			customer_id, agreement_id, matched_by) values ($1, 'oslo-104', 1, 1, $2, $3, $3, 'in', '', 'NO', '', $4, $5, $6, 'tag')`,
		string(p.id), number, p.at, string(p.vehicle), string(fixture.Kari), string(fixture.KariAgreement))
	pgtest.Exec(t, db, `insert into charge (passage_id, revision, posted_at, list, net, amount, tariff, steps, digest, customer_id)
		values ($1, 1, now(), 100, 100, 100, '', '[]', 0, $2)`, string(p.id), string(fixture.Kari))
	return p
}

// compareNewest orders passages as the list does.
func compareNewest(a, b listed) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.id, a.id)) }

// While passages are inserted anywhere in the list, a reader of its pages gets each passage that was there at the
// beginning once, in order.
func TestPagesNeitherSkipNorRepeatWhilePassagesArrive(t *testing.T) {
	db, _ := pgtest.Demo(t)
	st, dice := passagedb.New(db), rand.New(rand.NewPCG(28, 1))
	number := 0
	var there []listed
	for ; number < 120; number++ {
		there = append(there, insertListed(t, db, dice, number))
	}
	for _, vehicle := range []toll.VehicleID{"", fixture.KariPetrol} {
		want := slices.Clone(there)
		if vehicle != "" {
			want = slices.DeleteFunc(want, func(p listed) bool { return p.vehicle != vehicle })
		}
		slices.SortFunc(want, compareNewest)
		q := reading.Query{Customer: fixture.Kari, Vehicle: vehicle, Limit: 7, First: pipelinetest.November, Last: pipelinetest.November + 29}
		var got []listed
		for {
			page, err := st.Passages(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range page.Lines {
				got = append(got, listed{l.ID, l.At, l.Vehicle})
			}
			if len(page.Lines) < q.Limit {
				break
			}
			last := page.Lines[q.Limit-1]
			q.After = api.Cursor{At: last.At, ID: last.ID}
			for range 3 {
				there = append(there, insertListed(t, db, dice, number))
				number++
			}
		}
		if !slices.IsSortedFunc(got, compareNewest) || len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Errorf("%q: the pages are not in order, or repeat a passage", vehicle)
		}
		seen := map[toll.PassageID]bool{}
		for _, p := range got {
			seen[p.id] = true
		}
		for _, p := range want {
			if !seen[p.id] {
				t.Errorf("%q: %s at %v is on no page", vehicle, p.id, p.at)
			}
		}
	}
}

// Count and total are those of the period, vehicle and agreement, whatever page is asked for.
func TestPageHasCountAndTotalOfItsSelection(t *testing.T) {
	db, _ := pgtest.Demo(t)
	st, dice := passagedb.New(db), rand.New(rand.NewPCG(28, 2))
	var all []listed
	for number := range 60 {
		all = append(all, insertListed(t, db, dice, number))
	}
	day := pipelinetest.November + 2
	for _, q := range []reading.Query{
		{},
		{Vehicle: fixture.KariElectric},
		{First: day, Last: day},
		{First: day, Last: day + 3, Vehicle: fixture.KariPetrol},
		{Agreement: fixture.KariAgreement},
		{Agreement: fixture.OlavAgreement},
		{After: api.Cursor{At: day.Start(), ID: all[0].id}},
	} {
		q.Customer, q.WithCount, q.Limit = fixture.Kari, true, 5
		want := 0
		for _, p := range all {
			if (q.Vehicle == "" || q.Vehicle == p.vehicle) && (q.First == 0 || !p.at.Before(q.First.Start()) && p.at.Before((q.Last+1).Start())) &&
				q.Agreement != fixture.OlavAgreement {
				want++
			}
		}
		page, err := st.Passages(t.Context(), q)
		if err != nil || page.Count != want || page.Total != money.Ore(100*want) {
			t.Errorf("%+v: got %d for %v, %v, want %d", q, page.Count, page.Total, err, want)
		}
	}
}

// A passage that has lost its place is on no page and in no total of a list, but in the month's.
func TestPassagesWithoutPlaceAreNotListed(t *testing.T) {
	db, _ := pgtest.Demo(t)
	st, dice := passagedb.New(db), rand.New(rand.NewPCG(28, 3))
	for number := range 10 {
		insertListed(t, db, dice, number)
	}
	pgtest.Exec(t, db, `update passage set station = '', vehicle_id = null, passed_at = $1 where sequence < 4`, pipelinetest.November.Start())
	page, err := st.Passages(t.Context(), reading.Query{Customer: fixture.Kari, Limit: 50, WithCount: true})
	if err != nil || len(page.Lines) != 6 || page.Count != 6 || page.Total != 600 {
		t.Errorf("got %d lines, %d for %v, %v, want 6", len(page.Lines), page.Count, page.Total, err)
	}
	if total, err := st.MonthTotal(t.Context(), fixture.Kari, pipelinetest.November.Month()); err != nil || total != 1000 {
		t.Errorf("the month comes to %v, %v, want 10 kr", total, err)
	}
	pgtest.Exec(t, db, "delete from passage where sequence < 4")
	pgtest.Exec(t, db, "delete from charge where passage_id not in (select id from passage)")
	if total, err := st.MonthTotal(t.Context(), fixture.Kari, pipelinetest.November.Month()); err != nil || total != 600 {
		t.Errorf("the month comes to %v, %v, want 6 kr", total, err)
	}
}
