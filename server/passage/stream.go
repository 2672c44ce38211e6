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
	streamName        = "PASSAGE"
	subjectParts      = "passage."           // + partition
	QuarantineSubject = "passage.quarantine" // lines of type held
	headerReceived    = "Received"           // Unix milliseconds
	messageMax        = 128 << 10            // bytes of a message; servers take 1 MB unless told otherwise
	duplicateWindow   = 10 * time.Minute
	ackWait           = 10 * time.Second // after which a message is given to another worker
	PublishWait       = 10 * time.Second
	pendingMax        = 128 // messages given to a worker and not acknowledged: worked off well within ackWait
)

func PartitionSubject(partition int) string { return subjectParts + strconv.Itoa(partition) }

// Open makes the stream and its consumers when they are not there.
func Open(ctx context.Context, js jetstream.JetStream) error {
	_, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamName, Subjects: []string{subjectParts + "*"}, Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew,
		Storage: jetstream.FileStorage, Duplicates: duplicateWindow,
	})
	if err != nil {
		return fmt.Errorf("passage stream: %w", err)
	}
	return nil
}

func Consumer(ctx context.Context, js jetstream.JetStream, name, subject string) (jetstream.Consumer, error) {
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

// Outbox gathers lines in messages, by subject.
type Outbox struct {
	filling map[string]*message
	full    []*message
}

func NewOutbox() *Outbox { return &Outbox{filling: map[string]*message{}} }

func (b *Outbox) Add(subject, key string, line []byte) {
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

func (b *Outbox) messages() []*message {
	list := b.full
	for _, m := range b.filling {
		list = append(list, m)
	}
	return list
}

// Publish sends an outbox and returns when the stream has all of it on disk. The message id is made
// of the passages' keys and where they go, so the same batch sent twice is dropped by the stream.
func Publish(ctx context.Context, js jetstream.JetStream, received time.Time, out *Outbox) error {
	ctx, cancel := context.WithTimeout(ctx, PublishWait)
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

func ReceivedAt(h nats.Header) time.Time {
	ms, _ := strconv.ParseInt(h.Get(headerReceived), 10, 64)
	return time.UnixMilli(ms).UTC()
}
