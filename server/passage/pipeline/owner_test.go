package pipeline_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"bompass/server/internal/pipelinetest"
	"bompass/server/passage"
	"bompass/shared/fixture"
)

// partitionsByServer returns how many partitions each server owns, the most first, and the database processes that hold
// them.
func partitionsByServer(t *testing.T, r *pipelinetest.Rig) (counts []int, processes []int) {
	t.Helper()
	rows, err := r.DB.Pool.Query(t.Context(), `select pid, count(*) from pg_locks where locktype = 'advisory' and classid = x'7011'::int and granted
		and database = (select oid from pg_database where datname = current_database()) group by pid order by count(*) desc, pid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var pid, n int
		if err := rows.Scan(&pid, &n); err != nil {
			t.Fatal(err)
		}
		counts, processes = append(counts, n), append(processes, pid)
	}
	return counts, processes
}

func waitForPartitions(t *testing.T, r *pipelinetest.Rig, want ...int) {
	t.Helper()
	var got []int
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(50 * time.Millisecond) {
		if got, _ = partitionsByServer(t, r); slices.Equal(got, want) {
			return
		}
	}
	t.Fatalf("partitions by server: %v, want %v", got, want)
}

// Servers share the partitions equally. A server that ends, or loses its connection, gives its own to the others, and
// every passage is charged once whatever happens.
func TestServersShareThePartitions(t *testing.T) {
	r := pipelinetest.New(t, (pipelinetest.November + 25).Start())
	waitForPartitions(t, r, passage.Partitions)
	driven := fixture.Passages(pipelinetest.November, pipelinetest.November+8)
	send := func(part int) {
		for i := part * len(driven) / 4; i < (part+1)*len(driven)/4; i++ {
			r.Send(pipelinetest.NDJSON(driven[i]))
		}
	}
	send(0)
	first := r.Stop
	r.Start(r.Plan)
	second := r.Stop
	send(1)
	waitForPartitions(t, r, 2, 2)
	r.Start(r.Plan)
	waitForPartitions(t, r, 2, 2) // of three servers, one has nothing to do with four partitions and a share of two
	_, processes := partitionsByServer(t, r)
	if _, err := r.DB.Pool.Exec(t.Context(), fmt.Sprintf("select pg_terminate_backend(%d)", processes[0])); err != nil {
		t.Fatal(err)
	}
	send(2)
	waitForPartitions(t, r, 2, 2)
	second()
	waitForPartitions(t, r, 2, 2)
	first()
	waitForPartitions(t, r, passage.Partitions)
	send(3)
	r.Settle()
	r.WantCharges(driven)
}
