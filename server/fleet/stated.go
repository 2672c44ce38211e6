package fleet

import (
	"context"
	"time"

	"bompass/shared/fault"
	"bompass/shared/toll"
)

// StatedJob looks up the vehicles whose facts a person has stated: the register may have them by now.
type StatedJob struct{}

// Kind returns the name of the job.
func (StatedJob) Kind() string { return "stated_vehicles" }

// MaxAttempts is the maximum number of attempts. The next job goes on.
func (StatedJob) MaxAttempts() int { return 2 }

// StatedInterval is the time between two jobs, and statedMax the maximum number of look-ups of one.
const (
	StatedInterval = time.Hour
	statedMax      = 100
)

// Stated is a vehicle on an agreement with the facts that a person has stated.
type Stated struct {
	Vehicle   toll.Vehicle
	Agreement toll.AgreementID
	Tag       toll.TagID // empty for none
}

// StatedStore stores what the register says about vehicles whose facts a person has stated.
type StatedStore interface {
	// StatedVehicles returns at most limit vehicles, other ones each hour.
	StatedVehicles(ctx context.Context, now time.Time, limit int) ([]Stated, error)
	// SaveRegistered stores the register's facts of a vehicle from an instant on, and adds a change to the history.
	SaveRegistered(ctx context.Context, s Stated, facts toll.Facts, lengthMM int, at time.Time) error
}

// CheckStated performs a job. Passages until now keep their prices: the person was asked because the register did not know.
func (s *Service) CheckStated(ctx context.Context, _ StatedJob, _ int) error {
	now := s.now()
	list, err := s.store.StatedVehicles(ctx, now, statedMax)
	if err != nil {
		return err
	}
	for _, v := range list {
		found, err := s.register.Vehicle(ctx, v.Vehicle.Plate)
		switch code := fault.CodeOf(err); {
		case err == nil:
			if err := s.store.SaveRegistered(ctx, v, found.Facts, found.LengthMM, now); err != nil {
				return err
			}
		case code == fault.NotFound:
		case code == fault.PartnerDown || code == fault.PartnerUnset: // the next job tries again
			return nil
		default:
			return err
		}
	}
	return nil
}
