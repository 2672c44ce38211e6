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

// The streams: the records, and the number of the last one that the server has answered for.
const (
	streamKept  = "KEPT"
	subjectKept = "kept"
	streamSent  = "SENT"
	subjectSent = "sent"
	// doneRecordsKept is how many records that are done stay, for a passage to be found that was being told when the process died.
	doneRecordsKept    = 1024
	duplicates = 2 * time.Minute
)

var _ uplink.Log = (*Node)(nil)

// Open starts the node as a spool's log, for uplink.OpenOver.
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

// openStreams takes up both streams, and where the sending stood.
func (n *Node) openStreams(ctx context.Context) (err error) {
	n.kept, err = n.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamKept, Subjects: []string{subjectKept}, Storage: jetstream.FileStorage, Discard: jetstream.DiscardNew,
		Duplicates: duplicates, AllowDirect: true,
	})
	if err != nil {
		return fmt.Errorf("stream of passages: %w", err)
	}
	n.marks, err = n.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamSent, Subjects: []string{subjectSent}, Storage: jetstream.FileStorage, MaxMsgs: 1,
	})
	if err != nil {
		return fmt.Errorf("stream of the mark: %w", err)
	}
	mark, err := n.marks.GetLastMsgForSubject(ctx, subjectSent)
	if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
		return fmt.Errorf("read the mark: %w", err)
	}
	if err == nil {
		// A mark that is not a number sends everything again; the server counts it as duplicates.
		marked, _ := strconv.ParseUint(string(mark.Data), 10, 64)
		n.sent = max(n.sent, marked)
	}
	state := n.kept.CachedInfo().State
	if n.sent > state.LastSeq { // the mark is of another stream
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
		return 0, fmt.Errorf("stream of passages: %w", err)
	}
	return info.State.LastSeq, nil
}

// withStream runs an errand at the stream, and starts the node anew when it has gone down.
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

// Append returns when the record is on disk. The stream drops a record that it has got already, so that
// one whose answer was lost can be appended again.
func (n *Node) Append(record []byte) error {
	id := sha256.Sum256(record)
	return n.withStream(func(ctx context.Context) error {
		if _, err := n.js.Publish(ctx, subjectKept, record, jetstream.WithMsgID(hex.EncodeToString(id[:16])), jetstream.WithRetryAttempts(0)); err != nil {
			return fmt.Errorf("keep passage in the stream: %w", err)
		}
		return nil
	})
}

// Sync has nothing to do: the stream syncs every record.
func (n *Node) Sync() error { return nil }

// Next reads on from the mark.
func (n *Node) Next(most, octetsMax int) (records [][]byte, err error) {
	err = n.withStream(func(ctx context.Context) error {
		last, err := n.last(ctx)
		if err != nil {
			return err
		}
		at := n.sent
		for size := 0; at < last && len(records) < most && size < octetsMax; at++ {
			msg, err := n.kept.GetMsg(ctx, at+1)
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				n.options.Log.Error("a passage is missing in the stream: its disk is failing", "record", at+1)
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
	return records, err
}

// Done removes what is done, first, and then moves the mark. When that fails it is done all the same; the
// mark follows with the next.
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
			return fmt.Errorf("note what is sent: %w", err)
		}
		return nil
	})
}

// Find reads from the newest record back.
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
