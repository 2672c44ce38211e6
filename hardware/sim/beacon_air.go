package sim

import (
	"context"
	"encoding/binary"
	"time"

	"bompass/hardware/link"
)

// The air interface: bit rates of EN 12253, octets of a frame besides its message, and the beacon's response
// timeout.
const (
	downRate  = 500_000
	upRate    = 250_000
	frameMore = 11 // octets
	listening = 10 * time.Millisecond
	callCycle = 10 * time.Millisecond // between two BSTs
	triesMax  = 4                     // transmissions of an unanswered message by the beacon itself
	windows   = 3                     // number of response windows that tags choose among after a BST
)

// find sends the BST until a tag answers or the window ends.
func (b *Beacon) find(ctx context.Context, payload []byte) (link.Status, []byte) {
	if len(payload) < 2 {
		return link.Malformed, nil
	}
	b.engaged, b.lateAnswer = nil, nil
	window, cancel := context.WithTimeout(ctx, time.Duration(binary.BigEndian.Uint16(payload))*time.Millisecond)
	defer cancel()
	for window.Err() == nil {
		tags, changed := b.zone.snapshot()
		if len(tags) == 0 {
			wait(window, changed, nil)
			continue
		}
		if tag, vst := b.sendBST(ctx, tags, payload[2:]); vst != nil {
			b.engaged = tag
			b.counters.Found++
			return link.OK, append(link.AppendClock(nil, b.clock()), vst...)
		}
		// The BST is repeated at this interval, as a beacon does, until a tag answers.
		cycle := time.NewTimer(callCycle)
		wait(window, nil, cycle.C)
		cycle.Stop()
	}
	return link.NoAnswer, nil
}

// wait blocks until the first of its events.
func wait(ctx context.Context, changed <-chan struct{}, timer <-chan time.Time) {
	select {
	case <-ctx.Done():
	case <-changed:
	case <-timer:
	}
}

// sendBST sends the BST to all tags in the zone. The answers of two tags in the same window collide.
func (b *Beacon) sendBST(ctx context.Context, tags []*Tag, bst []byte) (*Tag, []byte) {
	b.waitAirTime(ctx, len(bst), downRate)
	var chosen [windows][]*Tag
	answers := map[*Tag][]byte{}
	for _, t := range tags {
		received := b.channel.Transmit(bst)
		if received == nil {
			continue
		}
		if vst := t.Answer(received); vst != nil {
			answers[t] = vst
			n := 0
			if b.channel.Rand != nil {
				n = b.channel.Rand.IntN(windows)
			} else if len(answers) > 1 {
				n = len(answers) - 1 // deterministic without a random source
			}
			chosen[n%windows] = append(chosen[n%windows], t)
		}
	}
	for _, alone := range chosen {
		if len(alone) != 1 {
			continue
		}
		vst := b.channel.Transmit(answers[alone[0]])
		if vst != nil {
			b.waitAirTime(ctx, len(vst), upRate)
			return alone[0], vst
		}
	}
	return nil, nil
}

// exchange sends a message to the tag that was found.
func (b *Beacon) exchange(ctx context.Context, payload []byte) (link.Status, []byte) {
	if len(payload) < 2 {
		return link.Malformed, nil
	}
	if b.engaged == nil {
		return link.Idle, nil
	}
	tag, apdu := b.engaged, payload[1:]
	// The last message of a transaction has no answer.
	if payload[0] == 1 {
		b.engaged, b.lateAnswer = nil, nil
		b.waitAirTime(ctx, len(apdu), downRate)
		if received := b.channel.Transmit(apdu); received != nil && b.zone.contains(tag) {
			tag.Answer(received)
		}
		return link.OK, nil
	}
	for try := range triesMax {
		if try > 0 {
			b.counters.Repeats++
		}
		if answer := b.sendOnce(ctx, tag, apdu); answer != nil {
			b.counters.Exchanges++
			return link.OK, answer
		}
	}
	b.counters.Unheard++
	b.engaged = nil
	return link.NoAnswer, nil
}

// sendOnce sends a message once and waits for the answer. A late answer arrives in the next window.
func (b *Beacon) sendOnce(ctx context.Context, tag *Tag, apdu []byte) []byte {
	b.waitAirTime(ctx, len(apdu), downRate)
	// The host takes it for the answer to this message; the fragmentation octet shows that it is not.
	if stray := b.lateAnswer; stray != nil {
		b.lateAnswer = nil
		return stray
	}
	if !b.zone.contains(tag) {
		b.pause(ctx, listening)
		return nil
	}
	var answer []byte
	if received := b.channel.Transmit(apdu); received != nil {
		if sent := tag.Answer(received); sent != nil {
			answer = b.channel.Transmit(sent)
		}
	}
	if answer == nil {
		b.pause(ctx, listening)
		return nil
	}
	if tag.Slow >= listening || b.channel.chance(b.channel.Late) {
		b.pause(ctx, listening)
		b.lateAnswer = answer
		return nil
	}
	if b.channel.chance(b.channel.Double) {
		b.lateAnswer = answer
	}
	b.pause(ctx, tag.Slow)
	b.waitAirTime(ctx, len(answer), upRate)
	return answer
}

// waitAirTime waits for the transmission time of a message.
func (b *Beacon) waitAirTime(ctx context.Context, octets, rate int) {
	b.pause(ctx, time.Duration((octets+frameMore)*8)*time.Second/time.Duration(rate))
}

// pause waits for the air time of a frame, unless the simulation runs without it.
func (b *Beacon) pause(ctx context.Context, d time.Duration) {
	if b.noAirTime || d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	wait(ctx, nil, timer.C)
}
