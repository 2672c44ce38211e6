// Package testclock moves the business time of one agreement forward, so that invoices and reminders can be tried out without
// waiting for months. Each day of the way, it does for the agreement what the nightly jobs do for all, with the same services.
// It is for development only.
package testclock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"bompass/server/billing"
	"bompass/server/dunning"
	"bompass/shared/api"
	"bompass/shared/dun"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Payer is an agreement with the name of its customer.
type Payer struct {
	billing.Payer
	Name string
}

// Store reads agreements and their documents.
type Store interface {
	// AgreementPayers returns all agreements with their customers, sorted by name and number.
	AgreementPayers(ctx context.Context) ([]Payer, error)
	// Summaries returns the documents that a request asks for, the newest first.
	Summaries(ctx context.Context, customer toll.CustomerID, req api.InvoiceListRequest) (list []api.InvoiceSummary, any bool, err error)
}

// Target is what a clock is moved on to.
type Target string

// The targets.
const (
	MonthEnd Target = "month" // the night in which the next month is invoiced
	DueDate  Target = "due"
	Reminder Target = "reminder"
)

// EventKind is the kind of an event.
type EventKind string

// The kinds of events.
const (
	Invoiced EventKind = "invoiced"
	Reminded EventKind = "reminded"
	FallsDue EventKind = "due"
	Waiting  EventKind = "waiting" // nothing is owed, or too little for an invoice
	Held     EventKind = "held"
	Refused  EventKind = "refused" // a rule is not known for the day
	NoTarget EventKind = "none"    // there is nothing to move on to
)

// daysMax is the maximum number of days of one move.
const daysMax = 400

// lastDay is after every document.
var lastDay = oslo.Date(2200, time.January, 1)

// Event is something that happened on the way.
type Event struct {
	Day    oslo.Day
	Kind   EventKind
	Number string   // of the document
	Rule   string   // that is not known
	On     oslo.Day // of the rule
}

// State is what the clock of an agreement shows.
type State struct {
	Payer     Payer
	Now       time.Time
	Events    []Event // the latest first
	Documents []api.InvoiceSummary
}

// Clock is the clocks of all agreements. It is safe for concurrent use.
type Clock struct {
	store     Store
	invoices  func(now func() time.Time) (*billing.Service, error)
	reminders func(now func() time.Time) *dunning.Service
	now       func() time.Time // the real time

	mu    sync.Mutex // also while a clock moves
	moved map[toll.AgreementID]*moved
}

// moved is a clock that was moved.
type moved struct {
	at     time.Time
	events []Event
}

// New returns clocks that show the real time. invoices and reminders return the services at a business time.
func New(
	store Store, invoices func(now func() time.Time) (*billing.Service, error), reminders func(now func() time.Time) *dunning.Service, now func() time.Time,
) *Clock {
	return &Clock{store: store, invoices: invoices, reminders: reminders, now: now, moved: map[toll.AgreementID]*moved{}}
}

// Payers returns the agreements.
func (c *Clock) Payers(ctx context.Context) ([]Payer, error) { return c.store.AgreementPayers(ctx) }

// Show returns what the clock of an agreement shows; found is false if there is no such agreement.
func (c *Clock) Show(ctx context.Context, id toll.AgreementID) (s State, found bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.show(ctx, id)
}

func (c *Clock) show(ctx context.Context, id toll.AgreementID) (s State, found bool, err error) {
	all, err := c.store.AgreementPayers(ctx)
	if err != nil {
		return s, false, err
	}
	i := slices.IndexFunc(all, func(p Payer) bool { return p.Agreement == id })
	if i < 0 {
		return s, false, nil
	}
	s = State{Payer: all[i], Now: c.now()}
	s.Documents, _, err = c.store.Summaries(ctx, s.Payer.Customer, api.InvoiceListRequest{Agreement: id, To: lastDay})
	if err != nil {
		return s, false, err
	}
	for _, d := range s.Documents { // after a restart, the clock is not before what was done by it
		if at := d.Issued.Start(); at.After(s.Now) {
			s.Now = at
		}
	}
	if m := c.moved[id]; m != nil {
		s.Events = m.events
		if m.at.After(s.Now) {
			s.Now = m.at
		}
	}
	return s, true, nil
}

