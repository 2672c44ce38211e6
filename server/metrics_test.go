package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/config"
	"bompass/server/internal/pgtest"
	"bompass/server/job"
	"bompass/server/ledger"
	"bompass/server/notice"
	"bompass/server/passage/sumcheck"
)

// measured is a server that runs messages' jobs and serves their metrics. A job waits for end and fails if its
// message is "broken".
type measured struct {
	*product
	t   *testing.T
	end chan struct{}
}

func startMeasured(t *testing.T) *measured {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	m := &measured{t: t, end: make(chan struct{}), product: &product{log: log, db: pgtest.New(t), jobs: job.NewRegistry(log), sumCheck: sumcheck.New(nil, time.Now, log), books: ledger.NewChecker(nil, nil, time.Now, log), failed: make(chan error, 1)}}
	addr := freeLoopback(t)
	var err error
	m.config, err = config.Read(func(name string) string {
		if name == "BOMPASS_METRICS_ADDR" {
			return addr
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	job.Handle(m.jobs, func(ctx context.Context, j notice.SendJob, _ int) error {
		select {
		case <-m.end:
		case <-ctx.Done():
		}
		if j.ID == "broken" {
			return errors.New("broken")
		}
		return ctx.Err()
	}, job.Options{Wait: notice.Wait})
	t.Cleanup(m.opened.close)
	if err := errors.Join(m.startJobs(t.Context()), m.openMetrics(t.Context())); err != nil {
		t.Fatal(err)
	}
	return m
}

// freeLoopback returns a loopback address whose port is free.
func freeLoopback(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func (m *measured) insert(ids ...string) {
	m.t.Helper()
	jobs := make([]notice.SendJob, len(ids))
	for i, id := range ids {
		jobs[i].ID = id
	}
	if err := m.db.Tx(m.t.Context(), "insert", func(tx pgx.Tx) error { return job.Insert(m.t.Context(), tx, jobs) }); err != nil {
		m.t.Fatal(err)
	}
}

// request answers a request to the address of the metrics.
func (m *measured) request(method, path string) (status int, body string) {
	m.t.Helper()
	req, err := http.NewRequestWithContext(m.t.Context(), method, "http://"+m.config.Metrics+path, http.NoBody)
	if err != nil {
		m.t.Fatal(err)
	}
	reply, err := http.DefaultClient.Do(req)
	if err != nil {
		m.t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	return reply.StatusCode, string(text)
}

// scrape returns the values of the metrics of messages, by name and state.
func (m *measured) scrape() map[string]float64 {
	m.t.Helper()
	status, body := m.request(http.MethodGet, "/metrics")
	if status != http.StatusOK {
		m.t.Fatalf("status %d: %s", status, body)
	}
	names := strings.NewReplacer("bompass_", "", `{kind="message.send"}`, "", `{kind="message.send",state="`, " ", `"}`, "")
	values := map[string]float64{}
	for line := range strings.Lines(body) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "} "); ok && strings.Contains(line, `kind="message.send"`) {
			v, err := strconv.ParseFloat(value, 64)
			if err != nil {
				m.t.Fatalf("%q: %v", line, err)
			}
			values[names.Replace(name+"}")] = v
		}
	}
	return values
}

// until scrapes until a metric has a value, and returns that scrape.
func (m *measured) until(metric string, want float64) map[string]float64 {
	m.t.Helper()
	for {
		if values := m.scrape(); values[metric] == want {
			return values
		} else if m.t.Context().Err() != nil {
			m.t.Fatalf("%s never was %v: %v", metric, want, values)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// The metrics follow the work: what waits and runs, how long the oldest has waited, and what failed.
func TestMetricsFollowWork(t *testing.T) {
	m := startMeasured(t)
	if got := m.scrape(); len(got) != 1 || got["job_failures_total"] != 0 {
		t.Errorf("without work: %v", got)
	}
	m.insert("1", "2", "3", "4")
	busy := m.until("jobs running", 4) // the most that run at once
	if busy["jobs available"] != 0 || busy["job_oldest_due_seconds"] != 0 {
		t.Errorf("four run and none waits: %v", busy)
	}
	m.insert("5", "6")
	m.until("jobs available", 2)
	before := m.scrape()["job_oldest_due_seconds"]
	time.Sleep(50 * time.Millisecond)
	if after := m.scrape()["job_oldest_due_seconds"]; before <= 0 || after < before+0.05 {
		t.Errorf("the oldest has waited %v and, 50 ms later, %v seconds", before, after)
	}
	close(m.end)
	if done := m.until("jobs completed", 6); done["jobs available"] != 0 || done["jobs running"] != 0 || done["job_oldest_due_seconds"] != 0 {
		t.Errorf("all done: %v", done)
	}
	m.insert("broken")
	if failed := m.until("jobs retryable", 1); failed["job_failures_total"] != 1 || failed["job_oldest_due_seconds"] != 0 {
		t.Errorf("one failed, and is not due yet: %v", failed)
	}
}

// Metrics are served at one path of the address that is set, and nowhere else.
func TestMetricsAreServedOnTheirAddressOnly(t *testing.T) {
	m := startMeasured(t)
	for request, want := range map[[2]string]int{
		{"GET", "/metrics"}: 200, {"HEAD", "/metrics"}: 200, {"POST", "/metrics"}: 405, {"GET", "/"}: 404, {"GET", "/metrics/x"}: 404,
	} {
		if got, _ := m.request(request[0], request[1]); got != want {
			t.Errorf("%s %s: got %d, want %d", request[0], request[1], got, want)
		}
	}
	_, port, err := net.SplitHostPort(m.config.Metrics)
	if err != nil {
		t.Fatal(err)
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLoopback() && ip.IP.To4() != nil {
			if conn, err := net.DialTimeout("tcp", net.JoinHostPort(ip.IP.String(), port), time.Second); err == nil {
				_ = conn.Close()
				t.Errorf("metrics are served on %s", ip)
			}
		}
	}
	second := &product{config: m.config, db: m.db, jobs: m.jobs, sumCheck: m.sumCheck, books: m.books}
	if err := second.openMetrics(t.Context()); err == nil || !strings.Contains(err.Error(), "BOMPASS_METRICS_ADDR") {
		t.Errorf("an address in use: %v", err)
	}
	second.config.Metrics = ""
	if err := second.openMetrics(t.Context()); err != nil || len(second.opened) != 0 {
		t.Errorf("without an address: %v, %d parts opened", err, len(second.opened))
	}
	m.opened.close()
	if conn, err := net.DialTimeout("tcp", m.config.Metrics, time.Second); err == nil {
		_ = conn.Close()
		t.Error("metrics are served after the server has stopped")
	}
}
