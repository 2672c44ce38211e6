package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"bompass/hardware/link"
)

// replay prints a recording, or with --on sends it to a line again.
func (t tool) replay(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("replay", flag.ContinueOnError)
	flags.SetOutput(t.out)
	line := flags.String("on", "", "do again on this `line` what the host did")
	duration := flags.Duration("for", time.Minute, "with --on: how long to wait for tags")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("replay: want one file; see dsrc --help")
	}
	r, err := readRecording(flags.Arg(0))
	if err != nil {
		return err
	}
	if *line == "" {
		return t.printRecording(r)
	}
	open, err := t.opener(*line)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, *duration)
	defer cancel()
	return t.replayOnLine(ctx, r, open)
}

// printRecording prints a recording.
func (t tool) printRecording(r recording) error {
	for _, f := range r.frames {
		t.printFrame(string(f.way), f.body)
	}
	if r.damaged > 0 {
		fmt.Fprintf(t.out, "%d frames were damaged\n", r.damaged)
	}
	return nil
}

// printFrame prints one request or answer.
func (t tool) printFrame(arrow string, body []byte) {
	m, err := link.ParseMessage(body)
	if err != nil {
		fmt.Fprintf(t.out, "%s %X  %v\n", arrow, body, err)
		return
	}
	status := ""
	if m.Answer {
		status = ": " + m.Status.String()
	}
	fmt.Fprintf(t.out, "%s %d %v%s\n", arrow, m.Sequence, m.Op, status)
	if apdu := apduOf(m); len(apdu) > 0 {
		t.printMessage(m.Answer, apdu)
	}
}
