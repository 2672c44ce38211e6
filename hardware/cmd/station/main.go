// Command station is the roadside agent: it runs a station's readers, stores every passage on disk, and
// delivers it to the server.
//
// Lanes and readers come from a configuration file; without one they are simulated. Configuration, metrics
// and alarms are described in assets/docs/station.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	err := command(ctx, os.Args[1:], os.Getenv, log, time.Now) //nolint:forbidigo // an agent of its own has no server/config
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "station:", err)
		os.Exit(1)
	}
}

func command(ctx context.Context, args []string, getenv func(string) string, log *slog.Logger, now func() time.Time) error {
	c, err := parse(args, getenv)
	if err != nil {
		return err
	}
	return c.run(ctx, os.Stdout, log, now)
}
