package main

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"bompass/hardware"
	"bompass/hardware/lane"
	"bompass/hardware/link"
	"bompass/hardware/uplink"
)

// Alarm thresholds.
const (
	downMax    = 10 * time.Second // how long a reader may be down
	waitingMax = 20_000           // passages in the spool: a quarter of a busy day
)

// monitor collects the state of the station. It is safe for concurrent use.
type monitor struct {
	now     func() time.Time
	spool   *uplink.Spool
	devices []device
	cameras []*camera
	started time.Time
	address string // of /healthz and /metrics

	mu    sync.Mutex
	lanes map[int]*laneState

	damage  uplink.Damage // of the spool, as last seen
	damaged time.Time     // when it last grew
}

// laneState holds the counters of one lane.
type laneState struct {
	passages, byTag, gaps int64
	sequence              int64
	findings              map[hardware.Finding]int64
	watch                 lane.DeafMonitor
	last                  uplink.Observation
}

func newMonitor(spool *uplink.Spool, devices []device, now func() time.Time) *monitor {
	m := &monitor{now: now, spool: spool, devices: devices, started: now(), lanes: map[int]*laneState{}}
	for _, n := range lanesOf(devices) {
		m.lanes[n] = &laneState{findings: map[hardware.Finding]int64{}}
	}
	return m
}

// addPassage counts a stored passage and detects gaps in its lane's sequence.
func (m *monitor) addPassage(o uplink.Observation, s hardware.Sighting) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.lanes[o.Lane]
	if l == nil {
		return
	}
	if o.Sequence != l.sequence+1 {
		l.gaps++
	}
	l.sequence, l.last = o.Sequence, o
	l.passages++
	if o.Tag != "" {
		l.byTag++
	}
	if s.Tag.Finding != hardware.NoTag {
		l.findings[s.Tag.Finding]++
	}
	l.watch.Add(!s.Tag.IsZero(), m.now())
}

// laneView is a snapshot of a lane.
type laneView struct {
	lane           int
	kind           string
	health         hardware.Health
	state          laneState
	vehicles, tags int // in the last hour
	deaf           bool
}

// view returns a snapshot of every lane.
func (m *monitor) view() []laneView {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	var all []laneView
	for _, d := range m.devices {
		health := d.reader.Health()
		for _, n := range d.lanes {
			l := m.lanes[n]
			v := laneView{lane: n, kind: d.kind, health: health, state: *l, deaf: l.watch.Deaf(now)}
			v.state.findings = map[hardware.Finding]int64{}
			for finding, count := range l.findings {
				v.state.findings[finding] = count
			}
			v.vehicles, v.tags = l.watch.LastHour(now)
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b laneView) int { return a.lane - b.lane })
	return all
}

// alarms returns the active alarms, a sentence each.
func (m *monitor) alarms() (all []string) {
	now := m.now()
	for _, v := range m.view() {
		switch {
		// A short interruption is no alarm, since readers reconnect by themselves.
		case !v.health.Up && now.Sub(latest(v.health.Since, m.started)) > downMax:
			all = append(all, fmt.Sprintf("lane %d: reader is down: %s", v.lane, v.health.Fault))
		case v.health.Fault != "" && v.health.Up:
			all = append(all, fmt.Sprintf("lane %d: %s", v.lane, v.health.Fault))
		}
		if v.deaf {
			all = append(all, fmt.Sprintf("lane %d is deaf: %d tags of %d vehicles in an hour", v.lane, v.tags, v.vehicles))
		}
		if v.health.Offset.Abs() > link.ClockAlarm {
			all = append(all, fmt.Sprintf("lane %d: reader clock is off by %v", v.lane, v.health.Offset.Round(time.Millisecond)))
		}
		if v.state.gaps > 0 {
			all = append(all, fmt.Sprintf("lane %d: %d gaps in the sequence", v.lane, v.state.gaps))
		}
	}
	for _, c := range m.cameras {
		if h := c.Health(); !h.Up && now.Sub(latest(h.Since, m.started)) > downMax {
			all = append(all, fmt.Sprintf("camera %s is down: %s", c.address, h.Fault))
		}
	}
	if damage := m.spool.Damage(); damage.Records > 0 {
		all = append(all, fmt.Sprintf("spool is damaged since %s: %d records lost, %d octets kept in .torn files", m.damagedSince(damage).UTC().Format(time.RFC3339), damage.Records, damage.Octets))
	}
	if n := m.spool.Quarantined(); n > 0 {
		all = append(all, fmt.Sprintf("%d sightings or lines quarantined", n))
	}
	if n := m.spool.Waiting(); n > waitingMax {
		all = append(all, fmt.Sprintf("%d passages wait for the server", n))
	}
	return all
}

// damagedSince returns when the current damage of the spool was first seen.
func (m *monitor) damagedSince(damage uplink.Damage) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.damage != damage {
		m.damage, m.damaged = damage, m.now()
	}
	return m.damaged
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
