package reader_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"bompass/hardware"
	"bompass/hardware/llrp"
	"bompass/hardware/llrp/llrptest"
	"bompass/hardware/llrp/reader"
)

// refuse returns an Emulator.Refuse for requests of some types.
func refuse(types ...llrp.MessageType) func(llrp.Message) bool {
	return func(m llrp.Message) bool {
		for _, t := range types {
			if m.Type() == t {
				return true
			}
		}
		return false
	}
}

// refuseSetting refuses SET_READER_CONFIG with a part.
func refuseSetting(part func(*llrp.SetReaderConfig) bool) func(llrp.Message) bool {
	return func(m llrp.Message) bool {
		c, ok := m.(*llrp.SetReaderConfig)
		return ok && part(c)
	}
}

func raw(t *testing.T, e *llrptest.Emulator, text string) func() {
	t.Helper()
	octets, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return func() { e.SendRaw(octets) }
}

// A driver carries the tags of readers that deviate from the specification in any of these ways.
func TestUnusualReadersAreSupported(t *testing.T) {
	keepMS := func(ms uint32) func(uint32) uint32 { return func(uint32) uint32 { return ms } }
	event := func(n uint16) func(*llrp.SetReaderConfig) bool {
		return func(c *llrp.SetReaderConfig) bool { return len(c.Events) > 0 && c.Events[0] == n }
	}
	ended := func(kind uint8) func(e *llrptest.Emulator) {
		return func(e *llrptest.Emulator) {
			e.SendEvent(&llrp.ReaderEventNotification{At: time.Now(), ROSpec: &llrp.ROSpecEvent{Type: kind, ROSpec: 1}})
		}
	}
	inject := func(text string) func(e *llrptest.Emulator) {
		return func(e *llrptest.Emulator) { raw(t, e, text)() }
	}
	long := "043d" + "00180000" + "00000009" + strings.Repeat("00", 0x180000-10)
	readers := []struct {
		name   string
		reader llrptest.Emulator
		middle func(*llrptest.Emulator)
	}{
		{name: "a reader of both versions"},
		{name: "refuses the version question", reader: llrptest.Emulator{Version: llrptest.Version101Only}},
		{name: "refuses it with id 0", reader: llrptest.Emulator{Version: llrptest.VersionErrorIDZero}},
		{name: "does not answer it", reader: llrptest.Emulator{Version: llrptest.VersionSilent}},
		{name: "hangs up on it", reader: llrptest.Emulator{Version: llrptest.VersionHangUp}},
		{name: "refuses version 1.1", reader: llrptest.Emulator{Refuse: refuse(llrp.TypeSetProtocolVersion)}},
		{name: "refuses every setting", reader: llrptest.Emulator{Refuse: refuse(llrp.TypeSetReaderConfig)}},
		{name: "refuses ROSpec events", reader: llrptest.Emulator{Refuse: refuseSetting(event(llrp.EventROSpec))}},
		{name: "refuses buffer events", reader: llrptest.Emulator{Refuse: refuseSetting(event(llrp.EventBuffer))}},
		{name: "refuses exception events", reader: llrptest.Emulator{Refuse: refuseSetting(event(llrp.EventException))}},
		{name: "refuses antenna events", reader: llrptest.Emulator{Refuse: refuseSetting(event(llrp.EventAntenna))}},
		{name: "refuses keep-alives", reader: llrptest.Emulator{Refuse: refuseSetting(func(c *llrp.SetReaderConfig) bool { return c.KeepaliveMS != nil })}},
		{name: "refuses holding", reader: llrptest.Emulator{Refuse: refuseSetting(func(c *llrp.SetReaderConfig) bool { return c.Hold != nil })}},
		{name: "refuses to delete all ROSpecs", reader: llrptest.Emulator{Refuse: func(m llrp.Message) bool {
			d, ok := m.(*llrp.DeleteROSpec)
			return ok && d.ROSpecID == 0
		}}},
		{name: "refuses to delete any ROSpec", reader: llrptest.Emulator{Refuse: refuse(llrp.TypeDeleteROSpec)}},
		{name: "does not support holding", reader: llrptest.Emulator{NoHold: true}},
		{name: "has no clock", reader: llrptest.Emulator{NoClock: true}},
		{name: "has no clock and does not hold", reader: llrptest.Emulator{NoClock: true, NoHold: true}},
		{name: "sends slow keep-alives", reader: llrptest.Emulator{KeepMS: keepMS(15_000)}},
		{name: "sends fast keep-alives", reader: llrptest.Emulator{KeepMS: keepMS(100)}},
		{name: "sends no keep-alives", reader: llrptest.Emulator{KeepMS: keepMS(0)}},
		{name: "ends its ROSpec", middle: ended(llrp.ROSpecEnded)},
		{name: "preempts its ROSpec", middle: ended(llrp.ROSpecPreempted)},
		{name: "sends the end of the ROSpec as in the field", middle: inject("043f0000002200000005" + "00f600180080000c0000000000000000" + "00f9000d01" + "0000000100000000" + "")},
		{name: "sends a time beyond the calendar", middle: inject("043d000000240000000400f0001a8d00000000000000000000000082ffffffffffffffff")},
		{name: "sends an AntennaEvent of type 2", middle: inject("043f0000002100000005" + "00f600170080000c0000000000000000" + "00ff0007" + "020001")},
		{name: "sends an unknown TV parameter", middle: inject("043d0000000f0000000400f00005ff")},
		{name: "sends a report over 1 MiB", middle: inject(long)},
		{name: "sends an unknown message", middle: inject("07ff0000000c000000040000")},
		{name: "sends an empty report", middle: inject("043d0000000a00000004")},
		{name: "disconnects and connects an antenna", middle: func(e *llrptest.Emulator) {
			for _, connected := range []bool{false, true} {
				e.SendEvent(&llrp.ReaderEventNotification{At: time.Now(), Antenna: &llrp.AntennaEvent{Antenna: 1, Connected: connected}})
			}
		}},
	}
	carried := 0
	for i := range readers {
		c := &readers[i]
		t.Run(c.name, func(t *testing.T) {
			const cars = 3
			var health hardware.Health
			got := drive(t, &c.reader, func(r *reader.Reader) {
				time.Sleep(15 * time.Second) // some reconnect first
				for n := range cars {
					if n == 1 && c.middle != nil {
						c.middle(&c.reader)
						time.Sleep(2 * time.Second)
					}
					report := tag(t, pan(n), 1, -50)
					c.reader.ReportTags(report)
					time.Sleep(40 * time.Second)
				}
				health = r.Health()
			})
			once(t, got, cars)
			for _, s := range got {
				if late := s.At.Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); late < 0 || late > 10*time.Minute {
					t.Errorf("dated %v after the start", late)
				}
			}
			if len(got) == cars && health.Up {
				carried++
			} else {
				t.Errorf("got %d sightings, %+v", len(got), health)
			}
		})
	}
	t.Logf("%d of %d odd readers carried", carried, len(readers))
}

