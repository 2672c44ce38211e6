package uplink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// Bounds of sending.
const (
	BatchMax   = 500
	batchSize  = 512 << 10 // octets of a batch, about
	flushEvery = 100 * time.Millisecond
	diskWait   = time.Second // before a disk that refused is tried again
	waitMin    = 250 * time.Millisecond
	waitMax    = 30 * time.Second
)

// Route is where a station's batches go, below the server's address.
const Route = "/api/v1/station/passages"

// Sender drains a spool to the server. All its parts are given by the one who builds it.
type Sender struct {
	Server string // address, such as http://127.0.0.1:8080
	Key    string // the station's API key
	Client *http.Client
	Transport    func(ctx context.Context, batch []byte) (Response, error) // another way to the server, such as package leaf's; nil is HTTP
	Spool  *Spool
	Wait   func(context.Context, time.Duration) error // sleeps, or returns the context's error
	Jitter func() float64                             // 0 ≤ x < 1, spreads stations that lost the server together
	Log    *slog.Logger
}

// Run sends what waits and what comes until ctx ends, and then returns nil. Failures of the network,
// the server and the disk are waited out.
func (s *Sender) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		n, err := s.sendNext(ctx, BatchMax)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("the disk refuses", "waiting", s.Spool.Waiting(), "err", err)
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
		// Passages come in ones; a short pause lets a few share one request and one sync.
		if err := s.Wait(ctx, flushEvery); err != nil {
			return ignoreCancelled(ctx, err)
		}
	}
	return nil
}

// Drain sends until nothing waits.
func (s *Sender) Drain(ctx context.Context) error {
	for {
		n, err := s.sendNext(ctx, BatchMax)
		if n == 0 || err != nil {
			return err
		}
	}
}

// Flush keeps syncing the spool until ctx ends, so that a passage that came alone is safe from a power
// cut within a tenth of a second even while the server is away.
func (s *Sender) Flush(ctx context.Context) error {
	wait := flushEvery
	for s.Wait(ctx, wait) == nil {
		wait = flushEvery
		if err := s.Spool.Sync(); err != nil {
			s.Log.Error("the disk refuses", "err", err)
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

// sendNext sends the oldest batch until the server has answered for it, and tells its size. A batch
// that the server finds faulty as a whole is halved, down to the line that is to blame.
func (s *Sender) sendNext(ctx context.Context, size int) (int, error) {
	for attempt := 0; ; {
		lines, err := s.Spool.next(size, batchSize)
		if err != nil || len(lines) == 0 {
			return 0, err
		}
		answer, err := s.post(ctx, lines)
		switch {
		case err == nil:
			return len(lines), s.acknowledge(lines, answer)
		case errors.Is(err, errBatchInvalid) && len(lines) > 1:
			size = (len(lines) + 1) / 2
		case errors.Is(err, errBatchInvalid):
			s.Log.Error("passage refused by the server, kept in "+refusedFile, "err", err)
			return 1, s.acknowledge(lines, reply{Refused: []refusal{{Line: 1}}, RefusedN: 1})
		default:
			wait := s.backoff(attempt, err)
			s.Log.Warn("passages wait for the server", "waiting", s.Spool.Waiting(), "again_in", wait.Round(time.Millisecond), "err", err)
			if err := s.Wait(ctx, wait); err != nil {
				return 0, err
			}
			attempt++
		}
	}
}

// acknowledge keeps the lines that were refused and lets the spool forget the batch.
func (s *Sender) acknowledge(lines [][]byte, r reply) error {
	refused := r.of(lines)
	if len(refused) > 0 {
		s.Log.Error("passages refused by the server, kept in "+refusedFile, "count", len(refused))
	}
	if err := s.Spool.keepRefused(refused); err != nil {
		return err
	}
	return s.Spool.acknowledge(len(lines))
}

// backoff doubles from a quarter of a second to half a minute, and is at least what the server asks
// for; a random half of it is jitter.
func (s *Sender) backoff(attempt int, err error) time.Duration {
	wait := waitMax
	if attempt < 7 {
		wait = min(waitMax, waitMin<<attempt)
	}
	wait = wait/2 + time.Duration(s.Jitter()*float64(wait/2))
	if away, ok := errors.AsType[*unavailableError](err); ok {
		wait = max(wait, min(away.after, waitMax))
	}
	return wait
}

// ndjson joins lines to NDJSON.
func ndjson(lines [][]byte) []byte {
	return append(bytes.Join(lines, []byte{'\n'}), '\n')
}

// Sleep is the Wait of a running program.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait: %w", ctx.Err())
	}
}
