package passage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bompass/shared/fault"
)

// The stream: its name, subjects and limits. A message is a few hundred passages of one partition,
// a JSON line each as the station wrote it.
const (
	streamName      = "PASSAGE"
	subjectParts    = "passage."           // + partition
	subjectWaiting  = "passage.quarantine" // lines of type held
	headerReceived  = "Received"           // Unix milliseconds
	messageMax      = 128 << 10            // bytes of a message; servers take 1 MB unless told otherwise
	duplicateWindow = 10 * time.Minute
	ackWait         = 10 * time.Second // after which a message is given to another worker
	publishWait     = 10 * time.Second
	pendingMax      = 128 // messages given to a worker and not acknowledged: worked off well within ackWait
)

func partSubject(partition int) string { return subjectParts + strconv.Itoa(partition) }

// openStream makes the stream and its consumers when they are not there.
func openStream(ctx context.Context, js jetstream.JetStream) error {
	_, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamName, Subjects: []string{subjectParts + "*"}, Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew,
		Storage: jetstream.FileStorage, Duplicates: duplicateWindow,
	})
	if err != nil {
		return fmt.Errorf("passage stream: %w", err)
	}
	return nil
}

func consumer(ctx context.Context, js jetstream.JetStream, name, subject string) (jetstream.Consumer, error) {
	c, err := js.CreateOrUpdateConsumer(ctx, streamName, jetstream.ConsumerConfig{
		Durable: name, FilterSubject: subject, AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait, MaxAckPending: pendingMax,
	})
	if err != nil {
		return nil, fmt.Errorf("consumer %s: %w", name, err)
	}
	return c, nil
}

// message is lines bound for one subject.
type message struct {
	subject string
	keys    []byte
	lines   []byte
}

// outbox gathers lines in messages, by subject.
type outbox struct {
	filling map[string]*message
	full    []*message
}

func newOutbox() *outbox { return &outbox{filling: map[string]*message{}} }

func (b *outbox) add(subject, key string, line []byte) {
	m := b.filling[subject]
	if m != nil && len(m.lines)+len(line) > messageMax {
		b.full = append(b.full, m)
		m = nil
	}
	if m == nil {
		m = &message{subject: subject}
		b.filling[subject] = m
	}
	m.keys = append(append(m.keys, key...), '\n')
	m.lines = append(append(m.lines, line...), '\n')
}

func (b *outbox) messages() []*message {
	list := b.full
	for _, m := range b.filling {
		list = append(list, m)
	}
	return list
}

// publish sends an outbox and returns when the stream has all of it on disk. The message id is made
// of the passages' keys and where they go, so the same batch sent twice is dropped by the stream.
func publish(ctx context.Context, js jetstream.JetStream, received time.Time, out *outbox) error {
	ctx, cancel := context.WithTimeout(ctx, publishWait)
	defer cancel()
	var acks []jetstream.PubAckFuture
	for _, m := range out.messages() {
		id := sha256.Sum256(append(m.keys, m.subject...))
		msg := nats.NewMsg(m.subject)
		msg.Data = m.lines
		msg.Header.Set(jetstream.MsgIDHeader, hex.EncodeToString(id[:16]))
		msg.Header.Set(headerReceived, strconv.FormatInt(received.UnixMilli(), 10))
		ack, err := js.PublishMsgAsync(msg)
		if err != nil {
			return errors.Join(fault.New(fault.Busy), fmt.Errorf("publish passages: %w", err))
		}
		acks = append(acks, ack)
	}
	for _, ack := range acks {
		select {
		case <-ack.Ok():
		case err := <-ack.Err():
			return errors.Join(fault.New(fault.Busy), fmt.Errorf("publish passages: %w", err))
		case <-ctx.Done():
			return errors.Join(fault.New(fault.Busy), fmt.Errorf("publish passages: %w", ctx.Err()))
		}
	}
	return nil
}

func receivedAt(h nats.Header) time.Time {
	ms, _ := strconv.ParseInt(h.Get(headerReceived), 10, 64)
	return time.UnixMilli(ms).UTC()
}
