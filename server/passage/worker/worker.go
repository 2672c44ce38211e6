// Package worker rates passages and posts their charges. One worker processes one partition: it takes messages from
// the stream, matches and rates in memory, and writes the difference to what is posted in one transaction.
package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bompass/server/passage"
	"bompass/server/passage/ndjson"
	"bompass/server/passage/stream"
	"bompass/server/pricelist"
)

// Bounds of a worker.
const (
	roundMax   = time.Minute // duration of one transaction
	retryDelay = time.Second // before a message is redelivered, longer with every attempt
	retryMax   = 30 * time.Second
)

// Deps are the parts of a Worker.
type Deps struct {
	Ledger         passage.Ledger
	Prices         *pricelist.InForce
	Conn           *nats.Conn
	Stream         jetstream.JetStream
	Register       *passage.RegisterCache
	ReviewInterval time.Duration
	Now            func() time.Time
	Log            *slog.Logger
}

// Worker posts the passages of one partition. Workers of the same partition, in other servers, may run at the same
// time.
type Worker struct {
	Deps
	partition       int
	cache           *cache
	generation      int64 // of the transaction that the cache was made with
	registerVersion int64 // that the cache was made with
	release         int64 // of the price lists that the cache was made with
}

// New returns the Worker of a partition.
func New(d Deps, partition int) *Worker {
	return &Worker{Deps: d, partition: partition, cache: newCache()}
}

// Run processes messages and due reviews until ctx ends. A transaction that has begun is finished first.
func (w *Worker) Run(ctx context.Context) error {
	c, err := stream.Consumer(ctx, w.Stream, fmt.Sprintf("worker-%d", w.partition), stream.PartitionSubject(w.partition))
	if err != nil {
		return err
	}
	finish := context.WithoutCancel(ctx)
	return stream.Consume(ctx, c,
		func(messages []jetstream.Msg) { w.process(finish, messages) }, w.ReviewInterval, func() { w.reviewDue(finish) })
}

// process posts messages and acknowledges them. After any failure it drops the cache and tries the same again with a
// check for duplicates in the database; after that each message alone, so that none holds up others.
func (w *Worker) process(ctx context.Context, messages []jetstream.Msg) {
	if w.attempt(ctx, messages, false) == nil {
		return
	}
	if len(messages) > 1 && w.attempt(ctx, messages, true) == nil {
		return
	}
	for _, msg := range messages {
		w.processOne(ctx, msg)
	}
}

// processOne processes one message of a batch that has failed as a whole. If it fails, too, it is redelivered after
// a delay that grows with the number of deliveries.
func (w *Worker) processOne(ctx context.Context, msg jetstream.Msg) {
	err := w.attempt(ctx, []jetstream.Msg{msg}, true)
	if err == nil {
		return
	}
	w.Log.Error("post charges", "partition", w.partition, "error", err)
	delay := retryDelay
	if meta, err := msg.Metadata(); err == nil {
		delay = min(delay*time.Duration(meta.NumDelivered), retryMax)
	}
	if err := msg.NakWithDelay(delay); err != nil {
		w.Log.Warn("request redelivery", "partition", w.partition, "error", err)
	}
}

// attempt posts messages in one transaction and acknowledges them.
func (w *Worker) attempt(ctx context.Context, messages []jetstream.Msg, checkDuplicates bool) error {
	ctx, cancel := context.WithTimeout(ctx, roundMax)
	defer cancel()
	if checkDuplicates {
		w.cache = newCache()
	}
	arrivals := w.decodeMessages(messages)
	r := &round{partition: w.partition, checkDuplicates: checkDuplicates}
	err := w.post(ctx, r, func(ctx context.Context) (passage.Posting, error) { return r.decide(ctx, arrivals, w.Now()) })
	if err != nil {
		return err
	}
	if err := w.forward(ctx, r); err != nil {
		return err
	}
	for _, msg := range messages {
		if err := msg.Ack(); err != nil { // it is redelivered, and dropped as a duplicate
			w.Log.Warn("acknowledge passages", "partition", w.partition, "error", err)
		}
	}
	w.publishLive(r.notices)
	return nil
}

// post writes what the round decides, by the price lists in force, and keeps the round's sets in the cache after the
// commit.
func (w *Worker) post(ctx context.Context, r *round, decide func(context.Context) (passage.Posting, error)) error {
	err := w.postBy(ctx, w.Prices.Release(), r, decide)
	if errors.Is(err, passage.ErrNotInForce) { // nothing has been decided yet
		if err = w.Prices.Reload(ctx); err == nil {
			err = w.postBy(ctx, w.Prices.Release(), r, decide)
		}
	}
	if err != nil {
		w.cache = newCache()
		return err
	}
	for id, e := range r.sets {
		w.cache.put(id, e.vehicleSet)
	}
	return nil
}