// A tag that stands in the field, with gaps and under several antennas, is one passage in the lane of the
// strongest signal.
func TestStandingTagIsOnePassage(t *testing.T) {
	e := &llrptest.Emulator{}
	got := drive(t, e, func(*reader.Reader) {
		for i := range 10 {
			report := tag(t, pan(1), uint16(1+i%2), int8(-60-10*(i%2)))
			e.ReportTags(report)
			time.Sleep(1200 * time.Millisecond) // longer than it takes to leave the zone
		}
	})
	if len(got) != 1 || got[0].Lane != 1 {
		t.Errorf("got %+v, want one passage in lane 1", got)
	}
}

// Reports that the reader held while the line was down are dated by its clock, also when that counts from the
// reader's start.
func TestHeldReportsAreDatedByTheReader(t *testing.T) {
	for _, noClock := range []bool{false, true} {
		e := &llrptest.Emulator{NoClock: noClock}
		var seen time.Time
		got := drive(t, e, func(*reader.Reader) {
			e.ReportTags(tag(t, pan(0), 1, -50)) // a sample of the clock
			time.Sleep(20 * time.Second)
			e.Cut()
			seen = time.Now()
			e.ReportTags(tag(t, pan(1), 1, -50))
			time.Sleep(20 * time.Second)
		})
		once(t, got, 2)
		for _, s := range got {
			if s.Tag.PAN == pan(1) && s.At.Sub(seen).Abs() > 100*time.Millisecond {
				t.Errorf("without a clock %t: dated %v after it was seen", noClock, s.At.Sub(seen))
			}
		}
	}
}

