// Package sumcheck compares the sums that pages read with the passages and charges themselves, each night, and repairs
// those that differ.
//
// Sums change in the transaction of their charges, so a difference is a fault of the program, or of somebody who has
// changed rows by hand. It is logged and counted.
package sumcheck

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"bompass/server/passage"
	"bompass/shared/oslo"
)

// Limits of a check.
const (
	Hour       = 3             // of the Norwegian night, at which a check begins
	Timeout    = 3 * time.Hour // of one check
	chunkMin   = 20_000        // passages compared in one transaction; the rest of their customer's month is added
	repairMax  = 50            // days or months of a customer repaired in one transaction
	logMax     = 20            // differences logged one by one
	pruneMax   = 10_000        // counts of former months deleted in one transaction
	attempts   = 3
	capsMonths = 1 // months before the current one whose counts towards caps are kept
)

// Position is a place in the order of customers and days. The zero Position is before all.
type Position struct {
	Customer passage.ID
	Day      oslo.Day
}

// CapMonth is a vehicle's month with counts towards caps.
type CapMonth struct {
	Customer, Vehicle passage.ID
	Month             oslo.Month
}

// Comparison is the result of comparing one chunk: the days whose sums differ, and the months whose counts towards caps
// differ, each once.
type Comparison struct {
	Days   []Position
	Months []CapMonth
	Next   Position // where the next chunk begins
	Last   bool     // whether there is none
}

// Store compares and repairs sums.
type Store interface {
	// CompareSums compares a chunk that begins at a position, with at least so many passages if there are, and counts
	// towards caps from a month on. It sees the database at one instant and locks nothing.
	CompareSums(ctx context.Context, from Position, passages int, caps oslo.Month) (Comparison, error)
	// RepairDays adds up days again, and RepairMonths counts towards caps. No worker posts meanwhile.
	RepairDays(ctx context.Context, days []Position) error
	RepairMonths(ctx context.Context, months []CapMonth) error
	// PruneCaps deletes at most so many counts of months before one, and returns their number.
	PruneCaps(ctx context.Context, before oslo.Month, limit int) (int, error)
}

// Checker compares and repairs sums. It is safe for concurrent use.
type Checker struct {
	store       Store
	now         func() time.Time
	log         *slog.Logger
	differences atomic.Int64
	checked     atomic.Int64 // Unix seconds
}

// New returns a Checker.
func New(store Store, now func() time.Time, log *slog.Logger) *Checker {
	return &Checker{store: store, now: now, log: log}
}

// Differences returns the number of sums that differed, since the program started on this server.
func (c *Checker) Differences() int64 { return c.differences.Load() }

// Checked returns when this server finished a check, in Unix seconds; 0 if it has not.
func (c *Checker) Checked() int64 { return c.checked.Load() }

// Job is the nightly job.
type Job struct{}

// Kind returns the name of the job.
func (Job) Kind() string { return "passage.sumcheck" }

// MaxAttempts is the maximum number of attempts; the next night is another job.
func (Job) MaxAttempts() int { return attempts }

// Work performs a Job.
func (c *Checker) Work(ctx context.Context, _ Job, _ int) error {
	_, err := c.Check(ctx)
	return err
}

// Check compares all sums, repairs those that differ, and returns their number.
func (c *Checker) Check(ctx context.Context) (differ int, err error) {
	caps := oslo.MonthOf(c.now()) - capsMonths
	for n := pruneMax; n == pruneMax; {
		if n, err = c.store.PruneCaps(ctx, caps, pruneMax); err != nil {
			return 0, fmt.Errorf("check sums: %w", err)
		}
	}
	for at := (Position{}); ; {
		result, err := c.store.CompareSums(ctx, at, chunkMin, caps)
		if err != nil {
			return differ, fmt.Errorf("check sums: %w", err)
		}
		if err := c.repair(ctx, &result, differ); err != nil {
			return differ, fmt.Errorf("repair sums: %w", err)
		}
		differ += len(result.Days) + len(result.Months)
		if result.Last {
			break
		}
		at = result.Next
	}
	c.checked.Store(c.now().Unix())
	if differ > 0 {
		c.log.Error("sums differed from charges and were repaired", "count", differ)
	}
	return differ, nil
}

// repair repairs what differs in a chunk. The argument logged is the number of differences in the chunks before.
func (c *Checker) repair(ctx context.Context, result *Comparison, logged int) error {
	c.differences.Add(int64(len(result.Days) + len(result.Months)))
	for _, d := range result.Days[:min(len(result.Days), max(0, logMax-logged))] {
		c.log.Error("sum differs from charges", "customer", fmt.Sprintf("%x", d.Customer), "day", d.Day.String())
	}
	for _, m := range result.Months[:min(len(result.Months), max(0, logMax-logged-len(result.Days)))] {
		c.log.Error("count towards a cap differs from charges", "customer", fmt.Sprintf("%x", m.Customer), "vehicle", fmt.Sprintf("%x", m.Vehicle), "month", m.Month.String())
	}
	for days := result.Days; len(days) > 0; days = days[min(len(days), repairMax):] {
		if err := c.store.RepairDays(ctx, days[:min(len(days), repairMax)]); err != nil {
			return err
		}
	}
	for months := result.Months; len(months) > 0; months = months[min(len(months), repairMax):] {
		if err := c.store.RepairMonths(ctx, months[:min(len(months), repairMax)]); err != nil {
			return err
		}
	}
	return nil
}
