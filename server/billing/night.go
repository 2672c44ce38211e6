package billing

import (
	"context"
	"fmt"
	"time"

	"bompass/shared/oslo"
)

// Times of the jobs.
const (
	Hour     = 4                // of the Norwegian night, at which invoices are begun
	Timeout  = 30 * time.Minute // of one job
	attempts = 10
)

// NightJob begins the invoices of the oldest month that has none and can be invoiced, and tries again for payers on hold.
type NightJob struct{}

// Kind returns the name of the job.
func (NightJob) Kind() string { return "billing.night" }

// MaxAttempts is the maximum number of attempts; the next night is another job.
func (NightJob) MaxAttempts() int { return attempts }

// RangeJob makes the invoices of a month for a range of payers. It can be repeated.
type RangeJob struct {
	Month oslo.Month `json:"month"`
	Range Range      `json:"range"`
}

// Kind returns the name of the job.
func (RangeJob) Kind() string { return "billing.range" }

// MaxAttempts is the maximum number of attempts. What a job leaves is on the next invoice.
func (RangeJob) MaxAttempts() int { return attempts }

// Night performs a NightJob.
func (s *Service) Night(ctx context.Context, _ NightJob, _ int) error {
	if s.settings.Account == "" {
		s.log.Warn("nothing is invoiced", "error", ErrNoAccount)
		return nil
	}
	month, begun, err := s.store.LastBegun(ctx)
	if err != nil {
		return fmt.Errorf("begin invoices: %w", err)
	}
	if !begun {
		month = s.Newest() - 1 // the first month of a new installation
	}
	if month < s.Newest() {
		if err := s.begin(ctx, month+1); err != nil {
			return err
		}
	}
	if !begun {
		return nil
	}
	return s.retryHeld(ctx, month)
}

// begin adds the jobs of a month.
func (s *Service) begin(ctx context.Context, month oslo.Month) error {
	var jobs []RangeJob
	for in := (Range{}); ; {
		payers, err := s.store.Payers(ctx, (month + 1).Start(), in, payersMax)
		if err != nil {
			return fmt.Errorf("begin invoices of %s: %w", month, err)
		}
		if len(payers) < payersMax {
			jobs = append(jobs, RangeJob{month, in}) // without an end: payers who were added meanwhile are in it
			break
		}
		in.To = payers[len(payers)-1]
		jobs = append(jobs, RangeJob{month, in})
		in = Range{After: in.To}
	}
	if err := s.store.Begin(ctx, month, s.now(), jobs); err != nil {
		return fmt.Errorf("begin invoices of %s: %w", month, err)
	}
	return nil
}

// retryHeld makes the invoices of payers on hold whose reason is gone.
func (s *Service) retryHeld(ctx context.Context, month oslo.Month) error {
	holds, err := s.store.Held(ctx)
	if err != nil {
		return fmt.Errorf("payers on hold: %w", err)
	}
	var r Result
	for _, h := range holds {
		if err := s.bill(ctx, h.Payer, month, &r); err != nil {
			return fmt.Errorf("invoice of %s for %s: %w", month, h.Account(), err)
		}
	}
	return nil
}

// WorkRange performs a RangeJob.
func (s *Service) WorkRange(ctx context.Context, j RangeJob, _ int) error {
	var r Result
	if err := s.runRange(ctx, j.Month, j.Range, &r); err != nil {
		return err
	}
	s.log.Info("invoices made", "month", j.Month.String(), "invoices", r.Invoices, "waiting", r.Waiting, "held", r.Held, "total", r.Total.String())
	return nil
}
