package job_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"bompass/server/internal/pgtest"
	"bompass/server/job"
	"bompass/server/store"
)

// note is a job that names a row.
type note struct {
	Row int `json:"row"`
}

func (note) Kind() string     { return "test.note" }
func (note) MaxAttempts() int { return 3 }

// round is a periodic job.
type round struct{}

func (round) Kind() string     { return "test.round" }
func (round) MaxAttempts() int { return 3 }

// count counts the attempts of each job.
type count struct {
	mu   sync.Mutex
	runs map[int]int
}

func (c *count) add(row int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.runs == nil {
		c.runs = map[int]int{}
	}
	c.runs[row]++
	return c.runs[row]
}

func (c *count) of(row int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.runs[row]
}

func start(t *testing.T, db *store.DB, l job.Limits, register func(*job.Registry)) (*job.Registry, *job.Runner, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	r := job.NewRegistry(slog.New(slog.NewTextHandler(&locked{w: log}, nil)))
	register(r)
	runner, err := job.Start(t.Context(), db.Pool, r, l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = runner.Stop(context.Background()) })
	return r, runner, log
}

// locked is a writer for several goroutines.
type locked struct {
	mu sync.Mutex
	w  *bytes.Buffer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

func insert(t *testing.T, db *store.DB, jobs ...note) {
	t.Helper()
	if err := pgx.BeginFunc(t.Context(), db.Pool, func(tx pgx.Tx) error { return job.Insert(t.Context(), tx, jobs) }); err != nil {
		t.Fatal(err)
	}
}

// until waits for a condition; the test's own deadline ends the wait.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for !is() {
		if t.Context().Err() != nil {
			t.Fatalf("%s: %v", what, t.Context().Err())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func state(t *testing.T, db *store.DB) (list string) {
	t.Helper()
	err := db.Pool.QueryRow(t.Context(), "select coalesce(string_agg(state::text, ' ' order by id), '') from river_job where kind = 'test.note'").Scan(&list)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A job of a transaction that is rolled back never runs; one of a transaction that is committed runs.
func TestJobRunsIfItsTransactionIsCommitted(t *testing.T) {
	db := pgtest.New(t)
	var c count
	start(t, db, job.Limits{}, func(r *job.Registry) {
		job.Handle(r, func(_ context.Context, n note, _ int) error { c.add(n.Row); return nil }, job.Options{})
	})
	undone := errors.New("undone")
	err := pgx.BeginFunc(t.Context(), db.Pool, func(tx pgx.Tx) error {
		if err := job.Insert(t.Context(), tx, []note{{1}}); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	insert(t, db, note{2})
	insert(t, db) // none
	until(t, "the committed job", func() bool { return state(t, db) == "completed" })
	if c.of(1) != 0 || c.of(2) != 1 {
		t.Errorf("rolled back: %d runs, committed: %d", c.of(1), c.of(2))
	}
}

// However many servers run, each job runs once, and a periodic job is added once.
func TestServersShareJobs(t *testing.T) {
	db := pgtest.New(t)
	var c count
	for range 3 {
		start(t, db, job.Limits{}, func(r *job.Registry) {
			job.Handle(r, func(_ context.Context, n note, _ int) error { c.add(n.Row); return nil }, job.Options{})
			job.Handle(r, func(context.Context, round, int) error { c.add(-1); return nil }, job.Options{})
			job.Every(r, time.Hour, round{})
		})
	}
	const jobs = 100
	for n := range jobs {
		insert(t, db, note{n})
	}
	until(t, "the jobs", func() bool { return state(t, db) == strings.TrimSpace(strings.Repeat("completed ", jobs)) })
	for n := range jobs {
		if c.of(n) != 1 {
			t.Errorf("job %d ran %d times", n, c.of(n))
		}
	}
	until(t, "the periodic job", func() bool { return c.of(-1) > 0 })
	if c.of(-1) != 1 {
		t.Errorf("the periodic job ran %d times", c.of(-1))
	}
}

// A job that fails is attempted again after its wait, up to its maximum; a permanent error ends it at once. The
// reason is logged and kept out of the database, since it may name people.
func TestFailedJobIsAttemptedAgain(t *testing.T) {
	db := pgtest.New(t)
	var c count
	registry, _, log := start(t, db, job.Limits{}, func(r *job.Registry) {
		job.Handle(r, func(_ context.Context, n note, attempt int) error {
			if ran := c.add(n.Row); ran != attempt {
				return fmt.Errorf("run %d is attempt %d", ran, attempt)
			}
			switch {
			case n.Row == 1 && attempt == 1:
				return errors.New("kari@bompass.example is busy")
			case n.Row == 2:
				return fmt.Errorf("refused: %w", final{})
			}
			return nil
		}, job.Options{Wait: func(int) time.Duration { return 0 }})
	})
	insert(t, db, note{1}, note{2})
	until(t, "both jobs", func() bool { return state(t, db) == "completed cancelled" })
	if c.of(1) != 2 || c.of(2) != 1 {
		t.Errorf("%d and %d runs, want 2 and 1", c.of(1), c.of(2))
	}
	var kept string
	if err := db.Pool.QueryRow(t.Context(), "select string_agg(j::text, '') from river_job j").Scan(&kept); err != nil || strings.Contains(kept, "kari@") {
		t.Errorf("the database keeps the reason: %s, %v", kept, err)
	}
	if !strings.Contains(log.String(), "kari@bompass.example is busy") || !strings.Contains(log.String(), "final=true") {
		t.Errorf("the log says %s", log)
	}
	got := gather(t, job.NewCollector(db.Pool, registry))
	for metric, want := range map[string]float64{
		"bompass_job_failures_total test.note": 2, "bompass_jobs test.note cancelled": 1, "bompass_jobs test.note completed": 1,
		"bompass_job_oldest_due_seconds test.note": 0,
	} {
		if value, found := got[metric]; !found || value != want {
			t.Errorf("%s is %v, want %v of %v", metric, value, want, got)
		}
	}
}

// gather returns the values of a collector by name and labels.
func gather(t *testing.T, c prometheus.Collector) map[string]float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, label := range m.GetLabel() {
				name += " " + label.GetValue()
			}
			values[name] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	return values
}

type final struct{}

func (final) Error() string   { return "no" }
func (final) Permanent() bool { return true }

// The age of a kind is that of its oldest job that waits.
func TestMetricsShowAgeOfOldestDueJob(t *testing.T) {
	db := pgtest.New(t)
	insert(t, db, note{1}, note{2})
	if _, err := db.Pool.Exec(t.Context(), "update river_job set scheduled_at = now() - make_interval(secs => case args->>'row' when '1' then 90 else -90 end)"); err != nil {
		t.Fatal(err)
	}
	got := gather(t, job.NewCollector(db.Pool, job.NewRegistry(slog.New(slog.DiscardHandler))))
	if age := got["bompass_job_oldest_due_seconds test.note"]; age < 90 || age > 150 || got["bompass_jobs test.note available"] != 2 {
		t.Errorf("got %v", got)
	}
}

// A job whose server has died is run by another one.
func TestJobOfDeadServerRunsAgain(t *testing.T) {
	db := pgtest.New(t)
	insert(t, db, note{1})
	_, err := db.Pool.Exec(t.Context(), `update river_job set state = 'running', attempt = 1, attempted_at = now() - interval '1 hour', attempted_by = '{dead}'`)
	if err != nil {
		t.Fatal(err)
	}
	var c count
	start(t, db, job.Limits{}, func(r *job.Registry) {
		job.Handle(r, func(_ context.Context, n note, attempt int) error {
			if attempt != 2 {
				return fmt.Errorf("attempt %d, want 2", attempt)
			}
			c.add(n.Row)
			return nil
		}, job.Options{Wait: func(int) time.Duration { return 0 }})
	})
	until(t, "the job", func() bool { return state(t, db) == "completed" })
	if c.of(1) != 1 {
		t.Errorf("%d runs", c.of(1))
	}
}

// Stop waits for a job that runs and takes no other.
func TestStopWaitsForRunningJobs(t *testing.T) {
	db := pgtest.New(t)
	begun, end := make(chan struct{}), make(chan struct{})
	_, runner, _ := start(t, db, job.Limits{}, func(r *job.Registry) {
		job.Handle(r, func(ctx context.Context, n note, _ int) error {
			if n.Row == 1 {
				close(begun)
				<-end
			}
			return ctx.Err()
		}, job.Options{})
	})
	insert(t, db, note{1})
	<-begun
	stopped := make(chan error)
	go func() { stopped <- runner.Stop(context.Background()) }()
	select {
	case <-stopped:
		t.Fatal("stopped while a job ran")
	case <-time.After(50 * time.Millisecond):
	}
	close(end)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	insert(t, db, note{2})
	if got := state(t, db); got != "completed available" {
		t.Errorf("got %s", got)
	}
}

// A kind that two functions handle is an error when the server starts.
func TestKindIsHandledOnce(t *testing.T) {
	db := pgtest.New(t)
	r := job.NewRegistry(slog.New(slog.DiscardHandler))
	for range 2 {
		job.Handle(r, func(context.Context, note, int) error { return nil }, job.Options{})
	}
	if _, err := job.Start(t.Context(), db.Pool, r, job.Limits{}); err == nil {
		t.Error("started")
	}
}
