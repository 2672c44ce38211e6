package passage

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Limits of a worker.
const (
	RoundMax   = 8000        // passages of one transaction; one message may go beyond
	prefetch   = 64          // messages on their way to a worker
	roundWait  = time.Minute // a transaction must be done
	retryDelay = time.Second // before a message comes again, more with every time
	retryMax   = 30 * time.Second
)

// worker posts the passages of one partition.
type worker struct {
	*Pipeline
	partition        int
	cache            *cache
	generation       int64
	directoryVersion int64 // version of the directory that the cache was made with
}

func newWorker(p *Pipeline, partition int) *worker {
	return &worker{Pipeline: p, partition: partition, cache: newCache()}
}

func (w *worker) run(ctx context.Context) error {
	subject := PartitionSubject(w.partition)
	c, err := Consumer(ctx, w.js, fmt.Sprintf("worker-%d", w.partition), subject)
	if err != nil {
		return err
	}
	// A round that has begun is finished, also while the server stops.
	whole := context.WithoutCancel(ctx)
	return Consume(ctx, c, func(messages []jetstream.Msg) { w.process(whole, messages) }, w.reviewInterval, func() { w.reviewDue(whole) })
}

// process posts messages and acknowledges them. When that fails, whatever the reason, the cache is
// dropped and the same is tried with care; after that each message alone, so that none holds up others.
func (w *worker) process(ctx context.Context, messages []jetstream.Msg) {
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

func (w *worker) processOne(ctx context.Context, msg jetstream.Msg) {
	err := w.attempt(ctx, []jetstream.Msg{msg}, true)
	if err == nil {
		return
	}
	w.log.Error("passages are not posted yet", "partition", w.partition, "error", err)
	delay := retryDelay
	if meta, err := msg.Metadata(); err == nil {
		delay = min(delay*time.Duration(meta.NumDelivered), retryMax)
	}
	if err := msg.NakWithDelay(delay); err != nil {
		w.log.Warn("message comes again later than asked", "error", err)
	}
}

func (w *worker) attempt(ctx context.Context, messages []jetstream.Msg, careful bool) error {
	ctx, cancel := context.WithTimeout(ctx, roundWait)
	defer cancel()
	if careful {
		w.cache = newCache()
	}
	arrivals := w.decodeMessages(messages)
	r := &round{plan: w.plan, partition: w.partition, checkDuplicates: careful}
	err := w.post(ctx, r, func(ctx context.Context) (Posting, error) { return r.decide(ctx, arrivals, w.now()) })
	if err != nil {
		return err
	}
	if err := w.forward(ctx, r); err != nil {
		return err
	}
	for _, msg := range messages {
		if err := msg.Ack(); err != nil { // it comes again and is dropped as a duplicate
			w.log.Warn("acknowledge passages", "error", err)
		}
	}
	w.publishChanges(r.notices)
	return nil
}

// post writes what the round decides, and takes over what it has learnt.
func (w *worker) post(ctx context.Context, r *round, decide func(context.Context) (Posting, error)) error {
	var generation int64
	err := w.store.Post(ctx, w.partition, func(ctx context.Context, books PartitionTx) (Posting, error) {
		generation = books.Generation()
		if err := w.prepare(ctx, r, books); err != nil {
			return Posting{}, err
		}
		return decide(ctx)
	})
	if err != nil {
		w.cache = newCache()
		return err
	}
	w.generation = generation
	for id, e := range r.sets {
		w.cache.put(id, e.vehicleSet)
	}
	return nil
}

// reviewDue reviews what is due in the partition.
func (w *worker) reviewDue(ctx context.Context) {
	for range reviewRounds {
		more, err := w.review(ctx)
		if err != nil {
			w.log.Error("passages are not looked at again yet", "partition", w.partition, "error", err)
		}
		if err != nil || !more {
			return
		}
	}
}

func (w *worker) review(ctx context.Context) (more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, roundWait)
	defer cancel()
	agenda, err := w.store.DueWork(ctx, w.now())
	if err != nil {
		return false, err
	}
	learnt := w.ownChanges(agenda.RegisterChanges)
	if len(learnt) == 0 && !slices.Contains(agenda.Partitions, w.partition) {
		return false, nil
	}
	r := &round{plan: w.plan, partition: w.partition}
	err = w.post(ctx, r, func(ctx context.Context) (p Posting, err error) {
		p, more, err = r.review(ctx, learnt, w.now())
		return p, err
	})
	if err == nil {
		w.publishChanges(r.notices)
	}
	return more, err
}

// ownChanges is what the partition has to find passages for.
func (w *worker) ownChanges(learnt []RegisterChange) (list []RegisterChange) {
	for _, l := range learnt {
		id, err := ParseID(string(l.Vehicle))
		if err == nil && PartitionOf(id[:]) == w.partition && len(list) < registerChangesMax {
			list = append(list, l)
		}
	}
	return list
}

// prepare gives the round the directory in force, and the cache if it is still true: nobody else has
// written to the partition, and every match in it would be made again.
func (w *worker) prepare(ctx context.Context, r *round, books PartitionTx) (err error) {
	if r.directory, err = w.directories.AtLeast(ctx, books.RegisterVersion()); err != nil {
		return err
	}
	if books.Generation() != w.generation+1 || r.directory.version != w.directoryVersion {
		w.cache = newCache()
		w.directoryVersion = r.directory.version
	}
	r.cache, r.tx = w.cache, books
	return nil
}

func (w *worker) decodeMessages(messages []jetstream.Msg) []arrival {
	n := 0
	for _, msg := range messages {
		n += bytes.Count(msg.Data(), []byte{'\n'})
	}
	arrivals := make([]arrival, 0, n)
	for _, msg := range messages {
		received := ReceivedAt(msg.Headers())
		for line := range bytes.SplitSeq(msg.Data(), []byte{'\n'}) {
			if len(line) == 0 {
				continue
			}
			a := arrival{line: line}
			if why := Decode(line, len(arrivals)+1, &a.Observation); why != nil {
				w.log.Error("a line in the stream is not a passage", "partition", w.partition, "line", string(line), "why", why)
				continue
			}
			a.ID, a.Received = a.UUID(), received
			arrivals = append(arrivals, a)
		}
	}
	return arrivals
}

// forward sends on passages whose vehicle belongs to another partition since the register changed.
func (w *worker) forward(ctx context.Context, r *round) error {
	for _, a := range r.misplaced {
		out := NewOutbox()
		out.Add(PartitionSubject(r.directory.vehicles[a.Vehicle].partition), Key(&a.Observation), a.line)
		if err := Publish(ctx, w.js, a.Received, out); err != nil {
			return err
		}
	}
	return nil
}
