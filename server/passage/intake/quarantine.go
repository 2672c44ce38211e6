package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bompass/server/passage"
	"bompass/server/passage/stream"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Bounds of storing one message, and of redelivery after a failure.
const (
	storeMax = time.Minute
	retryMax = 30 * time.Second
)

// quarantineLine is a line of a message to the quarantine.
type quarantineLine struct {
	Reason      *fault.Error     `json:"why"`
	Observation toll.Observation `json:"observation"`
}

// RunQuarantine stores passages that intake could not accept, and publishes released ones at an interval, until
// ctx ends.
func (in *Intake) RunQuarantine(ctx context.Context, interval time.Duration) error {
	c, err := stream.Consumer(ctx, in.js, "quarantine", stream.QuarantineSubject)
	if err != nil {
		return err
	}
	finish := context.WithoutCancel(ctx) // a message that has begun is finished, also while the server stops
	return stream.Consume(ctx, c, func(messages []jetstream.Msg) {
		for _, msg := range messages {
			if err := in.storeQuarantined(finish, msg); err != nil {
				in.log.Error("store quarantined passages", "error", err)
				_ = msg.NakWithDelay(retryMax)
			}
		}
	}, interval, func() {
		if err := in.publishReleased(finish); err != nil {
			in.log.Error("publish released passages", "error", err)
		}
	})
}

// storeQuarantined stores the quarantined lines of a message and acknowledges it. Storing a line twice has no
// effect, so a redelivered message is harmless.
func (in *Intake) storeQuarantined(ctx context.Context, msg jetstream.Msg) error {
	ctx, cancel := context.WithTimeout(ctx, storeMax)
	defer cancel()
	var list []passage.Quarantined
	received := stream.ReceivedAt(msg.Headers())
	for line := range bytes.SplitSeq(msg.Data(), []byte{'\n'}) {
		var q quarantineLine
		if len(line) == 0 {
			continue
		}
		if err := json.Unmarshal(line, &q); err != nil {
			return fmt.Errorf("line %s: %w", line, err)
		}
		list = append(list, passage.Quarantined{Reason: q.Reason, Observation: q.Observation, Received: received})
	}
	if err := in.store.Quarantine(ctx, list); err != nil {
		return err
	}
	return msg.Ack()
}
