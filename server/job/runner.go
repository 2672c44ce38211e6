package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"bompass/shared/oslo"
)

// Limits of a runner. It holds one connection that listens for new jobs and uses one for each running job, so
// that most of the server's pool is left to requests.
const (
	workersMax    = 4               // jobs of one cause that run at once
	periodicMax   = 2               // periodic jobs that run at once
	timeoutMax    = time.Minute     // of one attempt, unless Options say otherwise
	rescueAfter   = 2 * time.Minute // until a job is run again whose server has died
	fetchCooldown = 50 * time.Millisecond
	pollEvery     = time.Second      // when no notification arrives
	stopMax       = 10 * time.Second // for running jobs when the server stops
)

// periodicQueue is the queue of periodic jobs: a long one does not keep others waiting.
const periodicQueue = "periodic"

// errFailed stands in the database for the reason of a failure. The reason itself may name people, so it is
// written to the log alone.
var errFailed = errors.New("the attempt failed; the log has the reason")

// Options are how jobs of one kind are run.
type Options struct {
	Timeout time.Duration                   // of one attempt; zero is one minute
	Wait    func(attempt int) time.Duration // after a failed attempt; nil is River's growing wait
}

// Registry is the list of functions that perform jobs, by kind. It is not safe for concurrent use.
type Registry struct {
	workers  *river.Workers
	periodic []*river.PeriodicJob
	failures *prometheus.CounterVec
	log      *slog.Logger
	err      error
}

// NewRegistry returns an empty Registry. Failures of jobs are logged to log.
func NewRegistry(log *slog.Logger) *Registry {
	return &Registry{
		workers: river.NewWorkers(), log: log,
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "bompass_job_failures_total", Help: "Failed attempts of jobs on this server since it started.",
		}, []string{"kind"}),
	}
}

// Handle registers the function that performs jobs of one kind. The function gets the number of the attempt,
// from 1. An error that has a method Permanent() bool which returns true ends the job; after any other the job
// is attempted again, up to its maximum.
func Handle[A Args](r *Registry, work func(ctx context.Context, args A, attempt int) error, o Options) {
	var none A
	r.failures.WithLabelValues(none.Kind()) // shown as 0 before the first failure
	if err := river.AddWorkerSafely(r.workers, &worker[A]{registry: r, work: work, options: o}); err != nil {
		r.err = errors.Join(r.err, err)
	}
}

// Every inserts a job at an interval, and once when a server starts. The servers elect the one that does it; a job
// of the same kind that still waits or runs is not added to.
func Every[A Args](r *Registry, interval time.Duration, args A) {
	r.addPeriodic(river.PeriodicInterval(interval), args, true)
}

// Nightly inserts a job each night when the Norwegian clock shows the hour, and is otherwise like Every.
func Nightly[A Args](r *Registry, hour int, args A) {
	r.addPeriodic(nightly(hour), args, false)
}

func (r *Registry) addPeriodic(schedule river.PeriodicSchedule, args Args, onStart bool) {
	insert := func() (river.JobArgs, *river.InsertOpts) {
		return args, &river.InsertOpts{MaxAttempts: args.MaxAttempts(), Queue: periodicQueue, UniqueOpts: river.UniqueOpts{ByState: unfinished()}}
	}
	r.periodic = append(r.periodic, river.NewPeriodicJob(schedule, insert, &river.PeriodicJobOpts{RunOnStart: onStart}))
}

// nightly is the schedule of an hour of the Norwegian clock.
type nightly int

// Next returns the first instant after t at which the clock shows the hour.
func (hour nightly) Next(t time.Time) time.Time {
	day := oslo.DayOf(t)
	for ; ; day++ {
		if next := oslo.At(day, int(hour), 0, 0); next.After(t) {
			return next
		}
	}
}

// unfinished lists the states of jobs that have yet to end.
func unfinished() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}
}

// worker adapts a function to River.
type worker[A Args] struct {
	river.WorkerDefaults[A]
	registry *Registry
	work     func(context.Context, A, int) error
	options  Options
}

// Timeout is the maximum duration of an attempt; zero is the runner's.
func (w *worker[A]) Timeout(*river.Job[A]) time.Duration { return w.options.Timeout }

// NextRetry returns when a job that failed is attempted again; a zero time leaves it to River.
func (w *worker[A]) NextRetry(j *river.Job[A]) time.Time {
	if w.options.Wait == nil {
		return time.Time{}
	}
	return time.Now().Add(w.options.Wait(j.Attempt)) //nolint:forbidigo // River compares with its own clock
}

// Work performs one attempt.
func (w *worker[A]) Work(ctx context.Context, j *river.Job[A]) error {
	err := w.work(ctx, j.Args, j.Attempt)
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) { // the server stops: River makes the job available again
		return err
	}
	final := isPermanent(err)
	w.registry.failures.WithLabelValues(j.Kind).Inc()
	w.registry.log.Warn("job failed", "kind", j.Kind, "job", j.ID, "attempt", j.Attempt, "final", final || j.Attempt >= j.MaxAttempts, "error", err)
	if final {
		return river.JobCancel(errFailed)
	}
	return errFailed
}

// Limits are the times that tests shorten; zero values are the defaults.
type Limits struct {
	Timeout     time.Duration // of one attempt
	RescueAfter time.Duration // until a job is run again whose server has died
}

// Runner runs jobs.
type Runner struct{ client *river.Client[pgx.Tx] }

// Start begins to run jobs on a database whose tables are up to date. It goes on until Stop, also when ctx
// ends: what takes in work stops first.
func Start(ctx context.Context, pool *pgxpool.Pool, r *Registry, l Limits) (*Runner, error) {
	if r.err != nil {
		return nil, fmt.Errorf("start jobs: %w", r.err)
	}
	config := &river.Config{
		Workers: r.workers, PeriodicJobs: r.periodic,
		Queues:     map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workersMax}, periodicQueue: {MaxWorkers: periodicMax}},
		JobTimeout: timeoutMax, RescueStuckJobsAfter: rescueAfter, SoftStopTimeout: stopMax,
		FetchCooldown: fetchCooldown, FetchPollInterval: pollEvery,
		Logger: slog.New(onlyWarnings{r.log.Handler()}),
	}
	if l.Timeout > 0 {
		config.JobTimeout = l.Timeout
	}
	if l.RescueAfter > 0 {
		config.RescueStuckJobsAfter = l.RescueAfter
	}
	client, err := river.NewClient(riverpgxv5.New(pool), config)
	if err != nil {
		return nil, fmt.Errorf("start jobs: %w", err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("start jobs: %w", err)
	}
	return &Runner{client: client}, nil
}

// Stop takes no new jobs and waits for those that run. A job that takes too long is cancelled and left for
// the next server.
func (r *Runner) Stop(ctx context.Context) error {
	if err := r.client.Stop(ctx); err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}

// onlyWarnings is a log without River's own news.
type onlyWarnings struct{ slog.Handler }

// Enabled reports whether a line is logged.
func (h onlyWarnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// WithAttrs returns a handler that adds attributes.
func (h onlyWarnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return onlyWarnings{h.Handler.WithAttrs(attrs)}
}

// WithGroup returns a handler that adds a group.
func (h onlyWarnings) WithGroup(name string) slog.Handler {
	return onlyWarnings{h.Handler.WithGroup(name)}
}
