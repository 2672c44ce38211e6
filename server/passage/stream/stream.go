// Package stream is the queue of passages on NATS JetStream: the stream itself, publishing, consuming, and the
// subjects of live events.
package stream

import (
	"cmp"
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

// Name, subjects and limits of the stream. A message has a few hundred passages of one partition, one JSON line
// each as the station wrote it.
const (
	Name              = "PASSAGE"
	subjectParts      = "passage."           // + partition
	QuarantineSubject = "passage.quarantine" // lines that intake writes and reads
	headerReceived    = "Received"           // Unix milliseconds
	messageMax        = 128 << 10            // bytes of a message; servers accept 1 MB by default
	duplicateWindow   = 10 * time.Minute
	AckWait           = 10 * time.Second // after which a message is redelivered
	PublishWait       = 10 * time.Second
	RequestMax        = time.Minute // of a request that has no deadline of its own, such as creating a consumer
	pendingMax        = 128         // messages given to a worker and not acknowledged: processed well within AckWait
)

// PartitionSubject returns the subject of a partition.
func PartitionSubject(partition int) string { return subjectParts + strconv.Itoa(partition) }

// Options are the settings of the stream.
type Options struct {
	Replicas int   // servers that have each message on disk; 0 means 3 in a cluster and 1 on a single server
	BytesMax int64 // size at which batches are refused until the workers have caught up; 0 means no limit
}

// clusterReplicas is the default number of replicas in a cluster: any one server may be lost with its disk.
const clusterReplicas = 3

// Open creates the stream if it does not exist, and brings its configuration up to date. It never lowers the number of
// replicas: a server that was started with an old setting must not take away the copies of acknowledged passages.
func Open(ctx context.Context, js jetstream.JetStream, o Options) error {
	replicas := o.Replicas
	if replicas == 0 {
		replicas = 1
		// A single server has no cluster name and cannot store more than one copy.
		if js.Conn().ConnectedClusterName() != "" {
			replicas = clusterReplicas
		}
	}
	was, err := js.Stream(ctx, Name)
	switch {
	case err == nil:
		replicas = max(replicas, was.CachedInfo().Config.Replicas)
	case !errors.Is(err, jetstream.ErrStreamNotFound):
		return fmt.Errorf("passage stream: %w", err)
	}
	_, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: Name, Subjects: []string{subjectParts + "*"}, Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew,
		Storage: jetstream.FileStorage, Duplicates: duplicateWindow, Replicas: replicas, MaxBytes: cmp.Or(o.BytesMax, -1),
	})
	if err != nil {
		return fmt.Errorf("passage stream with %d replicas: %w", replicas, err)
	}
	return nil
}

// Consumer returns the durable consumer of a subject, creating it if it does not exist.
func Consumer(ctx context.Context, js jetstream.JetStream, name, subject string) (jetstream.Consumer, error) {
	c, err := js.CreateOrUpdateConsumer(ctx, Name, jetstream.ConsumerConfig{
		Durable: name, FilterSubject: subject, AckPolicy: jetstream.AckExplicitPolicy, AckWait: AckWait, MaxAckPending: pendingMax,
	})
	if err != nil {
		return nil, fmt.Errorf("consumer %s: %w", name, err)
	}
	return c, nil
}

// message is a message being filled: lines for one subject.
type message struct {
	subject string
	keys    []byte
	lines   []byte
}

// Outbox collects lines in messages by subject.
type Outbox struct {
	filling map[string]*message
	full    []*message
}

// NewOutbox returns an empty Outbox.
func NewOutbox() *Outbox { return &Outbox{filling: map[string]*message{}} }

// Add appends a line. The key identifies it, for de-duplication.
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

// Publish sends an outbox and returns when the stream has all of it on disk. A message id is a hash of the lines'
// keys and the subject, so the stream drops a batch that is sent twice.
func Publish(ctx context.Context, js jetstream.JetStream, received time.Time, out *Outbox) error {
	ctx, cancel := context.WithTimeout(ctx, PublishWait)
	defer cancel()
	// All messages are sent before the first acknowledgement is awaited, which takes one round trip instead of many.
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

// ReceivedAt returns when the passages of a message were received.
func ReceivedAt(h nats.Header) time.Time {
	ms, _ := strconv.ParseInt(h.Get(headerReceived), 10, 64)
	return time.UnixMilli(ms).UTC()
}