// postBy posts what decide returns, rated by one release of the price lists. The cache has charges of the previous
// release only and is dropped with a new one.
func (w *Worker) postBy(ctx context.Context, release *pricelist.Release, r *round, decide func(context.Context) (passage.Posting, error)) error {
	if release.Number != w.release {
		w.cache, w.release = newCache(), release.Number
	}
	var generation int64
	r.plan = release.Plan
	err := w.Ledger.Post(ctx, w.partition, release.Number, func(ctx context.Context, tx passage.PartitionTx) (passage.Posting, error) {
		generation = tx.Generation()
		if err := w.prepare(ctx, r, tx); err != nil {
			return passage.Posting{}, err
		}
		return decide(ctx)
	})
	if err == nil {
		w.generation = generation
	}
	return err
}

// reviewDue processes the reviews of the partition that are due.
func (w *Worker) reviewDue(ctx context.Context) {
	for range reviewRounds {
		more, err := w.review(ctx)
		if err != nil {
			w.Log.Error("review passages", "partition", w.partition, "error", err)
		}
		if err != nil || !more {
			return
		}
	}
}

// review processes one batch of due reviews, and reports whether there may be more.
func (w *Worker) review(ctx context.Context) (more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, roundMax)
	defer cancel()
	due, err := w.Ledger.DueWork(ctx, w.Now())
	if err != nil {
		return false, err
	}
	changes := w.ownChanges(due.RegisterChanges)
	if len(changes) == 0 && !slices.Contains(due.Partitions, w.partition) {
		return false, nil
	}
	r := &round{partition: w.partition}
	err = w.post(ctx, r, func(ctx context.Context) (p passage.Posting, err error) {
		p, more, err = r.review(ctx, changes, w.Now())
		return p, err
	})
	if err == nil {
		w.publishLive(r.notices)
	}
	return more, err
}

// ownChanges returns the register changes of this partition's vehicles.
func (w *Worker) ownChanges(changes []passage.RegisterChange) (list []passage.RegisterChange) {
	for _, c := range changes {
		id, err := passage.ParseID(string(c.Vehicle))
		if err == nil && passage.PartitionOf(id[:]) == w.partition && len(list) < registerChangesMax {
			list = append(list, c)
		}
	}
	return list
}

// prepare gives the round the cache as far as it is still valid: no other worker has written to the partition, and the
// vehicles have not changed in the register.
func (w *Worker) prepare(ctx context.Context, r *round, tx passage.PartitionTx) error {
	if _, err := w.Register.AtLeast(ctx, tx.RegisterVersion(), passage.RegisterKeys{}); err != nil {
		return err
	}
	changed, version, complete := w.Register.ChangedSince(w.registerVersion)
	if tx.Generation() != w.generation+1 || !complete {
		w.cache = newCache()
	}
	for _, id := range changed {
		w.cache.drop(id)
	}
	w.registerVersion = version
	r.cache, r.register, r.tx = w.cache, w.Register, tx
	return nil
}

// decodeMessages returns the passages of messages. A line that cannot be decoded is logged and skipped: intake has
// checked all lines, so this is a fault of the program that must not stop the partition.
func (w *Worker) decodeMessages(messages []jetstream.Msg) []arrival {
	n := 0
	for _, msg := range messages {
		n += bytes.Count(msg.Data(), []byte{'\n'})
	}
	arrivals := make([]arrival, 0, n)
	for _, msg := range messages {
		received := stream.ReceivedAt(msg.Headers())
		for line := range bytes.SplitSeq(msg.Data(), []byte{'\n'}) {
			if len(line) == 0 {
				continue
			}
			a := arrival{line: line}
			if reason := ndjson.Decode(line, len(arrivals)+1, &a.Observation); reason != nil {
				w.Log.Error("decode line of the stream", "partition", w.partition, "line", string(line), "error", reason)
				continue
			}
			a.ID, a.Received = a.UUID(), received
			arrivals = append(arrivals, a)
		}
	}
	return arrivals
}

// forward publishes passages to the partition of their vehicle, which is another one since the register changed, or
// was not known to intake while the database was away.
func (w *Worker) forward(ctx context.Context, r *round) error {
	byReceived := map[time.Time]*stream.Outbox{}
	for _, a := range r.misplaced {
		out := byReceived[a.Received]
		if out == nil {
			out = stream.NewOutbox()
			byReceived[a.Received] = out
		}
		out.Add(stream.PartitionSubject(passage.PartitionOf(a.Vehicle[:])), ndjson.Key(&a.Observation), a.line)
	}
	for received, out := range byReceived {
		if err := stream.Publish(ctx, w.Stream, received, out); err != nil {
			return err
		}
	}
	return nil
}

// publishLive publishes the ids of passages that are new or have a new price, by customer.
func (w *Worker) publishLive(notices map[passage.ID][]passage.ID) {
	for customer, ids := range notices {
		if err := stream.PublishLive(w.Conn, customer, ids); err != nil {
			w.Log.Warn("publish live event", "error", err)
			return
		}
	}
}
