// Command dsrc is a diagnostic tool for DSRC beacons and tags: it decodes and encodes messages, scans a
// line, and records and replays its traffic.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"bompass/hardware/dsrc"
)

const usage = `dsrc decode [--json] TYPE HEX     explain octets; without HEX read them from the standard input
dsrc encode TYPE JSON             encode a value; without JSON read it from the standard input
dsrc types                        list the types
dsrc scan [--for 10s] LINE        print the state of a beacon and every tag it finds
dsrc record [--for 10s] LINE FILE scan and record the traffic of the line in a file
dsrc replay FILE                  print a recording, message by message
dsrc replay --on LINE [--for 1m] FILE
                                  send it to the tags on a line and print how their answers differ

LINE is tcp://host:port, serial:/dev/ttyS0, or sim for a simulated road. TYPE is one that dsrc types lists.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	t := tool{in: os.Stdin, out: os.Stdout, now: time.Now}
	if err := t.run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "dsrc:", err)
		os.Exit(1)
	}
}

// tool is the command with its input and output.
type tool struct {
	in  io.Reader
	out io.Writer
	now func() time.Time
}

func (t tool) run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		fmt.Fprint(t.out, usage)
		return errors.New("no command given")
	}
	rest := args[1:]
	if isHelp(args[0]) || len(rest) > 0 && isHelp(rest[0]) {
		fmt.Fprint(t.out, usage)
		return nil
	}
	switch args[0] {
	case "decode":
		return t.decode(rest)
	case "encode":
		return t.encode(rest)
	case "types":
		fmt.Fprintln(t.out, strings.Join(dsrc.Types(), "\n"))
		return nil
	case "scan":
		return t.scan(ctx, rest)
	case "record":
		return t.record(ctx, rest)
	case "replay":
		return t.replay(ctx, rest)
	default:
		fmt.Fprint(t.out, usage)
		return fmt.Errorf("unknown command %q", args[0])
	}
}

func isHelp(arg string) bool { return slices.Contains([]string{"help", "-h", "-help", "--help"}, arg) }

// inputMax is the maximum length of the standard input.
const inputMax = 64 << 10

// typeAndText returns TYPE and its text, which may come from the standard input.
func (t tool) typeAndText(args []string) (name, text string, err error) {
	switch len(args) {
	case 0:
		return "", "", errors.New("want a type and its text; see dsrc --help")
	case 1:
		all, err := io.ReadAll(io.LimitReader(t.in, inputMax))
		return args[0], strings.TrimSpace(string(all)), err
	}
	return args[0], strings.Join(args[1:], " "), nil
}
