package job

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// scrapeMax is the maximum duration of the query of one scrape.
const scrapeMax = 5 * time.Second

// Collector reports to Prometheus how many jobs there are and how old the oldest one is that is due. It asks
// the database, so every server reports the same, except for the failures, which are its own.
type Collector struct {
	pool     *pgxpool.Pool
	registry *Registry
	count    *prometheus.Desc
	oldest   *prometheus.Desc
}

// NewCollector returns a Collector for the jobs of a database and the failures on this server.
func NewCollector(pool *pgxpool.Pool, r *Registry) *Collector {
	return &Collector{
		pool: pool, registry: r,
		count:  prometheus.NewDesc("bompass_jobs", "Jobs by kind and state; finished ones for as long as they are kept.", []string{"kind", "state"}, nil),
		oldest: prometheus.NewDesc("bompass_job_oldest_due_seconds", "Time since the oldest job of a kind that waits became due.", []string{"kind"}, nil),
	}
}

// Describe sends the descriptions of all metrics.
func (c *Collector) Describe(out chan<- *prometheus.Desc) {
	out <- c.count
	out <- c.oldest
	c.registry.failures.Describe(out)
}

// Collect sends the values of all metrics.
func (c *Collector) Collect(out chan<- prometheus.Metric) {
	c.registry.failures.Collect(out)
	ctx, cancel := context.WithTimeout(context.Background(), scrapeMax)
	defer cancel()
	list, err := c.depths(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(c.count, err)
		return
	}
	oldest := map[string]float64{}
	for _, d := range list {
		out <- prometheus.MustNewConstMetric(c.count, prometheus.GaugeValue, float64(d.Count), d.Kind, d.State)
		oldest[d.Kind] = max(oldest[d.Kind], d.Age)
	}
	for kind, age := range oldest {
		out <- prometheus.MustNewConstMetric(c.oldest, prometheus.GaugeValue, age, kind)
	}
}

// depth is the number of jobs of one kind in one state, and how long the oldest of them has been due, in seconds.
type depth struct {
	Kind, State string
	Count       int
	Age         float64
}

func (c *Collector) depths(ctx context.Context) ([]depth, error) {
	rows, err := c.pool.Query(ctx, `
		select kind, state::text as state, count(*)::int as count, coalesce(extract(epoch from now() - min(scheduled_at)
			filter (where state in ('available', 'retryable', 'scheduled') and scheduled_at <= now())), 0)::float8 as age
		from river_job group by kind, state`)
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[depth])
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	return list, nil
}
