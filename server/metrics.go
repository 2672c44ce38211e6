package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"bompass/server/job"
	"bompass/server/payment"
)

// metricsTimeout is the maximum duration of one request for metrics.
const metricsTimeout = 10 * time.Second

// openMetrics serves /metrics on an address of its own, if one is set.
func (p *product) openMetrics(ctx context.Context) error {
	if p.config.Metrics == "" {
		return nil
	}
	listener, err := listen(ctx, p.config.Metrics)
	if err != nil {
		return fmt.Errorf("BOMPASS_METRICS_ADDR: %w", err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(job.NewCollector(p.db.Pool, p.jobs), prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "bompass_sum_differences_total", Help: "Sums of charges that differed in the nightly check on this server, and were repaired.",
	}, func() float64 { return float64(p.sumCheck.Differences()) }), prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "bompass_sum_check_finished_seconds", Help: "When this server last finished the nightly check of sums, in Unix time; 0 if it has not.",
	}, func() float64 { return float64(p.sumCheck.Checked()) }), prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "bompass_ledger_differences_total", Help: "Nightly checks of the ledger on this server that found a difference; the log has the first.",
	}, func() float64 { return float64(p.books.Differences()) }), prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "bompass_ledger_check_finished_seconds", Help: "When this server last finished the nightly check of the ledger, in Unix time; 0 if it has not.",
	}, func() float64 { return float64(p.books.Checked()) }))
	if p.bankFolder != nil {
		registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "bompass_bank_files_entered_total", Help: "Files of the bank that this server has entered from the folder since it started.",
		}, func() float64 { return float64(p.bankFolder.Entered()) }), prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "bompass_bank_files_refused_total", Help: "Files of the bank that this server has refused since it started; the folder refused has them, and why.",
		}, func() float64 { return float64(p.bankFolder.Refused()) }))
	}
	registerPayments(registry, p.payments)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadTimeout: metricsTimeout, WriteTimeout: metricsTimeout}
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			p.failed <- fmt.Errorf("serve metrics: %w", err)
		}
	}()
	p.opened.add(func() { _ = server.Close() })
	return nil
}

// registerPayments registers the counts of what the provider of payments by card has said.
// A nil Service has none.
func registerPayments(registry *prometheus.Registry, s *payment.Service) {
	if s == nil {
		return
	}
	for _, source := range []payment.Source{payment.Person, payment.Message, payment.Poll} {
		for _, outcome := range payment.Outcomes() {
			registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
				Name: "bompass_card_payments_heard_total", Help: "What the provider of payments by card has said to this server, and what was done with it.",
				ConstLabels: prometheus.Labels{"source": string(source), "outcome": string(outcome)},
			}, func() float64 { return float64(s.Count(source, outcome)) }))
		}
	}
}