// Move moves the clock of an agreement on. Everything that is due on the way is done.
func (c *Clock) Move(ctx context.Context, id toll.AgreementID, to Target) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, found, err := c.show(ctx, id)
	if err != nil || !found {
		return err
	}
	m := c.moved[id]
	if m == nil {
		m = &moved{}
		c.moved[id] = m
	}
	m.at = s.Now
	target, ok, err := c.target(ctx, &s, to)
	if err != nil {
		return err
	}
	if !ok || target > oslo.DayOf(s.Now)+daysMax {
		m.events = append([]Event{{Day: oslo.DayOf(s.Now), Kind: NoTarget}}, m.events...)
		return nil
	}
	return c.walk(ctx, &s, m, target)
}

// target returns the day to move on to; ok is false if there is none.
func (c *Clock) target(ctx context.Context, s *State, to Target) (day oslo.Day, ok bool, err error) {
	now := func() time.Time { return s.Now }
	switch to {
	case MonthEnd:
		invoices, err := c.invoices(now)
		if err != nil {
			return 0, false, err
		}
		return invoices.InvoicedOn(invoices.Newest() + 1), true, nil
	case DueDate:
		for _, d := range s.Documents {
			if d.Outstanding > 0 && d.Due > oslo.DayOf(s.Now) && (!ok || d.Due < day) {
				day, ok = d.Due, true
			}
		}
		return day, ok, nil
	case Reminder:
		return c.reminders(now).Next(ctx, dunning.Scope{Customer: s.Payer.Customer, Agreement: s.Payer.Agreement})
	}
	return 0, false, nil
}

// walk does what the nights until a day do, and stops at what cannot be done.
func (c *Clock) walk(ctx context.Context, s *State, m *moved, target oslo.Day) error {
	for day := min(oslo.DayOf(s.Now)+1, target); day <= target; day++ {
		m.at = oslo.At(day, dunning.Hour, 0, 0)
		before := s.Documents
		extra, stop, err := c.night(ctx, s.Payer.Payer, m.at)
		if err != nil {
			return fmt.Errorf("test clock on %s: %w", day, err)
		}
		if s.Documents, _, err = c.store.Summaries(ctx, s.Payer.Customer, api.InvoiceListRequest{Agreement: s.Payer.Agreement, To: lastDay}); err != nil {
			return err
		}
		events := append(newEvents(day, before, s.Documents), extra...)
		m.events = append(events, m.events...)
		if stop {
			return nil
		}
	}
	return nil
}

// newEvents returns the documents that a night has made, and those that are due on its day.
func newEvents(day oslo.Day, before, after []api.InvoiceSummary) (events []Event) {
	for _, d := range after {
		switch {
		case !slices.ContainsFunc(before, func(old api.InvoiceSummary) bool { return old.Number == d.Number }):
			kind := Invoiced
			if d.Reminds != "" {
				kind = Reminded
			}
			events = append(events, Event{Day: day, Kind: kind, Number: d.Number})
		case d.Outstanding > 0 && d.Due == day:
			events = append(events, Event{Day: day, Kind: FallsDue, Number: d.Number})
		}
	}
	return events
}

// night does for a payer what the jobs of a night do. stop is true if a rule is missing.
func (c *Clock) night(ctx context.Context, p billing.Payer, at time.Time) (events []Event, stop bool, err error) {
	now := func() time.Time { return at }
	day := oslo.DayOf(at)
	invoices, err := c.invoices(now)
	if err != nil {
		return nil, false, err
	}
	if month := invoices.Newest(); invoices.InvoicedOn(month) == day {
		r, err := invoices.RunPayer(ctx, p, month)
		switch {
		case err != nil:
			return nil, false, err
		case r.Held > 0:
			events = append(events, Event{Day: day, Kind: Held})
		case r.Waiting > 0:
			events = append(events, Event{Day: day, Kind: Waiting})
		}
	}
	_, err = c.reminders(now).Run(ctx, dunning.Scope{Customer: p.Customer, Agreement: p.Agreement})
	if missing, ok := errors.AsType[dun.MissingError](err); ok {
		return append(events, Event{Day: day, Kind: Refused, Rule: missing.Rule, On: missing.Day}), true, nil
	}
	return events, false, err
}
