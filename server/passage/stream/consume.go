package stream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Limits of Consume.
const (
	RoundMax = 8000 // passages handed over at a time; one message may go beyond
	prefetch = 64   // messages fetched ahead
)

// Consume calls handle with a consumer's messages, as many at a time as have arrived, and calls tick at an
// interval, never both at the same time. It returns when ctx ends or the consumer fails.
func Consume(ctx context.Context, c jetstream.Consumer, handle func([]jetstream.Msg), interval time.Duration, tick func()) error {
	it, err := c.Messages(jetstream.PullMaxMessages(prefetch))
	if err != nil {
		return fmt.Errorf("consume messages: %w", err)
	}
	defer context.AfterFunc(ctx, it.Stop)()
	// The queue lets dispatch collect all messages that have arrived, since Next returns one at a time.
	queue := make(chan jetstream.Msg, prefetch)
	ended := make(chan error, 1)
	go func() {
		defer close(queue)
		for {
			msg, err := it.Next()
			if errors.Is(err, jetstream.ErrMsgIteratorClosed) {
				return
			}
			// A missing heartbeat is not an end: the iterator continues when the connection is back.
			if err != nil && !errors.Is(err, jetstream.ErrNoHeartbeat) {
				ended <- fmt.Errorf("consume messages: %w", err)
				return
			}
			if err == nil {
				queue <- msg
			}
		}
	}()
	dispatch(ctx, queue, handle, interval, tick)
	select {
	case err := <-ended:
		return err
	default:
		return nil
	}
}

// dispatch passes messages to handle, as many at a time as wait in the queue, and calls tick at an interval, until
// the queue is closed. After the end of ctx, messages are returned to the stream for another server.
func dispatch(ctx context.Context, queue <-chan jetstream.Msg, handle func([]jetstream.Msg), interval time.Duration, tick func()) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case msg, ok := <-queue:
			if !ok {
				return
			}
			if ctx.Err() != nil { // another server may have the partition already
				_ = msg.Nak() // if that is lost, it is redelivered a little later
				continue
			}
			handle(gather(msg, queue))
		case <-ticker.C:
			if ctx.Err() == nil {
				tick()
			}
		}
	}
}

// gather adds the messages that have arrived meanwhile, up to RoundMax passages.
func gather(first jetstream.Msg, queue <-chan jetstream.Msg) []jetstream.Msg {
	messages := []jetstream.Msg{first}
	n := bytes.Count(first.Data(), []byte{'\n'})
	for n < RoundMax {
		select {
		case msg, ok := <-queue:
			if !ok {
				return messages
			}
			messages = append(messages, msg)
			n += bytes.Count(msg.Data(), []byte{'\n'})
		default:
			return messages
		}
	}
	return messages
}
