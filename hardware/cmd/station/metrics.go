package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// headerMax is the timeout for a request's header.
const headerMax = 5 * time.Second

// expose writes the metrics in Prometheus' text format.
func (m *monitor) expose(w io.Writer) {
	views := m.view()
	head := func(name, kind, help string) { fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	per := func(name, kind, help string, value func(laneView) float64) {
		head(name, kind, help)
		for _, v := range views {
			fmt.Fprintf(w, "%s{lane=\"%d\"} %g\n", name, v.lane, value(v))
		}
	}
	per("bompass_station_passages_total", "counter", "Passages kept.", func(v laneView) float64 { return float64(v.state.passages) })
	per("bompass_station_tags_total", "counter", "Of them by a tag that can be charged.", func(v laneView) float64 { return float64(v.state.byTag) })
	per("bompass_station_gaps_total", "counter", "Gaps in the lane's sequence.", func(v laneView) float64 { return float64(v.state.gaps) })
	per("bompass_station_sequence", "gauge", "The lane's last sequence number in this epoch.", func(v laneView) float64 { return float64(v.state.sequence) })
	per("bompass_station_hour_vehicles", "gauge", "Vehicles of the last hour.", func(v laneView) float64 { return float64(v.vehicles) })
	per("bompass_station_hour_tags", "gauge", "Tags of the last hour.", func(v laneView) float64 { return float64(v.tags) })
	per("bompass_station_lane_deaf", "gauge", "1 when far fewer tags are read than vehicles pass.", func(v laneView) float64 { return boolValue(v.deaf) })
	per("bompass_station_reader_up", "gauge", "1 while the lane's reader is connected.", func(v laneView) float64 { return boolValue(v.health.Up) })
	per("bompass_station_reader_offset_seconds", "gauge", "The reader's clock less the station's.", func(v laneView) float64 { return v.health.Offset.Seconds() })
	head("bompass_station_findings_total", "counter", "What transactions with tags found.")
	for _, v := range views {
		// Sorted, so that two scrapes have the same order.
		for _, f := range slices.Sorted(maps.Keys(v.state.findings)) {
			fmt.Fprintf(w, "bompass_station_findings_total{lane=\"%d\",finding=%q} %d\n", v.lane, string(f), v.state.findings[f])
		}
	}
	one := func(name, help string, value int64) {
		head(name, "gauge", help)
		fmt.Fprintf(w, "%s %d\n", name, value)
	}
	one("bompass_station_spool_waiting", "Passages that the server has not answered for.", int64(m.spool.Waiting()))
	one("bompass_station_spool_epoch", "The epoch that sequences count in.", m.spool.Epoch())
	damage := m.spool.Damage()
	one("bompass_station_spool_damaged_records", "Records of the spool that can no longer be read.", int64(damage.Records))
	one("bompass_station_spool_torn_octets", "Octets of the spool set aside as damaged or torn.", int64(damage.Octets))
	one("bompass_station_quarantined", "Sightings and lines quarantined since the start.", int64(m.spool.Quarantined()))
	one("bompass_station_alarms", "Alarms that stand.", int64(len(m.alarms())))
}

func boolValue(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// handler serves /healthz and /metrics.
func (m *monitor) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		m.expose(w)
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		alarms := m.alarms()
		if len(alarms) > 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, strings.Join(alarms, "\n")+"\n") //nolint:gosec // plain text, and says so
			return
		}
		_, _ = io.WriteString(w, "ok\n")
	})
	return mux
}

// serve serves on an address and returns a function that stops the server.
func (m *monitor) serve(ctx context.Context, address string) (stop func() error, err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics: %w", err)
	}
	m.address = l.Addr().String()
	server := &http.Server{Handler: m.handler(), ReadHeaderTimeout: headerMax}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	return func() error {
		err := server.Close()
		if end := <-done; !errors.Is(end, http.ErrServerClosed) {
			err = errors.Join(err, end)
		}
		return err
	}, nil
}
