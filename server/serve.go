package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/nats-io/nats.go"

	"bompass/server/bank/folder"
	"bompass/server/command"
	"bompass/server/config"
	"bompass/server/embedded"
	"bompass/server/job"
	"bompass/server/ledger"
	"bompass/server/passage/pipeline"
	"bompass/server/passage/sumcheck"
	"bompass/server/payment"
	"bompass/server/pricelist"
	"bompass/server/store"
	"bompass/shared/toll"
)

// Maximum durations of stopping.
const (
	drainMax    = 10 * time.Second // requests in progress
	simulateMax = 3 * time.Second  // the last simulated passages
)

// closer is a list of functions that close what has been opened, called last first.
type closer []func()

func (c *closer) add(f func()) { *c = append(*c, f) }

func (c *closer) close() {
	for i := len(*c) - 1; i >= 0; i-- {
		(*c)[i]()
	}
	*c = nil
}

// product is the running server. Its parts are stopped in the reverse order of their start.
type product struct {
	command.World
	config     config.Config
	log        *slog.Logger
	opened     closer
	home       *embedded.Home
	postgres   *embedded.Postgres // nil if DATABASE_URL is set
	db         *store.DB
	conn       *nats.Conn
	room       func() error // returns an error if the own stream's disk is full; nil with NATS_URL
	prices     *pricelist.InForce
	contact    toll.Contact // of customer service
	pipeline   *pipeline.Pipeline
	jobs       *job.Registry
	sumCheck   *sumcheck.Checker
	books      *ledger.Checker
	payments   *payment.Service
	bankFolder *folder.Folder // nil if none is set
	failed     chan error     // errors of parts that ended by themselves
}

// serveCommand runs the server until ctx ends. It listens before anything is started, so that a port in use is
// reported at once.
func serveCommand(ctx context.Context, args []string, w command.World) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(w.Err)
	simulate := flags.Bool("simulate", false, "let the demo vehicles pass real stations")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("serve: %q is not a flag; write serve or serve --simulate", flags.Arg(0))
	}
	cfg, err := w.Settings()
	if err != nil {
		return err
	}
	if err := cfg.CheckFolders(); err != nil {
		return err
	}
	listener, err := listen(ctx, cfg.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	log := slog.New(slog.NewTextHandler(w.Err, nil))
	p := &product{World: w, config: cfg, log: log, jobs: job.NewRegistry(log), failed: make(chan error, 4)}
	defer func() { p.opened.close() }()
	app, err := p.start(ctx)
	if err != nil {
		return err
	}
	return p.serve(ctx, app, listener, *simulate)
}

// listen opens the listener of the HTTP server.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program; stop it, or set BOMPASS_ADDR to another address, such as 127.0.0.1:8081", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s (%w); set BOMPASS_ADDR to an address of this machine, such as 127.0.0.1:8080", addr, err)
	}
	return l, nil
}

// serve answers requests until ctx ends or a part fails. Then it stops intake first, so that every accepted batch is
// stored.
func (p *product) serve(ctx context.Context, app *fiber.App, l net.Listener, simulate bool) error {
	go func() {
		if err := app.Listener(l); err != nil && ctx.Err() == nil {
			p.failed <- fmt.Errorf("serve %s: %w", p.config.Addr, err)
		}
	}()
	p.printBanner()
	driven := make(chan struct{})
	go func() {
		defer close(driven)
		if simulate {
			p.simulate(ctx, "http://"+l.Addr().String())
		}
	}()
	var ended <-chan struct{}
	if p.postgres != nil {
		ended = p.postgres.Ended()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-p.failed:
	case <-ended:
		err = fmt.Errorf("PostgreSQL has stopped unexpectedly; its log is in %s", p.postgres.Where())
	}
	_, _ = fmt.Fprintln(p.Out, "stopping …")
	select {
	case <-driven: // so that its last passages are accepted
	case <-time.After(simulateMax):
	}
	p.logStopError(app.ShutdownWithTimeout(drainMax))
	return err
}

func (p *product) simulate(ctx context.Context, address string) {
	if err := command.Simulate(ctx, nil, address, p.Out, p.Err); err != nil && ctx.Err() == nil {
		p.log.Error("run simulation", "error", err)
	}
}

// logStopError logs an error of stopping, which has no caller to return to.
func (p *product) logStopError(err error) {
	if err != nil {
		p.log.Warn("stop server", "error", err)
	}
}
