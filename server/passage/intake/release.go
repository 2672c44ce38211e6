package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"bompass/server/passage"
	"bompass/server/passage/ndjson"
	"bompass/server/passage/stream"
)

// releaseBatchMax is the maximum number of released passages published at a time.
const releaseBatchMax = 500

// publishReleased publishes the passages that an operator has released from quarantine. A passage that is not
// stored yet is processed like any other; one that is stored without a price is rated again, through a review. A
// passage that still cannot be rated goes back to quarantine.
func (in *Intake) publishReleased(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, storeMax)
	defer cancel()
	due, err := in.store.DueWork(ctx, in.now())
	if err != nil || !due.HasReleased {
		return err
	}
	list, err := in.store.ReleasedFromQuarantine(ctx, releaseBatchMax)
	if err != nil {
		return err
	}
	var keys passage.RegisterKeys
	for i := range list {
		keys.AddObservation(&list[i].Observation)
	}
	d := in.register.Recent(ctx, keys)
	rows, reviews := make([]int64, 0, len(list)), make([]passage.Review, 0, len(list))
	var invalid []passage.Quarantined
	for i := range list {
		o := &list[i].Observation
		rows = append(rows, list[i].Row)
		if reason := in.validate(o, list[i].Released); reason != nil {
			invalid = append(invalid, passage.Quarantined{Reason: reason, Observation: *o, Received: list[i].Received})
			continue
		}
		reviews = append(reviews, passage.Review{Passage: o.UUID(), Due: in.now(), Partition: d.Partition(o)})
		if err := in.republish(ctx, d, &list[i]); err != nil {
			return err
		}
	}
	// Everything is published first: after a crash, the same passages are published again, and duplicates are dropped.
	if err := in.store.FinishReleases(ctx, rows, reviews, in.now()); err != nil {
		return err
	}
	return in.store.Quarantine(ctx, invalid)
}

// republish publishes a passage again. Its key in the stream contains the instant of its release, so the stream
// drops only a repetition of the same release.
func (in *Intake) republish(ctx context.Context, d *passage.Directory, rel *passage.ReleasedPassage) error {
	o := &rel.Observation
	line, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("release %s: %w", o.Key(), err)
	}
	out := stream.NewOutbox()
	out.Add(stream.PartitionSubject(d.Partition(o)), ndjson.Key(o)+"/released/"+strconv.FormatInt(rel.Released.UnixMicro(), 10), line)
	return stream.Publish(ctx, in.js, rel.Received, out)
}