// A reader's clock that is off raises an alarm, and the corrected times carry the correction.
func TestWrongClockIsCorrected(t *testing.T) {
	e := &llrptest.Emulator{}
	const off = 90 * time.Second
	var health hardware.Health
	var seen time.Time
	got := drive(t, e, func(r *reader.Reader) {
		for range 6 {
			e.SendEvent(&llrp.ReaderEventNotification{At: time.Now().Add(-off), Fill: 1})
			time.Sleep(time.Second)
		}
		seen = time.Now()
		report := tag(t, pan(1), 1, -50)
		report.First, report.Last = report.First.Add(-off), report.Last.Add(-off)
		e.ReportTags(report)
		time.Sleep(3 * time.Second)
		health = r.Health()
	})
	if len(got) != 1 || got[0].At.Sub(seen).Abs() > 100*time.Millisecond || (got[0].Correction-off).Abs() > 100*time.Millisecond {
		t.Errorf("seen at %v: got %+v", seen, got)
	}
	if !strings.Contains(health.Fault, "clock is off") || len(health.Faults) != 1 || health.Faults[0].Since.IsZero() {
		t.Errorf("got %+v", health)
	}
}

// The radio profile reaches the reader.
func TestProfileIsSent(t *testing.T) {
	e := &llrptest.Emulator{}
	mode := uint16(1002)
	want := reader.Profile{Radio: llrp.Radio{Power: 81, Session: 1, Mode: &mode, Population: 16}, StartGPI: &llrp.GPITrigger{Port: 2, High: true}}
	driveWith(t, e, func(r *reader.Reader) { r.Profile = want }, func(*reader.Reader) {
		spec := e.Spec()
		if spec == nil || spec.Radio.Power != 81 || spec.Radio.Session != 1 || *spec.Radio.Mode != mode || spec.StartGPI == nil || spec.StartGPI.Port != 2 {
			t.Errorf("got %+v", spec)
		}
	})
}

// A Reader without its required fields returns an error, and the zero value has a Health.
func TestZeroReader(t *testing.T) {
	var r reader.Reader
	if err := r.Run(t.Context(), func(hardware.Sighting) error { return nil }); err == nil || r.Health().Up {
		t.Errorf("got %v, %+v", err, r.Health())
	}
}

// A report without an antenna belongs to the lane of a reader that has one only.
func TestReportWithoutAntenna(t *testing.T) {
	e := &llrptest.Emulator{}
	got := driveWith(t, e, func(r *reader.Reader) { r.Lanes = map[uint16]reader.Lane{1: {Number: 5}} }, func(*reader.Reader) {
		report := tag(t, pan(1), 0, -50)
		e.ReportTags(report)
	})
	if len(got) != 1 || got[0].Lane != 5 {
		t.Errorf("got %+v", got)
	}
}

// For any octets from a reader, a connection ends without a panic and emits nothing but tags of the octets.
func FuzzReaderOctets(f *testing.F) {
	for _, text := range []string{"04010000001820fb181f0003ff000d2c87e56a7077ad31b3", "043d000000240000000400f0001a8d00000000000000000000000082ffffffffffffffff", "043f0000001400000001" + "00f6000a" + "01000006" + "0000"} {
		b, err := hex.DecodeString(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		if len(octets) > 4096 { // longer inputs show nothing else and stall the minimizer
			return
		}
		e := &llrptest.Emulator{}
		drive(t, e, func(*reader.Reader) {
			e.SendRaw(octets)
			time.Sleep(time.Second)
		})
	})
}
