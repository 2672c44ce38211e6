package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"bompass/hardware"
	"bompass/hardware/lane"
	"bompass/hardware/once"
	"bompass/hardware/supervise"
	"bompass/hardware/uplink"
)

// reviewFile is the file for passages that need manual review.
const reviewFile = "doubted.ndjson"

// sites returns the readers whose passages are sent. Cameras and real tag readers are joined into one reader
// with a journal; simulated lanes report tag and plate together already.
func (c *config) sites(m *monitor, log *slog.Logger) ([]uplink.Site, func() error, error) {
	nothing := func() error { return nil }
	var sites []uplink.Site
	var tags []hardware.Reader
	doubted := filepath.Join(c.Spool, reviewFile)
	window := once.NewWindow(once.Standard())
	for _, d := range m.devices {
		if d.kind == kindSim { // a simulated vehicle passes one lane
			sites = append(sites, uplink.Site{Station: c.Station, Reader: d.reader})
			continue
		}
		reader := &once.Reader{
			Source: d.reader, Window: window, Now: m.now, Log: log,
			Review: func(s hardware.Sighting, decision once.Decision) error {
				log.Warn("passage needs review", "file", reviewFile, "lane", s.Lane, "reason", decision.Reason)
				return appendLine(doubted, lane.Passage{Sighting: s, Why: decision.Reason})
			},
		}
		if len(m.cameras) == 0 {
			sites = append(sites, uplink.Site{Station: c.Station, Reader: reader})
			continue
		}
		tags = append(tags, reader)
	}
	if len(tags) == 0 {
		return sites, nothing, nil
	}
	for _, camera := range m.cameras {
		tags = append(tags, camera)
	}
	journal, err := uplink.OpenJournal(c.Station, m.spool)
	if err != nil {
		return nil, nothing, err
	}
	joined := &lane.Reader{
		Sources: tags, Rules: lane.Standard(), Now: m.now, Wait: uplink.Sleep, Journal: journal,
		Quarantine: func(s hardware.Sighting, reason error) error {
			log.Error("quarantine sighting", "lane", s.Lane, "error", reason)
			return m.spool.Quarantine(c.Station, s, reason)
		},
		Review: func(p lane.Passage) error {
			log.Warn("passage needs review", "file", reviewFile, "lane", p.Lane, "doubt", p.Doubt)
			return appendLine(doubted, p)
		},
	}
	return append(sites, uplink.Site{Station: c.Station, Reader: joined}), journal.Close, nil
}

// cameras builds the cameras of the lanes with a real tag reader.
func (c *config) cameras(log *slog.Logger, now func() time.Time, quarantine func(item any, reason error) error) (all []*camera) {
	lanes := map[int]string{}
	for _, l := range c.Lanes {
		if l.Reader != kindSim {
			lanes[l.Lane] = l.Direction
		}
	}
	for _, address := range c.Cameras {
		all = append(all, &camera{address: address, lanes: lanes, now: now, log: log, quarantine: quarantine, state: supervise.NewState(now)})
	}
	return all
}

// appendLine appends a value as a line of JSON to a file and syncs it.
func appendLine(path string, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%w: %w", hardware.ErrInvalid, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("store passage for review: %w", err)
	}
	_, err = f.Write(append(line, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("store passage for review: %w", err)
	}
	return nil
}
