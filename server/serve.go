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

	"bompass/server/config"
	"bompass/server/embedded"
	"bompass/server/job"
	"bompass/server/overview"
	"bompass/server/passage/pipeline"
	"bompass/server/store"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// How long parts may take once the server is told to stop.
const (
	drainMax    = 10 * time.Second // requests that have begun
	simulateMax = 3 * time.Second  // the last simulated passages
)

// product is the running server; opened knows how to stop its parts, last started first.
type product struct {
	world
	config   config.Config
	log      *slog.Logger
	opened   closer
	home     *embedded.Home
	postgres *embedded.Postgres // nil when DATABASE_URL names another
	db       *store.DB
	conn     *nats.Conn
	plan     *rating.Plan
	tariffs  []tariff.File // that the plan is made of
	capped   func(toll.StationID) overview.Cap
	pipeline *pipeline.Pipeline
	jobs     *job.Registry
	failed   chan error // what ended though nobody asked
}

func serveCommand(ctx context.Context, args []string, w world) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(w.err)
	simulate := flags.Bool("simulate", false, "let the cast drive past real stations")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("serve: %q is no flag; write serve or serve --simulate", flags.Arg(0))
	}
	cfg, err := config.Read(w.getenv)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, cfg.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	log := slog.New(slog.NewTextHandler(w.err, nil))
	p := &product{world: w, config: cfg, log: log, jobs: job.NewRegistry(log), failed: make(chan error, 4)}
	defer func() { p.opened.close() }()
	app, err := p.start(ctx)
	if err != nil {
		return err
	}
	return p.serve(ctx, app, listener, *simulate)
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program; stop that, or set BOMPASS_ADDR to another address, such as 127.0.0.1:8081", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s (%w); set BOMPASS_ADDR to an address of this machine, such as 127.0.0.1:8080", addr, err)
	}
	return l, nil
}

// serve answers until ctx ends or a part fails, then stops: intake first, so that nothing is taken in
// that nobody keeps.
func (p *product) serve(ctx context.Context, app *fiber.App, l net.Listener, simulate bool) error {
	go func() {
		if err := app.Listener(l); err != nil && ctx.Err() == nil {
			p.failed <- fmt.Errorf("serve %s: %w", p.config.Addr, err)
		}
	}()
	p.greet()
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
		err = fmt.Errorf("PostgreSQL ended by itself; its log is in %s", p.postgres.Where())
	}
	_, _ = fmt.Fprintln(p.out, "stopping …")
	select {
	case <-driven: // so that its last passages are taken in
	case <-time.After(simulateMax):
	}
	p.note(app.ShutdownWithTimeout(drainMax))
	return err
}

func (p *product) simulate(ctx context.Context, address string) {
	if err := simulateCommand(ctx, nil, address, p.out); err != nil && ctx.Err() == nil {
		p.log.Error("the simulation ended", "error", err)
	}
}

// note logs what went wrong while stopping: there is nobody left to return it to.
func (p *product) note(err error) {
	if err != nil {
		p.log.Warn("while stopping", "error", err)
	}
}
