package main

import (
	"time"

	"bompass/server/billing"
	"bompass/server/command"
	"bompass/server/config"
	"bompass/server/dunning"
	"bompass/server/job"
	"bompass/server/ledger"
	"bompass/server/notice"
	"bompass/server/store/billingdb"
	"bompass/server/testclock"
	"bompass/server/web/portal"
)

// openBilling registers the jobs that make and send invoices, remind of them and check the books each night, and returns the files
// of invoices.
func (p *product) openBilling(writer *notice.Writer) (*billing.Files, error) {
	run, err := command.Billing(p.db, p.prices.Plan, p.config, p.World)
	if err != nil {
		return nil, err
	}
	job.Handle(p.jobs, run.Night, job.Options{Timeout: billing.Timeout})
	job.Nightly(p.jobs, billing.Hour, billing.NightJob{})
	job.Handle(p.jobs, run.WorkRange, job.Options{Timeout: billing.Timeout})
	reminders := command.Dunning(p.db, p.World)
	job.Handle(p.jobs, reminders.Night, job.Options{Timeout: dunning.Timeout})
	job.Nightly(p.jobs, dunning.Hour, dunning.NightJob{})
	p.books = command.Books(p.db, p.prices.Plan, p.World)
	job.Handle(p.jobs, p.books.Work, job.Options{Timeout: ledger.Timeout})
	job.Nightly(p.jobs, ledger.Hour, ledger.CheckJob{})
	shelf := billingdb.New(p.db)
	files := billing.NewFiles(shelf, command.Documents(p.config.Issuer), p.Now)
	job.Handle(p.jobs, billing.NewAnnouncer(shelf, files, writer, p.Now).Work, job.Options{})
	return files, nil
}

// testClock returns the clocks that move the business time of agreements; nil except in development.
func (p *product) testClock() portal.Clock {
	if p.config.Mode != config.Development {
		return nil
	}
	at := func(now func() time.Time) command.World {
		world := p.World
		world.Now = now
		return world
	}
	invoices := func(now func() time.Time) (*billing.Service, error) {
		return command.Billing(p.db, p.prices.Plan, p.config, at(now))
	}
	reminders := func(now func() time.Time) *dunning.Service { return command.Dunning(p.db, at(now)) }
	return testclock.New(billingdb.New(p.db), invoices, reminders, p.Now)
}
