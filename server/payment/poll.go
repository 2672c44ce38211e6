package payment

import (
	"context"
	"errors"
	"time"

	"bompass/shared/invoice"
)

// Interval is the time between two polls of the provider.
const Interval = time.Minute

// Timeout is the maximum duration of one poll.
const Timeout = 5 * time.Minute

// Limits of a poll.
const (
	askedBefore = 45 * time.Second // ago, so that a payment is asked about once in a poll
	waitingMax  = 100              // payments at once
)

// PollJob asks the provider about payments whose end it has not told us.
type PollJob struct{}

// Kind returns the name of the job.
func (PollJob) Kind() string { return "payment.poll" }

// MaxAttempts is one: the next poll is near.
func (PollJob) MaxAttempts() int { return 1 }

// Poll asks about payments under way. One whose page we have never got is given up: nobody has its address. One whose time is
// over is ended at the provider, so that nobody can pay it later.
func (s *Service) Poll(ctx context.Context, _ PollJob, _ int) error {
	var failed error
	for {
		list, err := s.store.Waiting(ctx, s.now().Add(-askedBefore), s.now(), waitingMax)
		if err != nil {
			return err
		}
		for i := range list {
			if err := s.pollOne(ctx, list[i]); err != nil {
				failed = errors.Join(failed, err)
			}
		}
		if len(list) < waitingMax || failed != nil {
			return failed
		}
	}
}

func (s *Service) pollOne(ctx context.Context, p Payment) error {
	switch now := s.now(); {
	case p.Session == "":
		return s.store.GiveUp(ctx, p.ID, now)
	case now.After(p.Until) && p.State.Open() && p.State != invoice.PaymentPending:
		session, err := s.provider.Cancel(ctx, p.Session)
		if err != nil {
			return err
		}
		_, err = s.hear(ctx, session, Poll)
		return err
	}
	return s.ask(ctx, p, Poll)
}
