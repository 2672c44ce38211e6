package uplink

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"bompass/hardware/supervise"
)

// Limits of sending.
const (
	BatchMax   = 500
	batchSize  = 512 << 10 // approximate octets of a batch
	flushEvery = 100 * time.Millisecond
	diskWait   = time.Second      // wait after a disk error
	retryMax   = 30 * time.Second // longest wait that the server may request
)

// Route is the path of the server's intake.
const Route = "/api/v1/station/passages"

// Sender sends the passages of a spool to the server. Set the fields before use.
type Sender struct {
	Server    string // base URL, such as http://127.0.0.1:8080
	Key       string // the station's API key
	Client    *http.Client
	Transport func(ctx context.Context, batch []byte) (Response, error) // replaces HTTP when not nil, such as leaf.Node.Send
	Spool     *Spool
	Wait      func(context.Context, time.Duration) error // sleeps, or returns the context's error
	Jitter    func() float64                             // 0 ≤ x < 1; spreads the retries of stations that lost the server together
	Log       *slog.Logger
}

// Run sends waiting and new passages until ctx ends, and then returns nil. It retries after failures of
// network, server and disk.
func (s *Sender) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		n, err := s.sendNext(ctx, BatchMax)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("read spool", "waiting", s.Spool.Waiting(), "error", err)
			err = s.Wait(ctx, diskWait)
		}
		if err != nil {
			return ignoreCancelled(ctx, err)
		}
		if n > 0 {
			continue
		}
		if err := s.Spool.WaitForMore(ctx); err != nil {
			return ignoreCancelled(ctx, err)
		}
		// Passages arrive one by one; a short pause lets a few share one request and one sync.
		if err := s.Wait(ctx, flushEvery); err != nil {
			return ignoreCancelled(ctx, err)
		}
	}
	return nil
}

// Drain sends until no passage waits.
func (s *Sender) Drain(ctx context.Context) error {
	for {
		n, err := s.sendNext(ctx, BatchMax)
		if n == 0 || err != nil {
			return err
		}
	}
}

// Flush syncs the spool at intervals until ctx ends, so that a single passage survives a power failure after
// a tenth of a second even while the server is down.
func (s *Sender) Flush(ctx context.Context) error {
	wait := flushEvery
	for s.Wait(ctx, wait) == nil {
		wait = flushEvery
		if err := s.Spool.Sync(); err != nil {
			s.Log.Error("sync spool", "error", err)
			wait = diskWait
		}
	}
	return nil
}

func ignoreCancelled(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

// sendNext sends the oldest batch until the server has answered for it, and returns its size. A batch that
// the server rejects as invalid is halved, down to the invalid line.
func (s *Sender) sendNext(ctx context.Context, size int) (int, error) {
	backoff := supervise.Backoff{Jitter: s.Jitter}
	for {
		lines, err := s.Spool.next(size, batchSize)
		if err != nil || len(lines) == 0 {
			return 0, err
		}
		answer, err := s.post(ctx, lines)
		switch {
		case err == nil:
			return len(lines), s.acknowledge(lines, answer)
		case errors.Is(err, errBatchInvalid) && len(lines) > 1:
			// The server does not say which line is invalid if it cannot parse the batch.
			size = (len(lines) + 1) / 2
		case errors.Is(err, errBatchInvalid):
			s.Log.Error("passage refused by server", "file", refusedFile, "error", err)
			return 1, s.acknowledge(lines, reply{Refused: []refusal{{Line: 1}}, RefusedN: 1})
		default:
			wait := retryAfter(&backoff, err)
			s.Log.Warn("send passages", "waiting", s.Spool.Waiting(), "retry_in", wait.Round(time.Millisecond), "error", err)
			if err := s.Wait(ctx, wait); err != nil {
				return 0, err
			}
		}
	}
}

// acknowledge stores the refused lines and lets the spool drop the batch.
func (s *Sender) acknowledge(lines [][]byte, r reply) error {
	refused := r.of(lines)
	if len(refused) > 0 {
		s.Log.Error("passages refused by server", "file", refusedFile, "count", len(refused))
	}
	if err := s.Spool.keepRefused(refused); err != nil {
		return err
	}
	return s.Spool.acknowledge(len(lines))
}

// retryAfter returns the wait before the next attempt: that of the backoff, or longer when the server requests
// it.
func retryAfter(b *supervise.Backoff, err error) time.Duration {
	wait := b.Next()
	if away, ok := errors.AsType[*unavailableError](err); ok {
		wait = max(wait, min(away.after, retryMax))
	}
	return wait
}

// ndjson joins lines to NDJSON.
func ndjson(lines [][]byte) []byte {
	return append(bytes.Join(lines, []byte{'\n'}), '\n')
}

// Sleep waits for d or until ctx ends. It is the Wait of a running program.
func Sleep(ctx context.Context, d time.Duration) error { return supervise.Sleep(ctx, d) }
