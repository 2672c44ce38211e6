package passage

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// runQuarantine keeps what intake could not let through, until ctx ends.
func (p *Pipeline) runQuarantine(ctx context.Context) error {
	c, err := Consumer(ctx, p.js, "quarantine", QuarantineSubject)
	if err != nil {
		return err
	}
	whole := context.WithoutCancel(ctx)
	return Consume(ctx, c, func(messages []jetstream.Msg) {
		for _, msg := range messages {
			if err := p.storeQuarantined(whole, msg); err != nil {
				p.log.Error("quarantine is not written yet", "error", err)
				_ = msg.NakWithDelay(retryMax)
			}
		}
	}, p.reviewInterval, func() {
		if err := p.readmit(whole); err != nil {
			p.log.Error("released passages are not fed in yet", "error", err)
		}
	})
}

func (p *Pipeline) storeQuarantined(ctx context.Context, msg jetstream.Msg) error {
	ctx, cancel := context.WithTimeout(ctx, roundWait)
	defer cancel()
	var list []Quarantined
	received := ReceivedAt(msg.Headers())
	for line := range bytes.SplitSeq(msg.Data(), []byte{'\n'}) {
		var h quarantineLine
		if len(line) == 0 {
			continue
		}
		if err := json.Unmarshal(line, &h); err != nil {
			return fmt.Errorf("line %s: %w", line, err)
		}
		list = append(list, Quarantined{Reason: h.Reason, Observation: h.Observation, Received: received})
	}
	if err := p.store.Quarantine(ctx, list); err != nil {
		return err
	}
	return msg.Ack()
}
