package passage

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
)

// releaseBatchMax bounds the passages fed in again at a time.
const releaseBatchMax = 500

// readmit feeds in again what a person has released from the quarantine. A passage that is not kept
// yet comes from the stream like any other; one that is kept and had no price is rated again. What
// still cannot be rated waits once more.
func (p *Pipeline) readmit(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, roundWait)
	defer cancel()
	agenda, err := p.store.DueWork(ctx, p.now())
	if err != nil || !agenda.HasReleased {
		return err
	}
	list, err := p.store.ReleasedFromQuarantine(ctx, releaseBatchMax)
	if err != nil {
		return err
	}
	d, err := p.directories.Fresh(ctx, p.now())
	if err != nil {
		return err
	}
	rows, reviews := make([]int64, 0, len(list)), make([]Review, 0, len(list))
	var still []Quarantined
	for i := range list {
		o := &list[i].Observation
		rows = append(rows, list[i].Row)
		if why := p.validate(o, list[i].Released); why != nil {
			still = append(still, Quarantined{Reason: why, Observation: *o, Received: list[i].Received})
			continue
		}
		reviews = append(reviews, Review{Passage: o.UUID(), Due: p.now(), Partition: d.Partition(o)})
		if err := p.republish(ctx, d, &list[i]); err != nil {
			return err
		}
	}
	if err := p.store.FinishReleases(ctx, rows, reviews, p.now()); err != nil {
		return err
	}
	return p.store.Quarantine(ctx, still)
}

// republish publishes a passage once more. Its key in the stream says when it was released, so that only a
// repetition of the same release is dropped.
func (p *Pipeline) republish(ctx context.Context, d *Directory, rel *ReleasedPassage) error {
	o := &rel.Observation
	line, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("release %s: %w", o.Key(), err)
	}
	out := NewOutbox()
	out.Add(PartitionSubject(d.Partition(o)), Key(o)+"/released/"+strconv.FormatInt(rel.Released.UnixMicro(), 10), line)
	return Publish(ctx, p.js, rel.Received, out)
}
