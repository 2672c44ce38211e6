package main

import (
	"bompass/server/billing"
	"bompass/server/command"
	"bompass/server/job"
	"bompass/server/ledger"
)

// openBilling registers the jobs that make invoices and check the books each night.
func (p *product) openBilling() error {
	run, err := command.Billing(p.db, p.prices.Plan, p.config, p.World)
	if err != nil {
		return err
	}
	job.Handle(p.jobs, run.Night, job.Options{Timeout: billing.Timeout})
	job.Nightly(p.jobs, billing.Hour, billing.NightJob{})
	job.Handle(p.jobs, run.WorkRange, job.Options{Timeout: billing.Timeout})
	p.books = command.Books(p.db, p.prices.Plan, p.World)
	job.Handle(p.jobs, p.books.Work, job.Options{Timeout: ledger.Timeout})
	job.Nightly(p.jobs, ledger.Hour, ledger.CheckJob{})
	return nil
}
