package privacydb_test

import (
	"testing"
	"time"

	"bompass/server/internal/pgtest"
	"bompass/server/privacy"
)

// addPassages adds passages without a customer, one an hour from an instant on.
func (l *leaving) addPassages(n int, from time.Time) {
	l.t.Helper()
	pgtest.Exec(l.t, l.db, `insert into passage (id, station, lane, epoch, sequence, passed_at, received_at, direction, tag, country, plate, matched_by)
		select gen_random_uuid(), 'oslo-301', 1, 1, n, $2::timestamptz + n * interval '1 hour', $2, 'in', '', 'NO', 'T00001', ''
		from generate_series(0, $1::int - 1) n`, n, from)
}

// A round deletes at most what it is asked for, the oldest first, and two rounds at once do not delete the same.
func TestPassagesAreAnonymisedInBatches(t *testing.T) {
	l := open(t)
	l.addPassages(10, noon)
	cut := noon.Add(8 * time.Hour) // of ten
	if n, err := l.Prune(t.Context(), string(privacy.Passages), cut, 3); err != nil || n != 3 {
		t.Fatalf("got %d, %v, want 3", n, err)
	}
	if oldest := pgtest.One[time.Time](t, l.db, "select min(passed_at) from passage where station <> ''"); !oldest.Equal(noon.Add(3 * time.Hour)) {
		t.Errorf("the oldest that is left is of %v", oldest)
	}
	counts := make([]int, 4)
	for n, err := range pgtest.Race(t, l.db, len(counts), func(i int) (err error) {
		counts[i], err = l.Prune(t.Context(), string(privacy.Passages), cut, 500)
		return err
	}) {
		if err != nil {
			t.Errorf("round %d: %v", n, err)
		}
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	left := pgtest.One[int](t, l.db, "select count(*) from passage where station <> ''")
	if total != 5 || left != 2 {
		t.Errorf("%d in the rounds at once and %d left, want 5 and 2", total, left)
	}
	if n := pgtest.One[int](t, l.db, "select count(*) from passage where station = '' and plate <> ''"); n != 0 {
		t.Errorf("%d anonymised passages still have their plate", n)
	}
}

func TestPassagesAreDeletedWhenTheirChargesMayGo(t *testing.T) {
	l := open(t)
	l.addPassages(5, noon)
	if n, err := l.Prune(t.Context(), string(privacy.Charges), noon.Add(2*time.Hour), 500); err != nil || n != 2 {
		t.Errorf("got %d, %v, want 2", n, err)
	}
	if left := pgtest.One[int](t, l.db, "select count(*) from passage"); left != 3 {
		t.Errorf("%d passages are left, want 3", left)
	}
}

// A category that no table has is an error: its data would never be deleted.
func TestUnknownCategoryIsAnError(t *testing.T) {
	if _, err := open(t).Prune(t.Context(), "secrets", noon, 10); err == nil {
		t.Error("got no error")
	}
}

// Every rule of retention has a table, and deletes nothing from an empty database.
func TestEveryRuleHasATable(t *testing.T) {
	l := open(t)
	for _, r := range privacy.Rules(noon) {
		if n, err := l.Prune(t.Context(), string(r.Category), r.Before, 10); err != nil || n != 0 {
			t.Errorf("%s: %d, %v", r.Category, n, err)
		}
	}
}
