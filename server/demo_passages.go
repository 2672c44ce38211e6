package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bompass/server/store/passagedb"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

const (
	demoBatch = 1000
	demoWait  = 30 * time.Second // for the passages to be posted before the server answers
)

// demoMonths is the number of months before this one with demo passages: those of a few vehicles only before last month.
const demoMonths = 12

// sendDemoPassages sends the demo passages of a year until now through the pipeline, except those sent by an earlier start.
func (p *product) sendDemoPassages(ctx context.Context) error {
	now := p.Now()
	today := oslo.DayOf(now)
	latest, err := passagedb.New(p.db).LatestOf(ctx, fixture.Epoch)
	if err != nil {
		return err
	}
	first := (today.Month() - 1).First()
	var list []toll.Observation
	if latest.IsZero() {
		list = fixture.History((today.Month() - demoMonths).First(), first-1)
	} else {
		first = max(first, oslo.DayOf(latest))
	}
	list = append(list, fixture.Passages(first, today)...)
	var batch bytes.Buffer
	lines := 0
	send := func() error {
		_, err := p.pipeline.TakeIn(ctx, fixture.StationKey, batch.Bytes(), now)
		batch.Reset()
		lines = 0
		return err
	}
	for _, o := range list {
		if o.At.After(now) || !o.At.After(latest) {
			continue
		}
		if err := json.NewEncoder(&batch).Encode(o); err != nil {
			return fmt.Errorf("demo passages: %w", err)
		}
		if lines++; lines == demoBatch {
			if err := send(); err != nil {
				return fmt.Errorf("demo passages: %w", err)
			}
		}
	}
	if lines > 0 {
		if err := send(); err != nil {
			return fmt.Errorf("demo passages: %w", err)
		}
	}
	posted, err := p.awaitPosted(ctx)
	if err != nil || !posted {
		return err
	}
	return p.makeDemoInvoices(ctx)
}

// awaitPosted waits until all accepted passages are posted, at most demoWait, and reports whether they are.
func (p *product) awaitPosted(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, demoWait)
	defer cancel()
	for {
		idle, err := p.pipeline.Idle(ctx)
		if idle || ctx.Err() != nil {
			return idle, nil
		}
		if err != nil {
			return false, err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}
