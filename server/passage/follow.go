package passage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Consume hands over a consumer's messages, as many at a time as are there, and calls look in between
// when it is time.
func Consume(ctx context.Context, c jetstream.Consumer, work func([]jetstream.Msg), every time.Duration, look func()) error {
	it, err := c.Messages(jetstream.PullMaxMessages(prefetch))
	if err != nil {
		return fmt.Errorf("follow the stream: %w", err)
	}
	defer context.AfterFunc(ctx, it.Stop)()
	queue := make(chan jetstream.Msg, prefetch)
	ended := make(chan error, 1)
	go func() {
		defer close(queue)
		for {
			msg, err := it.Next()
			if errors.Is(err, jetstream.ErrMsgIteratorClosed) {
				return
			}
			if err != nil && !errors.Is(err, jetstream.ErrNoHeartbeat) {
				ended <- fmt.Errorf("follow the stream: %w", err)
				return
			}
			if err == nil {
				queue <- msg
			}
		}
	}()
	dispatch(ctx, queue, work, every, look)
	select {
	case err := <-ended:
		return err
	default:
		return nil
	}
}

func dispatch(ctx context.Context, queue <-chan jetstream.Msg, work func([]jetstream.Msg), every time.Duration, look func()) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case msg, ok := <-queue:
			if !ok {
				return
			}
			if ctx.Err() == nil { // otherwise it is not acknowledged, so it comes again
				work(gather(msg, queue))
			}
		case <-tick.C:
			if ctx.Err() == nil {
				look()
			}
		}
	}
}

// gather takes what else has arrived, up to a round.
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
