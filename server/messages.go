package main

import (
	"context"
	"fmt"
	"time"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/leaked"
	"bompass/server/access/seal"
	"bompass/server/billing"
	"bompass/server/config"
	"bompass/server/job"
	"bompass/server/legacy"
	"bompass/server/notice"
	mailsim "bompass/server/partner/mail/sim"
	"bompass/server/partner/mail/smtp"
	"bompass/server/partner/print"
	"bompass/server/partner/print/folder"
	printsim "bompass/server/partner/print/sim"
	"bompass/server/partner/text"
	"bompass/server/partner/text/oneapi"
	textsim "bompass/server/partner/text/sim"
	"bompass/server/passage/sumcheck"
	"bompass/server/person"
	"bompass/server/privacy"
	"bompass/server/store/accessdb"
	"bompass/server/store/billingdb"
	"bompass/server/store/legacydb"
	"bompass/server/store/noticedb"
	"bompass/server/store/passagedb"
	"bompass/server/store/persondb"
	"bompass/server/store/privacydb"
)

// openMessages registers the sending of messages: through the configured partners, or to the built-in mailbox, which it
// returns. Production has no mailbox.
func (p *product) openMessages(keys seal.Keys) (*mailsim.Inbox, error) {
	var inbox *mailsim.Inbox
	channels := notice.Channels{Texter: text.Unset{Variable: textsVariable}, Printer: print.Unset{Variable: paperVariable}}
	if p.config.Mode == config.Development {
		inbox = mailsim.NewInbox(p.Now)
		channels = notice.Channels{Mailer: inbox, Texter: textsim.New(inbox), Printer: printsim.New(inbox)}
	}
	var err error
	if p.config.Mail != "" {
		if channels.Mailer, err = smtp.New(string(p.config.Mail), p.config.MailFrom, nil); err != nil {
			return nil, fmt.Errorf("BOMPASS_SMTP_URL: %w", err)
		}
	}
	if t := p.config.Texts; t.URL != "" {
		channels.Texter, err = oneapi.New(oneapi.Config{
			Address: t.URL, Sender: t.Sender, Name: t.Name, User: t.User, Password: string(t.Password), Token: t.Token, Now: p.Now,
		})
		if err != nil {
			return nil, fmt.Errorf("BOMPASS_SMS_…: %w", err)
		}
	}
	if p.config.Paper != "" {
		if channels.Printer, err = folder.Open(p.config.Paper); err != nil {
			return nil, fmt.Errorf("%s: %w", paperVariable, err)
		}
	}
	job.Handle(p.jobs, notice.NewSender(noticedb.New(p.db), keys, channels, p.Now).WithFiles(billingdb.New(p.db)).Send, job.Options{Wait: notice.Wait})
	return inbox, nil
}

// Settings that a channel needs in production.
const (
	textsVariable = "BOMPASS_SMS_URL"
	paperVariable = "BOMPASS_PAPER_DIR"
)

// writer returns the writer of messages for the configured channels.
func (p *product) writer(keys seal.Keys) *notice.Writer {
	limits := notice.DefaultLimits()
	if len(p.config.Texts.Countries) > 0 {
		limits.Countries = p.config.Texts.Countries
	}
	limits.OthersPerDay = p.config.Texts.Others
	writer := notice.NewWriter(keys, p.config.PublicURL, p.Now).WithLimits(limits)
	if p.config.Mode == config.Development {
		return writer
	}
	if p.config.Texts.URL == "" {
		writer = writer.WithDisabled(notice.SMS, textsVariable)
	}
	if p.config.Paper == "" {
		writer = writer.WithDisabled(notice.Paper, paperVariable)
	}
	return writer
}

// openAccounts builds the services of sign-in, accounts and personal data.
func (p *product) openAccounts(keys seal.Keys) (d accountServices, err error) {
	accounts := accessdb.New(p.db)
	d.access = access.NewService(accounts, keys, p.Now).WithConcurrentHashes(p.config.Hashes)
	writer := p.writer(keys)
	d.registrar = access.NewRegistrar(d.access, accounts, writer)
	if err := p.refuseLeaked(d.registrar); err != nil {
		return d, err
	}
	if d.factors, err = factor.NewService(factor.Deps{
		Access: d.access, Store: factor.From(accounts), Keys: keys, Messages: writer, Now: p.Now,
		Options: factor.Options{PublicURL: p.config.PublicURL, TextCodes: p.config.Texts.Factor},
	}); err != nil {
		return accountServices{}, err
	}
	d.person = person.NewService(persondb.New(p.db), keys, writer, d.access, p.Now)
	private := privacydb.New(p.db)
	d.privacy = privacy.NewService(private, writer, d.access, p.Now)
	d.legacy, d.writer = legacy.NewService(legacydb.New(p.db), keys, writer, d.access, p.Now), writer
	job.Handle(p.jobs, privacy.NewPruner(private, p.Now, p.log).Work, job.Options{Timeout: privacy.PruneTimeout})
	job.Every(p.jobs, privacy.PruneInterval, privacy.PruneJob{})
	job.Handle(p.jobs, privacy.NewEraser(private, writer, p.Now, p.log).Work, job.Options{})
	job.Every(p.jobs, privacy.EraseInterval, privacy.EraseJob{})
	p.sumCheck = sumcheck.New(passagedb.New(p.db), p.Now, p.log)
	job.Handle(p.jobs, p.sumCheck.Work, job.Options{Timeout: sumcheck.Timeout})
	job.Nightly(p.jobs, sumcheck.Hour, sumcheck.Job{})
	if d.files, err = p.openBilling(writer); err != nil {
		return d, err
	}
	d.inbox, err = p.openMessages(keys)
	return d, err
}

// stopJobsMax is the maximum time that jobs have to end when the server stops.
const stopJobsMax = 20 * time.Second

// startJobs runs jobs until the server stops, and waits for those that have begun.
func (p *product) startJobs(ctx context.Context) error {
	runner, err := job.Start(ctx, p.db.Pool, p.jobs, job.Limits{})
	if err != nil {
		return err
	}
	p.opened.add(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopJobsMax)
		defer cancel()
		p.logStopError(runner.Stop(ctx))
	})
	return nil
}

// accounts is the services of sign-in, accounts and personal data.
type accountServices struct {
	access    *access.Service
	registrar *access.Registrar
	factors   *factor.Service
	person    *person.Service
	privacy   *privacy.Service
	legacy    *legacy.Service
	writer    *notice.Writer
	files     *billing.Files
	inbox     *mailsim.Inbox // nil if mail is sent to a mail server
}

// refuseLeaked makes a registrar refuse the passwords of the configured list.
func (p *product) refuseLeaked(registrar *access.Registrar) error {
	if p.config.Leaked == "" {
		return nil
	}
	list, err := leaked.Open(p.config.Leaked)
	if err != nil {
		return fmt.Errorf("BOMPASS_LEAKED_PASSWORDS: %w; it is a file of SHA-1 hashes sorted by hash, as Have I Been Pwned publishes it", err)
	}
	p.opened.add(func() { _ = list.Close() })
	registrar.RefuseLeaked(list)
	return nil
}
