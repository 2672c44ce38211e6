package bench_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bompass/server/embedded"
	"bompass/server/store"
	"bompass/server/store/demo"
	"bompass/server/store/migration"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// The measurement of a large register: vehicles in it, changes a second, and how long batches are sent.
const (
	registerVehicles = 5_000_000
	changesPerSecond = 50
	changers         = 4
	batchesPerSecond = 4 // of 500 passages: 24 times the passages of Norway's busiest hour, and less than the workers post
	registerRun      = 30 * time.Second
)

// largeRegister fills the tables of the register in SQL: one agreement, tag and mount for each vehicle. It drops the
// constraints that no two mounts overlap, which need half an hour for each million rows and which no look-up reads.
const largeRegister = `
	set session_replication_role = replica;
	alter table mount drop constraint mount_tag_id_tstzrange_excl, drop constraint mount_vehicle_id_tstzrange_excl;
	insert into agreement (id, number, customer_id, issuer, charger, valid_from)
		select ('0196c000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '9' || n, $1::uuid, 'bompass', 'fjellinjen', '2020-01-01' from generate_series(1, $2::int) n;
	insert into vehicle (id, country, plate) select ('0196b000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'NO', 'XX' || n from generate_series(1, $2::int) n;
	insert into vehicle_facts (vehicle_id, valid_from, category, weight_kg, fuel, plug_in, euro, source)
		select ('0196b000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '2020-01-01', 'M1', 1800, 'petrol', false, 6, 'register' from generate_series(1, $2::int) n;
	insert into tag (id, agreement_id, status)
		select 'T' || n, ('0196c000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'active' from generate_series(1, $2::int) n;
	insert into mount (vehicle_id, agreement_id, tag_id, valid_from)
		select ('0196b000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, ('0196c000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'T' || n, '2020-01-01'
		from generate_series(1, $2::int) n;
	set session_replication_role = origin`

// BenchmarkPipelineLargeRegister measures intake and workers with a register of millions of vehicles that changes all
// the time. The size can be set with BENCH_REGISTER.
func BenchmarkPipelineLargeRegister(b *testing.B) {
	ctx, size := b.Context(), registerVehicles
	if text := os.Getenv("BENCH_REGISTER"); text != "" {
		n, err := strconv.Atoi(text)
		must(b, err)
		size = n
	}
	home, st := openDurable(b)
	fillRegister(b, st, size)
	for range b.N {
		begin := time.Now()
		s := startPipeline(b, home.Path("stream-register"), st)
		m := &registerRunner{st: st, server: s, size: size}
		m.sendBatch(ctx, b, rand.New(rand.NewPCG(1, 1)))
		b.ReportMetric(time.Since(begin).Seconds(), "s-to-first-batch")
		m.run(b)
	}
}

// openDurable starts a database with the settings of a server in production, with the demo data.
func openDurable(b *testing.B) (*embedded.Home, *store.DB) {
	b.Helper()
	ctx := b.Context()
	dir, err := os.MkdirTemp("", "bompass-bench-")
	must(b, err)
	must(b, os.Chmod(dir, 0o755))
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	home, err := embedded.OpenHome(dir)
	must(b, err)
	postgres, err := embedded.Start(ctx, home)
	must(b, err)
	b.Cleanup(func() { _ = postgres.Stop() })
	st, err := store.Open(ctx, postgres.URL())
	must(b, err)
	b.Cleanup(st.Close)
	_, err = migration.Up(ctx, st.Pool)
	must(b, err)
	must(b, demo.Seed(ctx, st, demo.Fixture()))
	return home, st
}

func fillRegister(b *testing.B, st *store.DB, size int) {
	b.Helper()
	conn, err := st.Pool.Acquire(b.Context())
	must(b, err)
	defer conn.Release()
	for statement := range strings.SplitSeq(largeRegister, ";") {
		var args []any
		if strings.Contains(statement, "$2") {
			args = []any{size}
			statement = strings.ReplaceAll(statement, "$2", "$1")
			if strings.Contains(statement, "$1::uuid") {
				statement, args = strings.Replace(statement, "$1::uuid", "$2::uuid",
					1), []any{size, string(fixture.Kari)}
			}
		}
		_, err := conn.Exec(b.Context(), statement, args...)
		must(b, err)
	}
	// A register that has been there for a while: PostgreSQL does not clean it up and write it out beside the measurement.
	for _, statement := range []string{"vacuum analyze", "checkpoint"} {
		_, err = conn.Exec(b.Context(), statement)
		must(b, err)
	}
}

// registerRunner sends batches while the register changes.
type registerRunner struct {
	st       *store.DB
	server   server
	size     int
	sequence atomic.Int64
	accepted atomic.Int64
	refused  atomic.Int64
	changed  atomic.Int64
}

