package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/nats-io/nats.go"

	"bompass/assets"
	"bompass/server/access/seal"
	"bompass/server/agreement"
	"bompass/server/attachment"
	"bompass/server/billing"
	"bompass/server/casework"
	"bompass/server/command"
	"bompass/server/config"
	"bompass/server/dispute"
	"bompass/server/embedded"
	"bompass/server/fleet"
	"bompass/server/job"
	"bompass/server/notice"
	"bompass/server/overview"
	tagshop "bompass/server/partner/tagshop/sim"
	"bompass/server/passage/export"
	"bompass/server/passage/pipeline"
	"bompass/server/passage/reading"
	"bompass/server/passage/stream"
	"bompass/server/pricelist"
	"bompass/server/store"
	"bompass/server/store/accessdb"
	"bompass/server/store/agreementdb"
	"bompass/server/store/billingdb"
	"bompass/server/store/casedb"
	"bompass/server/store/disputedb"
	"bompass/server/store/draftdb"
	"bompass/server/store/fleetdb"
	"bompass/server/store/migration"
	"bompass/server/store/noticedb"
	"bompass/server/store/overviewdb"
	"bompass/server/store/passagedb"
	"bompass/server/store/paymentdb"
	"bompass/server/store/persondb"
	"bompass/server/store/pricedb"
	"bompass/server/web"
	"bompass/shared/api"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// start starts the parts, each on those before it.
func (p *product) start(ctx context.Context) (*fiber.App, error) {
	for _, part := range []func(context.Context) error{
		p.openDatabase, p.openTariffs, p.openStream, p.openPipeline, p.openLeaf,
	} {
		if err := part(ctx); err != nil {
			return nil, err
		}
	}
	if p.config.Mode == config.Development {
		if err := p.sendDemoPassages(ctx); err != nil {
			return nil, err
		}
	}
	app, err := p.openWeb(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.startJobs(ctx); err != nil {
		return nil, err
	}
	return app, p.openMetrics(ctx)
}

// openDatabase opens the configured database, or starts the embedded PostgreSQL, and migrates it. A development
// server adds the demo data.
func (p *product) openDatabase(ctx context.Context) (err error) {
	if p.home, err = embedded.OpenHome(p.config.Home); err != nil {
		return err
	}
	p.opened.add(func() { _ = p.home.Close() })
	url := string(p.config.Database)
	if url == "" {
		if p.postgres, err = embedded.Start(ctx, p.home); err != nil {
			return err
		}
		p.opened.add(func() { p.logStopError(p.postgres.Stop()) })
		url = p.postgres.URL()
	}
	if p.db, err = store.Open(ctx, url, store.Connections(p.config.Connections)); err != nil {
		return err
	}
	p.opened.add(p.db.Close)
	if _, err := migration.Up(ctx, p.db.Pool); err != nil {
		return err
	}
	if p.config.Mode == config.Development {
		return command.Seed(ctx, p.config, p.db)
	}
	return nil
}

// releaseInterval is the time between two looks for a new release of the price lists.
const releaseInterval = 2 * time.Second

// contactOf returns how the toll companies of a customer's agreements are reached, as far as the price lists say.
func (p *product) contactOf(ctx context.Context, customer toll.CustomerID) (toll.Contact, error) {
	agreements, err := overviewdb.New(p.db).Agreements(ctx, customer, p.Now())
	if err != nil {
		return toll.Contact{}, err
	}
	chargers := make([]toll.ChargerID, len(agreements))
	for i, a := range agreements {
		chargers[i] = a.Charger
	}
	return p.prices.Release().Book.ContactOf(chargers...), nil
}

// openTariffs reads the price lists in force, and follows new releases of them.
func (p *product) openTariffs(ctx context.Context) error {
	builtIn, err := command.BuiltInTariffs(p.config.Mode == config.Development)
	if err != nil {
		return err
	}
	options := pricelist.Options{BuiltIn: builtIn, Development: p.config.Mode == config.Development}
	if p.prices, err = pricelist.Open(ctx, pricedb.New(p.db), options, p.log); err != nil {
		return err
	}
	p.contact = p.prices.Release().Book.Contact()
	watching, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.prices.Watch(watching, releaseInterval)
	}()
	p.opened.add(func() { stop(); <-done })
	return nil
}

// tariffFiles returns the tariff files in force and the number of their release.
func (p *product) tariffFiles() (int64, []tariff.File) {
	release := p.prices.Release()
	return release.Number, release.Files
}

// diskInterval is the time between two looks at the free space for the stream.
const diskInterval = 2 * time.Second

