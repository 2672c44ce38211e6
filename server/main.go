// Command server is Bompass: the portal, the passage pipeline and the tools of those who run them.
//
// It builds everything by hand, top to bottom; it is the only package that knows all others.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

const usage = `Bompass: passages in, charges out, and a page that says why.

  server serve [--simulate]        start the whole product
  server migrate                   bring the database's schema up to date
  server seed                      add the cast of the demonstration
  server rotate                    seal secrets at rest anew, with the first of BOMPASS_SEAL_KEYS
  server quarantine [--json]       list passages that need a person
  server quarantine release ID… | --all
                                   feed them in again, for instance after a tariff has come
  server reset                     throw away the data that serve keeps under BOMPASS_HOME
  server legacy import FILE        read in customer numbers and passwords of the system before
  server tags [--json]             list tags that customers wait for
  server tags sent ORDER TAG       say which tag was sent
  server rate [--tariff DIR] --passages FILE [--explain] [--compare OTHER [--on DAY]]
                                   rate a file of passages without a database
  server check tariffs [DIR]       check price plans
  server tariff import nvdb FILE [--out DIR] [--from DAY]
                                   draft price plans from the national road data bank
  server simulate [flags]          let the cast drive past the stations of the server on BOMPASS_ADDR
  server version                   say which build this is

Settings are environment variables: BOMPASS_ADDR, BOMPASS_HOME, BOMPASS_PUBLIC_URL, BOMPASS_MODE,
BOMPASS_SECRET, BOMPASS_EID_…, BOMPASS_EID_SE_…, BOMPASS_MANDATE_…, BOMPASS_SMTP_URL, BOMPASS_MAIL_FROM,
BOMPASS_SMS_…, BOMPASS_PAPER_DIR, BOMPASS_SEAL_KEYS, BOMPASS_PEPPERS, BOMPASS_PROXIES, BOMPASS_LEAF…,
BOMPASS_VEHICLES_…, BOMPASS_CHARGERS, BOMPASS_ASSETS, DATABASE_URL, NATS_URL. With none set, serve starts its
own PostgreSQL and message stream, and keeps everything under .run.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	//nolint:forbidigo // the environment enters here; server/config reads it
	err := run(ctx, os.Args[1:], world{getenv: os.Getenv, now: time.Now, in: os.Stdin, out: os.Stdout, err: os.Stderr})
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) { // help was wanted, and has been printed
		fmt.Fprintln(os.Stderr, "bompass:", err)
		os.Exit(1)
	}
}

// world is what a command sees of the machine.
type world struct {
	getenv   func(string) string
	now      func() time.Time
	in       io.Reader
	out, err io.Writer
}

// run performs one subcommand.
func run(ctx context.Context, args []string, w world) error {
	if len(args) == 0 {
		_, err := io.WriteString(w.out, usage)
		return err
	}
	name, args := args[0], args[1:]
	switch name {
	case "serve":
		return serveCommand(ctx, args, w)
	case "migrate", "seed", "rotate", "reset", "version":
		return plainCommand(ctx, name, args, w)
	case "quarantine":
		return quarantineCommand(ctx, args, w)
	case "legacy":
		return legacyCommand(ctx, args, w)
	case "tags":
		return tagsCommand(ctx, args, w)
	case "rate":
		return rateCommand(ctx, args, w.in, w.out, w.err)
	case "check":
		return checkCommand(args, w.out)
	case "tariff":
		return tariffCommand(args, w.in, w.out, w.err)
	case "simulate":
		return simulateCommand(ctx, args, ownAddress(w.getenv), w.out)
	case "help", "-h", "--help":
		_, err := io.WriteString(w.out, usage)
		return err
	}
	return fmt.Errorf("there is no command %q; server help lists them", name)
}

// plainCommand performs a subcommand that takes nothing further.
func plainCommand(ctx context.Context, name string, args []string, w world) error {
	if len(args) > 0 && isHelp(args[0]) {
		_, err := io.WriteString(w.out, usage)
		return err
	}
	if len(args) > 0 {
		return fmt.Errorf("%s takes nothing further, and %q was given; server help lists the commands", name, args[0])
	}
	switch name {
	case "migrate":
		return migrateCommand(ctx, w)
	case "seed":
		return seedCommand(ctx, w)
	case "rotate":
		return rotateCommand(ctx, w)
	case "reset":
		return resetCommand(ctx, w)
	default:
		return versionCommand(w)
	}
}

func isHelp(arg string) bool {
	return arg == "help" || arg == "-h" || arg == "-help" || arg == "--help"
}

func versionCommand(w world) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("this build does not say what it is")
	}
	version, revision := info.Main.Version, "unknown revision"
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value
		}
	}
	_, err := fmt.Fprintf(w.out, "bompass %s (%s, %s)\n", version, revision, info.GoVersion)
	return err
}
