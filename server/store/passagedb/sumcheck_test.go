package passagedb_test

import (
	"log/slog"
	"testing"

	"bompass/server/internal/pgtest"
	"bompass/server/internal/pipelinetest"
	"bompass/server/passage/sumcheck"
	"bompass/server/store/passagedb"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
)

// compareAll compares all sums in chunks of few passages and returns how many differ.
func compareAll(t *testing.T, r *pipelinetest.Rig, passages int) (days, months, chunks int) {
	t.Helper()
	for at := (sumcheck.Position{}); ; {
		c, err := r.Store.CompareSums(t.Context(), at, passages, pipelinetest.November.Month())
		if err != nil {
			t.Fatal(err)
		}
		days, months, chunks = days+len(c.Days), months+len(c.Months), chunks+1
		if c.Last {
			return days, months, chunks
		}
		at = c.Next
	}
}

// Whatever is wrong with a sum is found, by chunks of any size, and repaired once.
func TestDifferentSumsAreFoundAndRepaired(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 25).Start())
	r.Send(pipelinetest.NDJSON(fixture.Passages(pipelinetest.November-3, pipelinetest.November+9)...))
	r.Settle()
	if days, months, chunks := compareAll(t, r, 7); days+months > 0 || chunks < 5 {
		t.Fatalf("%d days and %d months differ in %d chunks", days, months, chunks)
	}
	kept := pgtest.One[string](t, r.DB, "select string_agg(s::text, ' ' order by s) from passage_sum s")
	caps := pgtest.One[string](t, r.DB, "select string_agg(c::text, ' ' order by c) from cap_count c where month >= '2025-11-01'")
	for _, wrong := range []string{
		`update passage_sum set net = net + 1 where (customer_id, day) = (select customer_id, day from passage_sum order by 1, 2 limit 1)`,
		`delete from passage_sum where (customer_id, day) = (select customer_id, max(day) from passage_sum group by 1 order by 1 limit 1)`,
		`insert into passage_sum select 'ffffffff-0000-7000-8000-000000000001', '2025-11-03', vehicle_id, agreement_id, 1, 0, 1 from passage_sum limit 1`,
		`update passage_sum set unread = unread + 1 where customer_id = '` + string(fixture.Fjordfrakt) + `' and day = '2025-11-04'`,
		`update cap_count set count = count + 1 where ctid = (select ctid from cap_count where month = '2025-11-01' order by vehicle_id, station limit 1)`,
		`delete from cap_count where vehicle_id = (select vehicle_id from cap_count where month = '2025-11-01' order by vehicle_id desc limit 1) and month = '2025-11-01'`,
	} {
		pgtest.Exec(t, r.DB, wrong)
	}
	if days, months, _ := compareAll(t, r, 7); days != 4 || months != 2 {
		t.Errorf("%d days and %d months differ, want 4 and 2", days, months)
	}
	check := sumcheck.New(r.Store, r.Now, slog.New(slog.NewTextHandler(t.Output(), nil)))
	for _, want := range []int{6, 0} {
		if got, err := check.Check(t.Context()); got != want || err != nil {
			t.Errorf("%d differences, %v, want %d", got, err, want)
		}
	}
	if check.Differences() != 6 || check.Checked() != r.Now().Unix() {
		t.Errorf("counted %d differences, checked at %d", check.Differences(), check.Checked())
	}
	if got := pgtest.One[string](t, r.DB, "select string_agg(s::text, ' ' order by s) from passage_sum s"); got != kept {
		t.Errorf("the sums are\n%s\nwant\n%s", got, kept)
	}
	if got := pgtest.One[string](t, r.DB, "select string_agg(c::text, ' ' order by c) from cap_count c where month >= '2025-11-01'"); got != caps {
		t.Errorf("the counts are\n%s\nwant\n%s", got, caps)
	}
}

// Counts of former months are deleted by the check, and are not compared.
func TestCapCountsOfFormerMonthsAreDeleted(t *testing.T) {
	db := pgtest.New(t)
	for month := range 3 {
		pgtest.Exec(t, db, `insert into cap_count (customer_id, month, vehicle_id, station, count, cap) values ($1, $2, $1, 'oslo-104', 1, 60)`,
			string(fixture.Kari), (pipelinetest.November.Month() - oslo.Month(month)).First().String())
	}
	st := passagedb.New(db)
	if n, err := st.PruneCaps(t.Context(), pipelinetest.November.Month(), 1); n != 1 || err != nil {
		t.Errorf("deleted %d, %v, want 1", n, err)
	}
	if n, err := st.PruneCaps(t.Context(), pipelinetest.November.Month(), 10); n != 1 || err != nil {
		t.Errorf("deleted %d, %v, want 1", n, err)
	}
	if left := pgtest.One[int](t, db, "select count(*) from cap_count"); left != 1 {
		t.Errorf("%d are left, want that of November", left)
	}
}
