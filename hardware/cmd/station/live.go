package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"bompass/hardware/uplink"
)

// Parameters of the live view and its terminal control sequences.
const (
	drawEvery   = 500 * time.Millisecond
	logLines    = 6
	cursorHome  = "\x1b[H"  // cursor to the top left
	clearLine   = "\x1b[K"  // clear to the end of the line
	clearBelow  = "\x1b[J"  // clear below the cursor
	bold        = "\x1b[1m" // until plain
	red         = "\x1b[31m"
	plain       = "\x1b[0m"
	clearScreen = "\x1b[2J"
)

// isTerminal reports whether a file is a terminal.
func isTerminal(f *os.File) bool {
	stat, err := f.Stat()
	return err == nil && stat.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb" //nolint:forbidigo // a terminal's own setting
}

// logTail keeps the last lines of the log for the live view.
type logTail struct {
	mu    sync.Mutex
	lines []string
}

// Write implements io.Writer with one log line.
func (t *logTail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, strings.TrimRight(string(b), "\n"))
	t.lines = t.lines[max(0, len(t.lines)-logLines):]
	return len(b), nil
}

func (t *logTail) last() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.lines...)
}

// live redraws the view until ctx ends.
func (m *monitor) live(ctx context.Context, title string, t *logTail, out io.Writer) {
	_, _ = io.WriteString(out, clearScreen)
	for {
		_, _ = out.Write(m.render(title, t.last()))
		if uplink.Sleep(ctx, drawEvery) != nil {
			_, _ = out.Write(m.render(title, t.last()))
			return
		}
	}
}

// render returns one frame of the live view. Tag numbers and plates are masked.
func (m *monitor) render(title string, log []string) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+clearLine+"\n", args...) }
	// The frame is drawn over the previous one, line by line, which does not flicker as clearing the screen would.
	b.WriteString(cursorHome)
	line("%s%s%s   up %v   epoch %d   waiting %d", bold, title, plain, m.now().Sub(m.started).Round(time.Second), m.spool.Epoch(), m.spool.Waiting())
	line("")
	line("%slane  reader  state  passages   by tag   hour   last       tag    plate  way%s", bold, plain)
	for _, v := range m.view() {
		state := "up"
		if !v.health.Up {
			state = red + "down" + plain + " "
		}
		at := ""
		if !v.state.last.At.IsZero() {
			at = v.state.last.At.Local().Format("15:04:05")
		}
		line("%4d  %-6s  %-5s  %8d  %6.1f %%  %5d   %-8s %5s  %6s  %s", v.lane, v.kind, state, v.state.passages,
			share(v.state.byTag, v.state.passages), v.vehicles, at, mask(v.state.last.Tag), mask(v.state.last.Plate), v.state.last.Direction)
	}
	line("")
	for _, alarm := range m.alarms() {
		line("%s%s%s", red, alarm, plain)
	}
	for _, text := range log {
		line("%s", text)
	}
	b.WriteString(clearBelow)
	return b.Bytes()
}

func share(part, of int64) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(part) / float64(of)
}
