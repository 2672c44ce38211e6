package dunning

import (
	"context"
	"errors"
	"time"

	"bompass/shared/dun"
)

// Times of the job.
const (
	Hour     = 5                // of the Norwegian night, at which reminders are written
	Timeout  = 30 * time.Minute // of one attempt
	attempts = 10
)

// NightJob writes the reminders that are due. It can be repeated.
type NightJob struct{}

// Kind returns the name of the job.
func (NightJob) Kind() string { return "dunning.night" }

// MaxAttempts is the maximum number of attempts; the next night is another job.
func (NightJob) MaxAttempts() int { return attempts }

// refused is a run that another attempt of the same night does not help.
type refused struct{ error }

// Permanent reports that another attempt is pointless.
func (refused) Permanent() bool { return true }

// Night performs a NightJob.
func (s *Service) Night(ctx context.Context, _ NightJob, _ int) error {
	r, err := s.Run(ctx, Scope{})
	s.log.Info("reminders written", "reminders", r.Reminders, "fees", r.Fees.String(), "interest", r.Interest.String())
	if _, missing := errors.AsType[dun.MissingError](err); missing {
		return refused{err}
	}
	return err
}
