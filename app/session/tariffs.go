package session

import (
	"context"
	"errors"
	"time"

	"bompass/shared/rating"
	"bompass/shared/tariff"
)

// ErrOutdated says that the published tariffs have something that this program cannot read: the server
// is of a later version.
var ErrOutdated = errors.New("the tariffs are newer than this program")

// Tariffs are the published price plans, made ready to rate with on this device.
type Tariffs struct {
	Version string
	Book    *tariff.Book
	Plan    *rating.Plan
	Took    time.Duration // to make them ready
}

// Tariffs are those that were kept last, nil before the first.
func (s *Session) Tariffs() *Tariffs { return s.tariffs }

// SetTariffs keeps tariffs for the pages to come: making them ready takes time.
func (s *Session) SetTariffs(t *Tariffs) { s.tariffs = t }

// FetchTariffs asks for the published price plans and makes them ready, with the code that the server
// has them ready by. It is safe on any goroutine.
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

// Stopwatch starts a stopwatch. It is safe on any goroutine.
func (s *Session) Stopwatch() (took func() time.Duration) {
	since := s.now()
	return func() time.Duration { return s.now().Sub(since) }
}
