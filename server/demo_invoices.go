package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bompass/server/billing"
	"bompass/server/command"
	"bompass/server/dunning"
	"bompass/server/store/billingdb"
	"bompass/shared/api"
	"bompass/shared/dun"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// makeDemoInvoices makes the invoices of the demo passages of a year, each month at the time when it would have been made, and
// pays them, except the latest of each customer and one of Olav's that is overdue and reminded of. It does so once.
func (p *product) makeDemoInvoices(ctx context.Context) error {
	shelf := billingdb.New(p.db)
	if _, begun, err := shelf.LastBegun(ctx); err != nil || begun {
		return err
	}
	world := p.World
	now := p.Now()
	for month := oslo.MonthOf(now) - demoMonths; ; month++ {
		world.Now = func() time.Time { return oslo.At((month+1).First()+oslo.Day(billing.Standard().GraceDays), 6, 0, 0) }
		if world.Now().After(now) {
			if err := p.payDemoInvoices(ctx, shelf, oslo.DayOf(now)); err != nil {
				return err
			}
			return p.remindDemoInvoices(ctx, shelf, oslo.DayOf(now))
		}
		run, err := command.Billing(p.db, p.prices.Plan, p.config, world)
		if err != nil {
			return err
		}
		if _, err := run.Silent().Run(ctx, month); err != nil {
			return fmt.Errorf("demo invoices: %w", err)
		}
	}
}

// payDemoInvoices pays invoices two days before they are due.
func (p *product) payDemoInvoices(ctx context.Context, shelf *billingdb.Store, today oslo.Day) error {
	for _, customer := range fixture.Customers() {
		list, _, err := shelf.Summaries(ctx, customer.ID, api.InvoiceListRequest{To: today})
		if err != nil {
			return fmt.Errorf("demo payments: %w", err)
		}
		for i := unpaidOf(customer.ID); i < len(list); i++ {
			due := billing.Payment{KID: list[i].KID, Amount: list[i].Total, On: list[i].Due - 2, Reference: "demo " + list[i].Number}
			if _, _, err := shelf.Pay(ctx, due); err != nil {
				return fmt.Errorf("demo payments: %w", err)
			}
		}
	}
	return nil
}

// remindDemoInvoices reminds Olav from the day on that his oldest unpaid invoice was due, each day at the time when it would have
// been done.
func (p *product) remindDemoInvoices(ctx context.Context, shelf *billingdb.Store, today oslo.Day) error {
	owed, err := shelf.Owed(ctx, fixture.Olav)
	if err != nil {
		return fmt.Errorf("demo reminders: %w", err)
	}
	first := today + 1
	for _, o := range owed {
		if o.Due > 0 {
			first = min(first, o.Due)
		}
	}
	world := p.World
	for day := first; day <= today; day++ {
		world.Now = func() time.Time { return oslo.At(day, dunning.Hour, 0, 0) }
		_, err := command.Dunning(p.db, world).Silent().Run(ctx, dunning.Scope{Customer: fixture.Olav})
		if missing, ok := errors.AsType[dun.MissingError](err); ok {
			p.log.Warn("the demo data has no reminder", "error", missing)
			return nil
		}
		if err != nil {
			return fmt.Errorf("demo reminders: %w", err)
		}
	}
	return nil
}

// unpaidOf returns how many of the latest invoices of a customer are not paid.
func unpaidOf(customer toll.CustomerID) int {
	if customer == fixture.Olav {
		return 2
	}
	return 1
}
