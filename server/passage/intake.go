package passage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Bounds of a passage's instant, measured from when it was received.
const (
	FutureMax = 5 * time.Minute
	AgeMax    = 400 * 24 * time.Hour
)

// quarantineLine is a line of the quarantine's subject.
type quarantineLine struct {
	Reason      *fault.Error     `json:"why"`
	Observation toll.Observation `json:"observation"`
}

// batch is a station's batch on its way into the stream.
type batch struct {
	directory *Directory
	stations  []string
	received  time.Time
	reply     api.BatchReply
	out       *Outbox
}

// TakeIn takes a station's batch of NDJSON observations. When it returns without an error, every
// line is either refused in the reply or on disk in the stream. A line may be sent again at will.
func (p *Pipeline) TakeIn(ctx context.Context, key string, body []byte, received time.Time) (api.BatchReply, error) {
	return p.takeIn(ctx, sha256.Sum256([]byte(key)), body, received)
}

func (p *Pipeline) takeIn(ctx context.Context, key [sha256.Size]byte, body []byte, received time.Time) (api.BatchReply, error) {
	if len(body) > api.BatchBytesMax {
		return api.BatchReply{}, fault.New(fault.TooLarge, "max", strconv.Itoa(api.BatchBytesMax))
	}
	if n := bytes.Count(body, []byte{'\n'}); n > api.BatchMax {
		return api.BatchReply{}, fault.New(fault.TooLarge, "max", strconv.Itoa(api.BatchMax))
	}
	d, err := p.directories.Fresh(ctx, p.now())
	if err != nil {
		return api.BatchReply{}, err
	}
	stations, known := d.StationsOf(key)
	if !known {
		p.unknownKeys.record(key, p.now())
		return api.BatchReply{}, fault.New(fault.KeyUnknown)
	}
	b := &batch{directory: d, stations: stations, received: received, out: NewOutbox()}
	p.route(b, body)
	if err := Publish(ctx, p.js, received, b.out); err != nil {
		return api.BatchReply{}, err
	}
	return b.reply, nil
}

// route puts every line of a batch where it belongs.
func (p *Pipeline) route(b *batch, body []byte) {
	var o toll.Observation
	number := 0
	for line := range bytes.SplitSeq(body, []byte{'\n'}) {
		number++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if why := Decode(line, number, &o); why != nil {
			b.refuse(number, why)
			continue
		}
		if !Covers(b.stations, o.Station) {
			b.refuse(number, fault.New(fault.Refused, "station", string(o.Station)))
			continue
		}
		if why := p.validate(&o, b.received); why != nil {
			b.quarantine(&o, why)
			continue
		}
		b.out.Add(PartitionSubject(b.directory.Partition(&o)), Key(&o), line)
		b.reply.Accepted++
	}
}

// Key tells a passage's line from those of its corrections.
func Key(o *toll.Observation) string {
	if o.Revision == 0 {
		return o.Key()
	}
	return o.Key() + "/" + strconv.Itoa(o.Revision)
}

func (b *batch) refuse(number int, why *fault.Error) {
	b.reply.RefusedN++
	if len(b.reply.Refused) < api.RefusedMax {
		b.reply.Refused = append(b.reply.Refused, api.RefusedLine{Line: number, Why: why})
	}
}

func (b *batch) quarantine(o *toll.Observation, why *fault.Error) {
	text, err := json.Marshal(quarantineLine{Reason: why, Observation: *o})
	if err != nil { // names and numbers that have just been read
		panic(fmt.Sprintf("passage: hold %s: %v", o.Key(), err))
	}
	b.out.Add(QuarantineSubject, Key(o), text)
	b.reply.Quarantined++
}

// validate tells why a passage cannot be rated as it is.
func (p *Pipeline) validate(o *toll.Observation, received time.Time) *fault.Error {
	code := fault.Code("")
	switch {
	case o.At.Sub(received) > FutureMax:
		code = fault.PassageFuture
	case received.Sub(o.At) > AgeMax:
		code = fault.PassageTooOld
	default:
		if _, ok := p.plan.StationIndex(o.Station); ok {
			return nil
		}
		code = fault.StationUnknown
	}
	return fault.New(code, "station", string(o.Station), "at", o.At.Format(time.RFC3339))
}
