// Command station is the roadside agent: it runs a station's readers, keeps every passage on disk, and
// brings it to the server as soon as there is one.
//
// Its lanes and readers come from a file; without one they are simulated over seeded traffic. What the
// file may say, the metrics and the alarms are in assets/docs/station.md.
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
