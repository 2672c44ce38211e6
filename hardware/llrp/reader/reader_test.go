package reader_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bompass/hardware"
	"bompass/hardware/llrp"
	"bompass/hardware/llrp/llrptest"
	"bompass/hardware/llrp/reader"
)

var issuer = [2]byte{0x30, 0xC0}

func pan(i int) string { return fmt.Sprintf("957801%013d", i) }

func tag(t *testing.T, number string, antenna uint16, rssi int8) llrp.TagReportData {
	t.Helper()
	epc, err := reader.DecimalEPC(issuer, number)
	if err != nil {
		t.Fatal(err)
	}
	return llrp.TagReportData{EPC: epc, Antenna: antenna, RSSI: rssi, First: time.Now().UTC(), Last: time.Now().UTC(), Count: 1}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func newReader(dial func(context.Context) (net.Conn, error)) *reader.Reader {
	return &reader.Reader{
		Dial: dial, Lanes: map[uint16]reader.Lane{1: {Number: 1, Direction: "in"}, 2: {Number: 2, Direction: "out"}, 3: {Number: 2, Direction: "out"}},
		Number: reader.DecimalNumber(issuer), Now: time.Now, Wait: sleep, Jitter: func() float64 { return 0.5 }, Log: slog.New(slog.DiscardHandler),
	}
}

// seen collects sightings.
type seen struct {
	mu  sync.Mutex
	all []hardware.Sighting
}

func (s *seen) emit(x hardware.Sighting) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, x)
	return nil
}

// drive runs a reader against an emulator in virtual time while script controls the emulator.
func drive(t *testing.T, e *llrptest.Emulator, script func(r *reader.Reader)) []hardware.Sighting {
	t.Helper()
	return driveWith(t, e, func(*reader.Reader) {}, script)
}

// driveWith is drive with a reader that setUp changes before it runs.
func driveWith(t *testing.T, e *llrptest.Emulator, setUp, script func(r *reader.Reader)) []hardware.Sighting {
	t.Helper()
	var got seen
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		e.Now = time.Now
		r := newReader(e.Dial)
		setUp(r)
		done := make(chan error)
		go func() { done <- r.Run(ctx, got.emit) }()
		time.Sleep(time.Second)
		script(r)
		time.Sleep(3 * time.Second)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return got.all
}