// openStream connects to the configured NATS, or starts the embedded one. The connection is tried again without
// limit, so that the server survives an outage of NATS.
func (p *product) openStream(ctx context.Context) (err error) {
	if p.config.Stream != "" {
		if p.conn, err = nats.Connect(string(p.config.Stream), nats.Name("bompass"), nats.MaxReconnects(-1),
			nats.RetryOnFailedConnect(true)); err != nil {
			return fmt.Errorf("connect to the message stream (%w); check NATS_URL", err)
		}
		p.opened.add(p.conn.Close)
		return nil
	}
	own, err := embedded.StartStream(p.home.Path("stream"), true)
	if err != nil {
		return err
	}
	p.opened.add(own.Stop)
	p.room = own.Ready
	watching, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		own.Watch(watching, diskInterval, p.log)
	}()
	p.opened.add(func() { stop(); <-done })
	if p.conn, err = own.Connect(); err != nil {
		return err
	}
	p.opened.add(p.conn.Close)
	return nil
}

// openPipeline starts the processing of passages. An error of it ends the server.
func (p *product) openPipeline(ctx context.Context) (err error) {
	p.pipeline, err = pipeline.New(ctx, pipeline.Deps{
		Store: passagedb.New(p.db), Prices: p.prices, Conn: p.conn,
		Stream: stream.Options{Replicas: p.config.Queue.Replicas, BytesMax: int64(p.config.Queue.MB) << 20},
		Room:   p.room, Now: p.Now,
		Log: p.log,
	})
	if err != nil {
		return err
	}
	// Workers do not end with ctx: intake stops before them.
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := p.pipeline.Run(working); err != nil {
			p.failed <- fmt.Errorf("post passages: %w", err)
		}
	}()
	p.opened.add(func() { stop(); <-done })
	return nil
}

// openWeb builds all services and returns the HTTP server.
func (p *product) openWeb(ctx context.Context) (*fiber.App, error) {
	keys, err := command.OpenKeys(p.config)
	if err != nil {
		return nil, err
	}
	if err := p.checkSecret(ctx, keys); err != nil {
		return nil, err
	}
	bundle, err := p.loadAssets()
	if err != nil {
		return nil, err
	}
	people, err := p.openAccounts(keys)
	if err != nil {
		return nil, err
	}
	partners, err := p.openPartners(ctx, keys, people.access)
	if err != nil {
		return nil, err
	}
	agreements, err := p.openAgreements(keys, people, partners)
	if err != nil {
		return nil, err
	}
	lists := reading.NewService(passagedb.New(p.db), p.prices.Plan)
	vehicles := p.openFleet(keys, people, partners, lists)
	p.payments = p.openPayments(partners.cards)
	live := p.openLive(ctx, lists)
	security, err := p.openSecurityLog()
	if err != nil {
		return nil, err
	}
	return web.New(web.Deps{ //nolint:contextcheck // handlers have their requests' contexts
		Context: ctx, PublicURL: p.config.PublicURL, Proxies: p.config.Proxies,
		Development: p.config.Mode == config.Development,
		Unkept:      p.config.Assets != "",
		Ceremonies:  accessdb.New(p.db),
		Access:      people.access, Registrar: people.registrar, Factors: people.factors, Person: people.person,
		Privacy: people.privacy, Agreements: agreements, Legacy: people.legacy, Inbox: people.inbox, Clock: p.testClock(), EID: partners.eid,
		Fleet:   vehicles,
		Parties: partners.parties, Keys: keys,
		Overview: overview.NewService(overviewdb.New(p.db), lists, p.charger, (&stationCaps{prices: p.prices}).of),
		Passages: passages{p.pipeline, lists}, Invoices: billing.NewReader(billingdb.New(p.db)), Files: people.files, Exports: export.NewService(lists, p.Now), Disputes: dispute.NewService(disputedb.New(p.db), p.prices.Plan, p.Now), Payments: p.payments, Tariffs: p.tariffFiles, Chargers: func() []toll.Charger { return p.prices.Release().Book.Chargers() }, Cases: p.openCases(people.writer), Contact: p.contact, ContactOf: p.contactOf,
		Live: live, Messages: noticedb.New(p.db), Ready: p.ready, IntakeReady: p.pipeline.Ready,
		Assets: bundle, Log: p.log, Security: security, Now: p.Now,
	})
}

// openLive starts the events of open pages, with what is paid on whichever server.
func (p *product) openLive(ctx context.Context, lists *reading.Service) *reading.Live {
	live := reading.NewLive(lists, p.conn, p.Now, p.log)
	listening, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		live.Forward(listening, paymentdb.New(p.db).Listen)
	}()
	p.opened.add(func() { stop(); <-done })
	return live
}

