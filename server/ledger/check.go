package ledger

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Limits of a check.
const (
	Hour        = 2             // of the Norwegian night, at which a check begins
	Timeout     = 3 * time.Hour // of one check
	passagesMax = 20_000        // passages compared in one statement
	booksMax    = 200           // documents read at once
	payersMax   = 200           // customers whose months are listed at once
	nightMonths = 2             // months before the current one that are rated again at night
	attempts    = 3
)

// Booked is a document as it is stored, with its entries.
type Booked struct {
	Document    invoice.Document
	Payer       string      // the payer's part of the name of its account
	LineAmounts []money.Ore // that the database adds up; Document.Lines are what the lines say
	Kinds       []Kind      // of the transactions of the document; there is one
	Entries     []Entry
}

// Prices rates the month of a vehicle again. It returns what differs first from what was charged, empty if nothing does.
type Prices interface {
	Differs(ctx context.Context, customer toll.CustomerID, vehicle toll.VehicleID, month oslo.Month) (string, error)
}

// VehicleMonth is a vehicle's month with passages that a customer pays for.
type VehicleMonth struct {
	Customer toll.CustomerID
	Vehicle  toll.VehicleID
	Month    oslo.Month
}

// BooksStore reads what is compared.
type BooksStore interface {
	// VehicleMonths returns the months, from one on, of the vehicles of at most so many customers after one, in the order of
	// the customers.
	VehicleMonths(ctx context.Context, since oslo.Month, after toll.CustomerID, customers int) ([]VehicleMonth, error)
	// CompareCharges compares what passages cost with what stands for them, on invoices or as unbilled, for at most so many
	// passages after one in the order of their ids. It returns what differs first, empty if nothing does, and the last passage
	// that was compared, empty at the end.
	CompareCharges(ctx context.Context, after string, passages int) (difference, last string, err error)
	// CompareRest returns the first difference of everything that no passage and no document names: unbilled amounts without
	// passages, gaps in a number series, and transactions that do not add up.
	CompareRest(ctx context.Context) (difference string, err error)
	// Books returns at most so many documents of a kind after a number, in the order of their numbers.
	Books(ctx context.Context, kind invoice.Kind, after int64, limit int) ([]Booked, error)
}

// Checker compares passages, lines, documents and entries. It is safe for concurrent use.
type Checker struct {
	store       BooksStore
	prices      Prices
	now         func() time.Time
	log         *slog.Logger
	differences atomic.Int64
	checked     atomic.Int64 // Unix seconds
}

// NewChecker returns a Checker.
func NewChecker(store BooksStore, prices Prices, now func() time.Time, log *slog.Logger) *Checker {
	return &Checker{store: store, prices: prices, now: now, log: log}
}

// Differences returns the number of checks that found a difference, since the program started on this server.
func (c *Checker) Differences() int64 { return c.differences.Load() }

// Checked returns when this server finished a check, in Unix seconds; 0 if it has not.
func (c *Checker) Checked() int64 { return c.checked.Load() }

// CheckJob is the nightly check.
type CheckJob struct{}

// Kind returns the name of the job.
func (CheckJob) Kind() string { return "ledger.check" }

// MaxAttempts is the maximum number of attempts; the next night is another job.
func (CheckJob) MaxAttempts() int { return attempts }

// Work performs a CheckJob.
func (c *Checker) Work(ctx context.Context, _ CheckJob, _ int) error {
	difference, err := c.Check(ctx, oslo.MonthOf(c.now())-nightMonths)
	if err == nil && difference != "" {
		c.log.Error("the books differ", "first", difference)
	}
	return err
}

// Check recomputes everything from passages up: the prices of passages from a month on, the lines that stand for each charge,
// the sums and VAT of each document, its entries, and the number series. It returns the first difference, empty if there is
// none.
func (c *Checker) Check(ctx context.Context, since oslo.Month) (difference string, err error) {
	rated := func(ctx context.Context) (string, error) { return c.rate(ctx, since) }
	for _, part := range []func(context.Context) (string, error){rated, c.charges, c.documents, c.store.CompareRest} {
		if difference, err = part(ctx); err != nil {
			return "", fmt.Errorf("check the ledger: %w", err)
		}
		if difference != "" {
			c.differences.Add(1)
			break
		}
	}
	c.checked.Store(c.now().Unix())
	return difference, nil
}

// rate rates vehicles' months again.
func (c *Checker) rate(ctx context.Context, since oslo.Month) (string, error) {
	for after := toll.CustomerID(""); ; {
		months, err := c.store.VehicleMonths(ctx, since, after, payersMax)
		if err != nil || len(months) == 0 {
			return "", err
		}
		for _, m := range months {
			if difference, err := c.prices.Differs(ctx, m.Customer, m.Vehicle, m.Month); err != nil || difference != "" {
				return difference, err
			}
		}
		after = months[len(months)-1].Customer
	}
}

func (c *Checker) charges(ctx context.Context) (difference string, err error) {
	for last := ""; ; {
		if difference, last, err = c.store.CompareCharges(ctx, last, passagesMax); err != nil || difference != "" || last == "" {
			return difference, err
		}
	}
}

func (c *Checker) documents(ctx context.Context) (difference string, err error) {
	for _, kind := range []invoice.Kind{invoice.KindInvoice, invoice.KindReminder, invoice.KindCredit} {
		for after := int64(0); ; {
			list, err := c.store.Books(ctx, kind, after, booksMax)
			if err != nil {
				return "", err
			}
			for i := range list {
				if difference := differs(&list[i]); difference != "" {
					return fmt.Sprintf("%s %s: %s", kind, list[i].Document.Number, difference), nil
				}
			}
			if len(list) < booksMax {
				break
			}
			if _, err := fmt.Sscan(list[len(list)-1].Document.Number, &after); err != nil {
				return "", fmt.Errorf("number %q: %w", list[len(list)-1].Document.Number, err)
			}
		}
	}
	return "", nil
}

// differs returns what is wrong with a document and its entries, empty if nothing is.
func differs(b *Booked) string {
	d := &b.Document
	for i, amount := range b.LineAmounts {
		if d.Lines[i].Amount != amount {
			return fmt.Sprintf("line %d says %s and counts %s", i+1, d.Lines[i].Amount, amount)
		}
	}
	if err := invoice.Check(*d); err != nil {
		return err.Error()
	}
	want := OfInvoice(*d, b.Payer)
	free := d.Kind == invoice.KindReminder && len(want) == 0 && len(b.Kinds) == 0 // a letter without fee and interest
	if !free && (len(b.Kinds) != 1 || string(b.Kinds[0]) != string(d.Kind)) {
		return fmt.Sprintf("has the ledger transactions %v, want one of its kind", b.Kinds)
	}
	order := func(a, b Entry) int { return strings.Compare(string(a.Account), string(b.Account)) }
	got := slices.Clone(b.Entries)
	slices.SortFunc(want, order)
	slices.SortFunc(got, order)
	if !slices.Equal(want, got) {
		return fmt.Sprintf("its ledger entries are %v, want %v", got, want)
	}
	return ""
}
