// Command server is Bompass: the portal, the passage pipeline and the commands of its operators.
//
// It builds every part of the running server by hand, top to bottom, and is the only package that imports all others.
// The other commands are in server/command.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"bompass/server/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	//nolint:forbidigo // the environment enters here; server/config reads it
	w := command.World{
		Getenv: os.Getenv, Environ: os.Environ(), Now: time.Now, In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
	}
	err := run(ctx, os.Args[1:], w)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) { // the help has been printed
		fmt.Fprintln(os.Stderr, "bompass:", err)
		os.Exit(1)
	}
}

// run performs one subcommand.
func run(ctx context.Context, args []string, w command.World) error {
	if len(args) > 0 && args[0] == "serve" {
		return serveCommand(ctx, args[1:], w)
	}
	return command.Run(ctx, args, w)
}
