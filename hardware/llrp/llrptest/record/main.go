// Command record prints the frames of a run of the LLRP driver against the emulator in the format of
// text2pcap -D, for Wireshark's dissector in make llrp-check.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"bompass/hardware"
	"bompass/hardware/llrp"
	"bompass/hardware/llrp/llrptest"
	"bompass/hardware/llrp/reader"
)

func main() {
	if err := record(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

func record(ctx context.Context, out io.Writer) error {
	w := bufio.NewWriter(out)
	for _, version101 := range []bool{false, true} {
		if err := run(ctx, version101, w); err != nil {
			return err
		}
	}
	return w.Flush()
}

// run exercises every message of the emulator over a real connection.
func run(ctx context.Context, version101 bool, w io.Writer) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	started := make(chan struct{}, 1)
	e := &llrptest.Emulator{
		Now: time.Now, Version: map[bool]llrptest.Version{true: llrptest.Version101Only}[version101], Started: func() { started <- struct{}{} },
		KeepMS: func(uint32) uint32 { return 50 },
		Record: func(fromReader bool, f []byte) { printFrame(w, fromReader, f) },
	}
	go func() { _ = e.Listen(l) }() // it ends with its listener

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := &reader.Reader{
		Dial: func(ctx context.Context) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", l.Addr().String())
		},
		Lanes: map[uint16]reader.Lane{1: {Number: 1}, 2: {Number: 2}}, Number: reader.DecimalNumber([2]byte{}), Now: time.Now,
		Wait: pause, Jitter: func() float64 { return 0 }, Log: slog.New(slog.DiscardHandler),
	}
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx, func(hardware.Sighting) error { return nil }) }()
	<-started
	script(e)
	if err := pause(ctx, 300*time.Millisecond); err != nil {
		return err
	}
	cancel()
	err = <-done
	time.Sleep(100 * time.Millisecond) // for the CLOSE_CONNECTION_RESPONSE
	return err
}

func script(e *llrptest.Emulator) {
	now := time.Now()
	e.ReportTags(llrp.TagReportData{EPC: []byte("twelveoctets"), Antenna: 1, RSSI: -48, First: now, Last: now, Count: 1})
	e.ReportTags(
		llrp.TagReportData{EPC: []byte("sixteen octets.."), Antenna: 2, RSSI: -60, First: now, Last: now.Add(time.Second), Count: 9},
		llrp.TagReportData{EPC: []byte("12octets.too"), Antenna: 1},
	)
	for _, event := range []*llrp.ReaderEventNotification{
		{At: now, ROSpec: &llrp.ROSpecEvent{Type: 1, ROSpec: 1}},
		{At: now, Antenna: &llrp.AntennaEvent{Antenna: 2}},
		{At: now, Fill: 90},
		{At: now, Overflow: true},
		{At: now, Exception: "antenna 2 is hot"},
	} {
		e.SendEvent(event)
	}
}

// printFrame writes one frame as a packet of a hexadecimal dump, I from the reader and O to it.
func printFrame(w io.Writer, fromReader bool, f []byte) {
	way := map[bool]string{true: "I", false: "O"}[fromReader]
	_, _ = fmt.Fprintf(w, "%s\n000000", way)
	for _, b := range f {
		_, _ = fmt.Fprintf(w, " %02x", b)
	}
	_, _ = fmt.Fprintln(w)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
