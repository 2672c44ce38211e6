package leaf

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bompass/hardware/uplink"
)

// Streams: the records, and the number of the last acknowledged one.
const (
	streamKept  = "KEPT"
	subjectKept = "kept"
	streamSent  = "SENT"
	subjectSent = "sent"
	// doneRecordsKept is the number of done records kept, so that the journal can find a passage that was
	// being emitted at a crash.
	doneRecordsKept = 1024
	duplicates      = 2 * time.Minute
)

var _ uplink.Log = (*Node)(nil)

// Open starts the node as a spool's Log, for uplink.OpenWithLog.
func (n *Node) Open() (uplink.Log, int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := os.MkdirAll(n.dir(), 0o700); err != nil {
		return nil, 0, err
	}
	if err := n.start(); err != nil {
		return nil, 0, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), streamTimeout)
	defer cancel()
	last, err := n.last(ctx)
	if err != nil {
		return nil, 0, errors.Join(err, n.stop())
	}
	return n, int(last - min(last, n.sent)), nil
}

// openStreams opens both streams and reads the last acknowledged number.
func (n *Node) openStreams(ctx context.Context) (err error) {
	n.kept, err = n.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamKept, Subjects: []string{subjectKept}, Storage: jetstream.FileStorage, Discard: jetstream.DiscardNew,
		Duplicates: duplicates, AllowDirect: true,
	})
	if err != nil {
		return fmt.Errorf("open passage stream: %w", err)
	}
	n.marks, err = n.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamSent, Subjects: []string{subjectSent}, Storage: jetstream.FileStorage, MaxMsgs: 1,
	})
	if err != nil {
		return fmt.Errorf("open position stream: %w", err)
	}
	mark, err := n.marks.GetLastMsgForSubject(ctx, subjectSent)
	if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
		return fmt.Errorf("read position: %w", err)
	}
	if err == nil {
		// An invalid number makes everything be sent again; the server counts duplicates.
		marked, _ := strconv.ParseUint(string(mark.Data), 10, 64)
		n.sent = max(n.sent, marked)
	}
	state := n.kept.CachedInfo().State
	if n.sent > state.LastSeq { // the number belongs to another stream
		n.sent = 0
	}
	if state.FirstSeq > 0 {
		n.sent = max(n.sent, state.FirstSeq-1)
	}
	return nil
}

func (n *Node) last(ctx context.Context) (uint64, error) {
	info, err := n.kept.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("open passage stream: %w", err)
	}
	return info.State.LastSeq, nil
}

// withStream runs an operation on the stream and restarts the node first if it is down.
func (n *Node) withStream(errand func(context.Context) error) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.ensureRunning(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), streamTimeout)
	defer cancel()
	err := errand(ctx)
	n.failed = err != nil
	return err
}

// Append returns when the record is on disk. The stream drops duplicates, so a record whose acknowledgement
// was lost can be appended again.
func (n *Node) Append(record []byte) error {
	id := sha256.Sum256(record)
	return n.withStream(func(ctx context.Context) error {
		if _, err := n.js.Publish(ctx, subjectKept, record, jetstream.WithMsgID(hex.EncodeToString(id[:16])), jetstream.WithRetryAttempts(0)); err != nil {
			return fmt.Errorf("append passage to stream: %w", err)
		}
		return nil
	})
}

// Sync does nothing: the stream syncs every record.
func (n *Node) Sync() error { return nil }

// Next implements uplink.Log.
func (n *Node) Next(most, octetsMax int) (records [][]byte, lost int, err error) {
	err = n.withStream(func(ctx context.Context) error {
		last, err := n.last(ctx)
		if err != nil {
			return err
		}
		at := n.sent
		for size := 0; at < last && len(records) < most && size < octetsMax; at++ {
			msg, err := n.kept.GetMsg(ctx, at+1)
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				n.options.Log.Error("passage missing in stream, disk may be failing", "record", at+1)
				lost += n.countMissing(at + 1)
				continue
			}
			if err != nil {
				return fmt.Errorf("read passage from the stream: %w", err)
			}
			records, size = append(records, msg.Data), size+len(msg.Data)
		}
		n.batch = at
		return nil
	})
	return records, lost, err
}

// countMissing counts a missing record once.
func (n *Node) countMissing(record uint64) int {
	if record <= n.missing {
		return 0
	}
	n.missing = record
	n.damage.Records++
	return 1
}

// Damage returns the number of records that are missing in the stream.
func (n *Node) Damage() uplink.Damage {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.damage
}

// Done purges done records first and then stores the new position. If that fails, the records are done all
// the same; the position follows with the next call.
func (n *Node) Done() error {
	n.mu.Lock()
	n.sent = max(n.sent, n.batch)
	n.mu.Unlock()
	return n.withStream(func(ctx context.Context) error {
		if first := n.kept.CachedInfo().State.FirstSeq; n.sent > first+2*doneRecordsKept {
			if err := n.kept.Purge(ctx, jetstream.WithPurgeSequence(n.sent-doneRecordsKept)); err != nil {
				return fmt.Errorf("remove sent passages: %w", err)
			}
		}
		if _, err := n.js.Publish(ctx, subjectSent, strconv.AppendUint(nil, n.sent, 10)); err != nil {
			return fmt.Errorf("store position: %w", err)
		}
		return nil
	})
}

// Find implements uplink.Log, from the newest record back.
func (n *Node) Find(found func([]byte) bool) (has bool, err error) {
	err = n.withStream(func(ctx context.Context) error {
		info, err := n.kept.Info(ctx)
		if err != nil {
			return err
		}
		for at := info.State.LastSeq; at > 0 && at >= info.State.FirstSeq && !has; at-- {
			msg, err := n.kept.GetMsg(ctx, at)
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				continue
			}
			if err != nil {
				return fmt.Errorf("find passage in the stream: %w", err)
			}
			has = found(msg.Data)
		}
		return nil
	})
	return has, err
}