func (m *registerRunner) run(b *testing.B) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), registerRun)
	defer cancel()
	var group sync.WaitGroup
	for n := range senders {
		group.Go(func() {
			random := rand.New(rand.NewPCG(2, uint64(n)))
			every(ctx, time.Second*senders/batchesPerSecond, func() { m.sendBatch(ctx, b, random) })
		})
	}
	for range changers {
		group.Go(func() { every(ctx, time.Second*changers/changesPerSecond, func() { m.change(ctx, b) }) })
	}
	var seen []time.Duration
	group.Go(func() { seen = m.observe(ctx, b) })
	begin := time.Now()
	group.Wait()
	b.ReportMetric(float64(m.accepted.Load())/time.Since(begin).Seconds(), "passages/s")
	b.ReportMetric(float64(m.refused.Load()), "refused-batches")
	b.ReportMetric(float64(m.changed.Load())/registerRun.Seconds(), "changes/s")
	b.Log("seen after", seen)
	slices.Sort(seen)
	b.ReportMetric(seen[len(seen)/2].Seconds(), "s-change-seen-median")
	b.ReportMetric(seen[len(seen)-1].Seconds(), "s-change-seen-max")
	b.ReportMetric(peakMemory(b), "peak-MB")
}

// sendBatch sends passages of vehicles anywhere in the register.
func (m *registerRunner) sendBatch(ctx context.Context, b *testing.B, random *rand.Rand) {
	b.Helper()
	var list bytes.Buffer
	encoder := json.NewEncoder(&list)
	for range batchSize {
		n := 1 + random.IntN(m.size)
		_ = encoder.Encode(toll.Observation{
			Station: "oslo-104", Epoch: 9, Sequence: m.sequence.Add(1),
			At: since.Add(time.Duration(random.IntN(86_400)) * time.Second), Direction: toll.Inbound,
			Tag: toll.TagID("T" + strconv.Itoa(n)), Country: "NO", Plate: "XX" + strconv.Itoa(n),
		})
	}
	if m.post(ctx, b, list.Bytes()) {
		m.accepted.Add(batchSize)
	} else {
		m.refused.Add(1)
	}
}

func (m *registerRunner) post(ctx context.Context, b *testing.B, body []byte) bool {
	b.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodPost, m.server.url,
		bytes.NewReader(body))
	must(b, err)
	req.Host = host
	req.Header.Set("Authorization", "Bearer "+fixture.StationKey)
	req.Header.Set("Content-Type", "application/x-ndjson")
	reply, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Error(err)
		return false
	}
	_ = reply.Body.Close()
	return reply.StatusCode == http.StatusOK
}

// every calls do at an interval until ctx ends.
func every(ctx context.Context, interval time.Duration, do func()) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do()
		}
	}
}

// change changes the facts of a vehicle anywhere in the register.
func (m *registerRunner) change(ctx context.Context, b *testing.B) {
	b.Helper()
	id := fmt.Sprintf("0196b000-0000-7000-8000-%012d", 1+rand.IntN(m.size))
	if _, err := m.st.Pool.Exec(ctx, "update vehicle_facts set weight_kg = weight_kg + 1 where vehicle_id = $1",
		id); err == nil {
		m.changed.Add(1)
	} else if ctx.Err() == nil {
		b.Error(err)
	}
}

// observe measures how long it takes until a passage that intake accepts after a change is matched by it: a vehicle
// without an owner gets one, and passes, again and again, until a passage has the new payer.
func (m *registerRunner) observe(ctx context.Context, b *testing.B) (seen []time.Duration) {
	b.Helper()
	for n := 1; ctx.Err() == nil; n++ {
		plate := fmt.Sprintf("YY%05d", n)
		_ = m.post(ctx, b, m.passageOf(plate)) // the plate is in the cache as unknown
		_, err := m.st.Pool.Exec(context.WithoutCancel(ctx),
			"insert into vehicle (id, country, plate, owner_id) values (gen_random_uuid(), 'NO', $1, $2)", plate,
			string(fixture.Kari))
		must(b, err)
		begin := time.Now()
		_ = m.post(ctx, b, m.passageOf(plate))
		for matched := false; !matched; time.Sleep(10 * time.Millisecond) {
			must(b, m.st.Pool.QueryRow(context.WithoutCancel(ctx),
				"select exists (select from passage where plate = $1 and customer_id is not null)",
				plate).Scan(&matched))
			if time.Since(begin) > time.Minute {
				b.Fatalf("the change is not seen after a minute")
			}
		}
		seen = append(seen, time.Since(begin))
		time.Sleep(200 * time.Millisecond)
	}
	return seen
}

func (m *registerRunner) passageOf(plate string) []byte {
	line, _ := json.Marshal(toll.Observation{
		Station: "oslo-104", Epoch: 9, Sequence: m.sequence.Add(1), At: since.Add(time.Hour), Direction: toll.Inbound,
		Country: "NO", Plate: plate,
	})
	return append(line, '\n')
}

// peakMemory returns the highest resident memory of this process in MB: intake, stream and workers, and the load.
func peakMemory(b *testing.B) float64 {
	b.Helper()
	runtime.GC()
	status, err := os.ReadFile("/proc/self/status")
	must(b, err)
	for line := range strings.Lines(string(status)) {
		if text, found := strings.CutPrefix(line, "VmHWM:"); found {
			kb, err := strconv.ParseFloat(strings.Fields(text)[0], 64)
			must(b, err)
			return kb / 1024
		}
	}
	b.Fatal("no peak memory in /proc/self/status")
	return 0
}
