// Package intake accepts the batches of stations, over HTTP and from leaf nodes, into the passage stream. It keeps
// passages that cannot be rated in quarantine and publishes those that an operator releases.
package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bompass/server/passage"
	"bompass/server/passage/ndjson"
	"bompass/server/passage/stream"
	"bompass/server/pricelist"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// FutureMax is how far a passage may lie after the instant at which it is received, for clocks that differ.
const FutureMax = 5 * time.Minute

// Store is the persistence that intake needs.
type Store interface {
	passage.ReleaseQueue
	DueWork(ctx context.Context, now time.Time) (passage.DueWork, error)
}

// Deps are the parts of an Intake.
type Deps struct {
	Store    Store
	Prices   *pricelist.InForce
	Stream   jetstream.JetStream
	Register *passage.RegisterCache
	Room     func() error // returns an error if the stream's disk is full
	Now      func() time.Time
	Log      *slog.Logger
}

// Intake accepts batches. It is safe for concurrent use.
type Intake struct {
	store       Store
	prices      *pricelist.InForce
	js          jetstream.JetStream
	register    *passage.RegisterCache
	room        func() error
	unknownKeys *unknownKeys
	now         func() time.Time
	log         *slog.Logger
}

// New returns an Intake.
func New(d Deps) *Intake {
	return &Intake{
		store: d.Store, prices: d.Prices, js: d.Stream, register: d.Register, room: d.Room, unknownKeys: &unknownKeys{log: d.Log}, now: d.Now, log: d.Log,
	}
}

// batch is a station's batch on its way into the stream.
type batch struct {
	stations []string
	received time.Time
	valid    []validLine
	keys     passage.RegisterKeys // of the valid lines
	reply    api.BatchReply
	out      *stream.Outbox
}

// validLine is a line that is accepted, with what its partition is found by.
type validLine struct {
	observation toll.Observation
	line        []byte
}

// TakeIn accepts a station's batch of NDJSON observations, sent with an API key. When it returns without an error,
// every line is either refused in the reply or on disk in the stream. A line may be sent any number of times.
func (in *Intake) TakeIn(ctx context.Context, key string, body []byte, received time.Time) (api.BatchReply, error) {
	return in.takeIn(ctx, sha256.Sum256([]byte(key)), body, received)
}

// takeIn checks a batch and its key, sorts its lines into accepted, quarantined and refused ones, and publishes the
// first two. The reply is returned after the stream has stored them.
func (in *Intake) takeIn(ctx context.Context, key [sha256.Size]byte, body []byte, received time.Time) (api.BatchReply, error) {
	if len(body) > api.BatchBytesMax {
		return api.BatchReply{}, fault.New(fault.TooLarge, "max", strconv.Itoa(api.BatchBytesMax))
	}
	if n := bytes.Count(body, []byte{'\n'}); n > api.BatchMax {
		return api.BatchReply{}, fault.New(fault.TooLarge, "max", strconv.Itoa(api.BatchMax))
	}
	stations, known, err := in.register.StationsOf(ctx, key)
	if err != nil {
		return api.BatchReply{}, err
	}
	if !known {
		in.unknownKeys.record(key, in.now())
		return api.BatchReply{}, fault.New(fault.KeyUnknown)
	}
	if err := in.room(); err != nil {
		return api.BatchReply{}, errors.Join(fault.New(fault.Busy), err)
	}
	b := &batch{stations: stations, received: received, out: stream.NewOutbox()}
	in.sort(b, body)
	b.route(in.register.Recent(ctx, b.keys))
	if err := stream.Publish(ctx, in.js, received, b.out); err != nil {
		return api.BatchReply{}, err
	}
	return b.reply, nil
}

// sort decodes the lines of a batch and keeps the valid ones. The others go into the quarantine or the refusals.
func (in *Intake) sort(b *batch, body []byte) {
	var o toll.Observation
	number := 0
	for line := range bytes.SplitSeq(body, []byte{'\n'}) {
		number++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if reason := ndjson.Decode(line, number, &o); reason != nil {
			b.refuse(number, reason)
			continue
		}
		// A key is valid for some stations only.
		if !passage.Covers(b.stations, o.Station) {
			b.refuse(number, fault.New(fault.Refused, "station", string(o.Station)))
			continue
		}
		if reason := in.validate(&o, b.received); reason != nil {
			b.quarantine(&o, reason)
			continue
		}
		b.valid = append(b.valid, validLine{o, line})
		// One request to the register reads the vehicles of the whole batch.
		b.keys.AddObservation(&o)
	}
	b.reply.Accepted = len(b.valid)
}

// route puts the valid lines into the outbox, by partition.
func (b *batch) route(d *passage.Directory) {
	for i := range b.valid {
		v := &b.valid[i]
		b.out.Add(stream.PartitionSubject(d.Partition(&v.observation)), ndjson.Key(&v.observation), v.line)
	}
}

func (b *batch) refuse(number int, reason *fault.Error) {
	b.reply.RefusedN++
	if len(b.reply.Refused) < api.RefusedMax {
		b.reply.Refused = append(b.reply.Refused, api.RefusedLine{Line: number, Why: reason})
	}
}

// quarantine adds an observation to the quarantine with the reason.
func (b *batch) quarantine(o *toll.Observation, reason *fault.Error) {
	text, err := json.Marshal(quarantineLine{Reason: reason, Observation: *o})
	if err != nil { // names and numbers that have just been decoded
		panic(fmt.Sprintf("passage: quarantine %s: %v", o.Key(), err))
	}
	b.out.Add(stream.QuarantineSubject, ndjson.Key(o), text)
	b.reply.Quarantined++
}

// validate returns why a passage cannot be rated as it is, or nil.
func (in *Intake) validate(o *toll.Observation, received time.Time) *fault.Error {
	code := fault.Code("")
	switch {
	case o.At.Sub(received) > FutureMax:
		code = fault.PassageFuture
	case received.Sub(o.At) > passage.AgeMax:
		code = fault.PassageTooOld
	default:
		if _, ok := in.prices.Plan().StationIndex(o.Station); ok {
			return nil
		}
		code = fault.StationUnknown
	}
	return fault.New(code, "station", string(o.Station), "at", o.At.Format(time.RFC3339))
}
