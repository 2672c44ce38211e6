package session

import (
	"context"
	"errors"
	"time"

	"bompass/shared/rating"
	"bompass/shared/tariff"
)

// ErrOutdated means that the published tariffs contain something that this program cannot read: the server is
// of a later version.
var ErrOutdated = errors.New("the tariffs are newer than this program")

// Tariffs are the published price plans, compiled for rating on this device.
type Tariffs struct {
	Version string
	Book    *tariff.Book
	Plan    *rating.Plan
	Took    time.Duration // to compile them
}

// Tariffs returns the tariffs that were set last, nil before the first.
func (s *Session) Tariffs() *Tariffs { return s.tariffs }

// SetTariffs keeps tariffs for the next pages: compiling them takes time.
func (s *Session) SetTariffs(t *Tariffs) { s.tariffs = t }

// FetchTariffs fetches the published price plans and compiles them with the same code as the server. It is
// safe for concurrent use.
func (s *Session) FetchTariffs(ctx context.Context) (*Tariffs, error) {
	reply, err := s.Client.Tariffs(ctx)
	if err != nil {
		return nil, err
	}
	s.Window.Yield()
	took := s.Stopwatch()
	book, problems := tariff.Read(reply.Files)
	if len(problems) > 0 {
		return nil, errors.Join(ErrOutdated, problems[0])
	}
	s.Window.Yield()
	plan, err := rating.CompileInParts(book, s.Window.Yield)
	if err != nil {
		return nil, errors.Join(ErrOutdated, err)
	}
	return &Tariffs{Version: tariff.Fingerprint(reply.Files), Book: book, Plan: plan, Took: took()}, nil
}

// Stopwatch starts measuring time; took returns the time since then. It is safe for concurrent use.
func (s *Session) Stopwatch() (took func() time.Duration) {
	since := s.now()
	return func() time.Duration { return s.now().Sub(since) }
}