// openCases builds the service of cases, and registers the job that tells customers of answers.
func (p *product) openCases(writer *notice.Writer) *casework.Service {
	cases := casedb.New(p.db)
	job.Handle(p.jobs, casework.NewTeller(cases, writer, p.Now).Work, job.Options{})
	return casework.NewService(cases, attachment.ScannerAt(p.config.ClamAV), p.Now)
}

// openFleet builds the service of vehicles and tags, and registers its jobs. A development server has a tag shop.
func (p *product) openFleet(keys seal.Keys, people accountServices, partners partnerServices, prices fleet.Prices) *fleet.Service {
	shelf := fleetdb.New(p.db)
	vehicles := fleet.NewService(shelf, partners.vehicles, people.access, prices, keys, p.Now).WithReturnFirst(p.config.Return)
	job.Handle(p.jobs, vehicles.WorkImport, job.Options{Timeout: fleet.ImportTimeout})
	job.Handle(p.jobs, vehicles.CheckStated, job.Options{Timeout: fleet.ImportTimeout})
	job.Every(p.jobs, fleet.StatedInterval, fleet.StatedJob{})
	if p.config.Mode == config.Development {
		job.Handle(p.jobs, fleet.NewOrders(shelf, tagshop.New(p.Now), p.Now).Work, job.Options{})
		job.Every(p.jobs, fleet.OrderInterval, fleet.OrderJob{})
	}
	return vehicles
}

// openSecurityLog opens the file of security events, a line of JSON each. It returns nil if they go to the other log.
func (p *product) openSecurityLog() (*slog.Logger, error) {
	if p.config.SecurityLog == "" {
		return nil, nil
	}
	file, err := os.OpenFile(p.config.SecurityLog, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open security log: %w; set BOMPASS_SECURITY_LOG to a file in a folder that exists", err)
	}
	p.opened.add(func() { _ = file.Close() })
	return slog.New(slog.NewJSONHandler(file, nil)), nil
}

// checkSecret refuses a secret that is not the one the database was first started with: accounts would not be found by
// their personal numbers, and nothing that is encrypted could be read. In development it only warns.
func (p *product) checkSecret(ctx context.Context, keys seal.Keys) error {
	same, err := accessdb.New(p.db).CheckSecret(ctx, keys.Proof())
	switch {
	case err != nil || same:
		return err
	case p.config.Mode == config.Development:
		p.log.Warn("the secret is not the one that this database was first started with; what is encrypted cannot be read")
		return nil
	default:
		return errors.New("BOMPASS_SECRET is not the one that this database was first started with; set the former one")
	}
}

// openAgreements builds the agreement service with the toll companies that are offered.
func (p *product) openAgreements(
	keys seal.Keys, people accountServices, partners partnerServices,
) (*agreement.Service, error) {
	var chargers []api.ChargerChoice
	for _, name := range strings.Fields(p.config.Chargers) {
		id := toll.ChargerID(name)
		if p.charger(id) == name {
			return nil, fmt.Errorf("BOMPASS_CHARGERS names %q, which is in no tariff; write ids of toll companies, such as fjellinjen ferde",
				name)
		}
		chargers = append(chargers, api.ChargerChoice{ID: id, Name: p.charger(id)})
	}
	return agreement.NewService(agreement.Deps{
		Store: agreementdb.New(p.db), Drafts: draftdb.New(p.db), Profiles: persondb.New(p.db),
		Register: partners.vehicles, Keys: keys, Messages: people.writer, Limiter: people.access, Issuer: issuer,
		Chargers: chargers, Now: p.Now,
	}), nil
}

// issuer is our id among the issuers of tags and invoices.
const issuer toll.IssuerID = "bompass"

// passages is the pipeline together with the queries of customers.
type passages struct {
	*pipeline.Pipeline
	*reading.Service
}

// loadAssets loads the browser program from the configured directory, or the one that is built in.
func (p *product) loadAssets() (*web.Assets, error) {
	if p.config.Assets != "" {
		return web.LoadAssets(os.DirFS(p.config.Assets))
	}
	files, err := fs.Sub(assets.Web, "web")
	if err != nil {
		return nil, fmt.Errorf("browser program: %w", err)
	}
	return web.LoadAssets(files)
}

// charger returns the name of a toll company.
func (p *product) charger(id toll.ChargerID) string {
	for _, s := range p.prices.Plan().Stations() {
		if s.Charger == id {
			return s.ChargerName
		}
	}
	return string(id)
}

// ready returns an error if the server cannot answer requests.
func (p *product) ready(ctx context.Context) error {
	return errors.Join(p.db.Ready(ctx), p.pipeline.Ready(ctx))
}