// A tag is reported many times while it is in the zone, and is one vehicle.
func TestManyReportsAreOneSighting(t *testing.T) {
	e := &llrptest.Emulator{}
	var strongest time.Time
	got := drive(t, e, func(r *reader.Reader) {
		for _, rssi := range []int8{-70, -55, -48, -60} {
			if rssi == -48 {
				strongest = time.Now().UTC()
			}
			e.ReportTags(tag(t, "9578010000000000012", 2, rssi))
			e.ReportTags(tag(t, "9578010000000000012", 3, rssi-3))
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		if h := r.Health(); !h.Up || h.Vehicles != 1 || h.Tags != 1 || h.Offset != 0 {
			t.Errorf("got %+v", h)
		}
	})
	if len(got) != 1 {
		t.Fatalf("got %d sightings, want 1", len(got))
	}
	s := got[0]
	if s.Lane != 2 || s.Direction != "out" || s.Tag.PAN != "9578010000000000012" || s.Tag.Finding != hardware.Read || !s.At.Equal(strongest) {
		t.Errorf("got %+v, want lane 2 at %v", s, strongest)
	}
	if e.Acks() == 0 {
		t.Error("no keep-alive was acknowledged")
	}
}

func TestReaderOfVersion101(t *testing.T) {
	e := &llrptest.Emulator{Version: llrptest.Version101Only}
	if got := drive(t, e, func(*reader.Reader) { e.ReportTags(tag(t, pan(1), 1, -50)) }); len(got) != 1 {
		t.Errorf("got %d sightings, want 1", len(got))
	}
}

// An unusual tag is a finding.
func TestFindings(t *testing.T) {
	e := &llrptest.Emulator{}
	got := drive(t, e, func(*reader.Reader) {
		e.ReportTags(tag(t, "9578010000000000013", 1, -50))
		e.ReportTags(llrp.TagReportData{EPC: []byte("of no issuer"), Antenna: 1}) // without timestamps
		e.ReportTags(llrp.TagReportData{EPC: []byte("x"), Antenna: 9})            // an antenna without a lane
	})
	var findings []hardware.Finding
	for _, s := range got {
		findings = append(findings, s.Tag.Finding)
	}
	slices.Sort(findings)
	if want := []hardware.Finding{hardware.UnknownIssuer, hardware.WrongNumber}; !slices.Equal(findings, want) {
		t.Errorf("got %v, want %v", findings, want)
	}
}

// After any fault of the connection, every report that the reader held or sent arrives once and in order.
func TestFaultsLoseAndDuplicateNothing(t *testing.T) {
	for name, fault := range map[string]func(*llrptest.Emulator){
		"the line is cut":         (*llrptest.Emulator).Cut,
		"the line is half open":   (*llrptest.Emulator).Freeze,
		"the reader says goodbye": func(e *llrptest.Emulator) { e.SendEvent(&llrp.ReaderEventNotification{At: time.Now(), Closed: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			e := &llrptest.Emulator{}
			const cars = 40
			got := drive(t, e, func(*reader.Reader) {
				for i := range cars {
					report := tag(t, pan(i), uint16(1+i%2), -50)
					e.ReportTags(report)
					if i%10 == 5 {
						fault(e)
					}
					time.Sleep(300 * time.Millisecond)
					report.Last = time.Now()
					e.ReportTags(report, report) // a late read of the same visit, and a duplicate
					time.Sleep(300 * time.Millisecond)
				}
				time.Sleep(time.Minute)
			})
			once(t, got, cars)
		})
	}
}

func once(t *testing.T, got []hardware.Sighting, cars int) {
	t.Helper()
	times := map[string]int{}
	for _, s := range got {
		times[s.Tag.PAN]++
	}
	for i := range cars {
		if n := times[pan(i)]; n != 1 {
			t.Errorf("car %d: seen %d times", i, n)
		}
	}
	if len(got) != cars {
		t.Errorf("got %d sightings of %d cars", len(got), cars)
	}
}

// A reader is set up again after a power failure.
func TestReaderRestarts(t *testing.T) {
	e := &llrptest.Emulator{}
	starts := 0
	e.Started = func() { starts++ }
	got := drive(t, e, func(*reader.Reader) {
		e.ReportTags(tag(t, pan(0), 1, -50))
		time.Sleep(2 * time.Second)
		e.Restart()
		time.Sleep(2 * time.Second)
		e.ReportTags(tag(t, pan(1), 1, -50))
	})
	once(t, got, 2)
	if starts != 2 {
		t.Errorf("got %d starts, want 2", starts)
	}
}

// Garbled octets end the connection but never the driver, and never become a tag.
func TestGarbledOctetsNeverBecomeATag(t *testing.T) {
	e := &llrptest.Emulator{}
	n := 0
	e.Garble = func(f []byte) []byte {
		if n++; n%25 != 20 {
			return f
		}
		garbled := slices.Clone(f)
		garbled[len(garbled)/3] ^= 0x80
		return garbled
	}
	got := drive(t, e, func(*reader.Reader) {
		for i := range 60 {
			e.ReportTags(tag(t, pan(i), 1, -50))
			time.Sleep(2 * time.Second)
		}
	})
	if len(got) < 45 {
		t.Errorf("got %d sightings of 60 cars", len(got))
	}
}

// An error of emit ends Run, and a connection of another client is waited out.
func TestEmitErrorEndsRun(t *testing.T) {
	errFull := errors.New("disk is full")
	synctest.Test(t, func(t *testing.T) {
		e := &llrptest.Emulator{Now: time.Now}
		other, err := e.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := llrp.ReadFrame(other); err != nil {
			t.Fatal(err)
		}
		r := newReader(e.Dial)
		done := make(chan error)
		go func() { done <- r.Run(t.Context(), func(hardware.Sighting) error { return errFull }) }()
		time.Sleep(3 * time.Second)
		if h := r.Health(); h.Up || h.Fault == "" {
			t.Errorf("got %+v while another client has the reader", h)
		}
		_ = other.Close()
		time.Sleep(time.Minute)
		e.ReportTags(tag(t, pan(1), 1, -50))
		if err := <-done; !errors.Is(err, errFull) {
			t.Errorf("got %v, want %v", err, errFull)
		}
		e.Cut()
	})
}
