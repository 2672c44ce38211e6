package main

import (
	"fmt"
	"time"

	"bompass/server/bank/folder"
	"bompass/server/billing"
	"bompass/server/command"
	"bompass/server/config"
	"bompass/server/dunning"
	"bompass/server/job"
	"bompass/server/ledger"
	"bompass/server/notice"
	"bompass/server/partner/card"
	"bompass/server/payment"
	"bompass/server/store/billingdb"
	"bompass/server/store/paymentdb"
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
	if err := p.openBankFolder(); err != nil {
		return nil, err
	}
	shelf := billingdb.New(p.db)
	files := billing.NewFiles(shelf, command.Documents(p.config.Issuer), p.Now)
	job.Handle(p.jobs, billing.NewAnnouncer(shelf, files, writer, p.Now).Work, job.Options{})
	return files, nil
}

// openBankFolder registers the job that takes the bank's files out of a folder, if one is set.
func (p *product) openBankFolder() (err error) {
	if p.config.Folder == "" {
		return nil
	}
	files, creditor, err := command.Bank(p.db, p.config, p.World)
	if err != nil {
		return err
	}
	if p.bankFolder, err = folder.New(p.config.Folder, files, creditor, p.Now, p.log); err != nil {
		return fmt.Errorf("BOMPASS_BANK_FOLDER: %w", err)
	}
	job.Handle(p.jobs, p.bankFolder.Work, job.Options{Timeout: folder.Timeout})
	job.Every(p.jobs, folder.Interval, folder.Job{})
	return nil
}

// openPayments builds the service of payments by card, and registers the job that asks for those whose end it was not told.
func (p *product) openPayments(provider card.Provider) *payment.Service {
	s := payment.NewService(paymentdb.New(p.db), provider, p.config.PublicURL, p.Now, p.log)
	if s.Offered() {
		job.Handle(p.jobs, s.Poll, job.Options{Timeout: payment.Timeout})
		job.Every(p.jobs, payment.Interval, payment.PollJob{})
	}
	return s
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
