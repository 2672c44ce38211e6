package llrp_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/hardware/llrp"
)

func octets(tb testing.TB, text string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// exportAll lets cmp compare the embedded contents of messages.
var exportAll = cmp.Exporter(func(reflect.Type) bool { return true })

// frames returns a frame of every message.
func frames() []llrp.Frame {
	welcome, at := llrp.ConnectionOK, time.UnixMicro(1594174805140192).UTC()
	status := llrp.Status{Code: 101, Text: "wrong field"}
	deleted, failed := &llrp.DeleteROSpec{ROSpecID: 1}, &llrp.AddROSpecResponse{}
	failed.Status = status
	mode := uint16(3)
	messages := []llrp.Message{
		&llrp.GetSupportedVersion{}, &llrp.Keepalive{}, &llrp.KeepaliveAck{}, &llrp.EnableEventsAndReports{}, &llrp.CloseConnection{},
		&llrp.GetROSpecs{}, &llrp.GetReport{}, deleted, &llrp.EnableROSpec{ROSpecID: 1}, &llrp.StartROSpec{ROSpecID: 1},
		&llrp.StopROSpec{ROSpecID: 1}, &llrp.DisableROSpec{ROSpecID: 1}, &llrp.DeleteAccessSpec{}, failed, &llrp.ErrorMessage{},
		&llrp.CloseConnectionResponse{}, &llrp.SetProtocolVersionResponse{}, &llrp.DeleteAccessSpecResponse{},
		&llrp.GetReaderConfig{Antenna: 2, Requested: 1},
		&llrp.GetReaderConfigResponse{Status: status, ReaderID: []byte{1, 2}, KeepaliveMS: new(uint32(5)), Hold: new(true), Events: []uint16{llrp.EventROSpec}},
		&llrp.GetROSpecsResponse{Specs: []llrp.ROSpec{{ID: 1, State: llrp.ROSpecActive, Antennas: []uint16{0}, Trigger: llrp.ReportEveryTag, N: 1}}},
		&llrp.AddROSpec{Spec: llrp.ROSpec{
			ID: 2, Antennas: []uint16{1}, Trigger: llrp.ReportEveryTag, N: 1, StartGPI: &llrp.GPITrigger{Port: 1, High: true, TimeoutMS: 9},
			Radio: llrp.Radio{Power: 81, HopTable: 1, Channel: 2, Mode: &mode, Session: 2, Population: 32},
		}},
		&llrp.GetReaderCapabilitiesResponse{General: &llrp.GeneralDeviceCapabilities{Antennas: 1}, LLRP: &llrp.LLRPCapabilities{}, Regulatory: true, Gen2: true},
		&llrp.GetSupportedVersionResponse{Current: 1, Supported: 2}, &llrp.SetProtocolVersion{Version: 2},
		&llrp.GetReaderCapabilities{Part: llrp.PartGeneral},
		&llrp.GetReaderCapabilitiesResponse{General: &llrp.GeneralDeviceCapabilities{Antennas: 4, HasClock: true, Manufacturer: 26554, Model: 7, Firmware: "3.2"}},
		&llrp.GetReaderCapabilitiesResponse{LLRP: &llrp.LLRPCapabilities{HoldsEventsAndReports: true, WarnsOfFullBuffer: true, ROSpecs: 1, SpecsPerSpec: 1}},
		&llrp.SetReaderConfig{KeepaliveMS: new(uint32(2000)), Hold: new(true), Events: []uint16{llrp.EventAntenna, llrp.EventException}},
		&llrp.AddROSpec{Spec: llrp.ROSpec{ID: 1, Antennas: []uint16{1, 2}, Trigger: llrp.ReportEveryTag, N: 1}},
		&llrp.ROAccessReport{Tags: []llrp.TagReportData{
			{EPC: []byte("twelveoctets"), Antenna: 1, RSSI: -48, First: at, Last: at.Add(time.Millisecond), Count: 3},
			{EPC: []byte("a longer number"), Antenna: 2},
		}},
		&llrp.ReaderEventNotification{At: at, Connection: &welcome}, &llrp.ReaderEventNotification{At: at, Closed: true}, &llrp.ReaderEventNotification{Uptime: 3 * time.Second, Overflow: true, Fill: 90},
		&llrp.ReaderEventNotification{At: at, ROSpec: &llrp.ROSpecEvent{Type: 1, ROSpec: 1}, Exception: "antenna 2 is hot"},
		&llrp.ReaderEventNotification{At: at, Antenna: &llrp.AntennaEvent{Connected: true, Antenna: 3}},
		&llrp.Unknown{MessageType: 1023, Octets: []byte{0, 0, 101, 26, 1}},
	}
	all := make([]llrp.Frame, len(messages))
	for i, m := range messages {
		all[i] = llrp.Frame{Version: llrp.Version11, ID: uint32(i), Message: m}
	}
	return all
}

func TestEveryMessageRoundTrips(t *testing.T) {
	for _, want := range frames() {
		b, err := llrp.Append(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := llrp.Decode(b)
		if diff := cmp.Diff(want, got, exportAll); diff != "" || err != nil {
			t.Errorf("%X: %v (-want +got):\n%s", b, err, diff)
		}
	}
}

// A report as a reader in the field sends it, published with an open source LLRP library.
func TestReportExampleDecodes(t *testing.T) {
	body := "00f0001f8d3000abcdef00000000000003810001" + "86d0" + "820005a9e4bef862e0"
	got, err := llrp.Decode(octets(t, "083d00000029"+"00000007"+body))
	want := llrp.Frame{Version: 2, ID: 7, Message: &llrp.ROAccessReport{Tags: []llrp.TagReportData{{
		EPC: octets(t, "3000abcdef00000000000003"), Antenna: 1, RSSI: -48, First: time.UnixMicro(1594174805140192).UTC(),
	}}}}
	if diff := cmp.Diff(want, got, exportAll); diff != "" || err != nil {
		t.Fatalf("%v (-want +got):\n%s", err, diff)
	}
	again, err := llrp.Append(nil, got)
	if text := hex.EncodeToString(again); err != nil || text != "083d0000002900000007"+body {
		t.Errorf("got %s %v", text, err)
	}
}

func TestSetProtocolVersionIsOneOctet(t *testing.T) {
	got, err := llrp.Append(nil, llrp.Frame{Version: llrp.Version11, ID: 2, Message: &llrp.SetProtocolVersion{Version: llrp.Version11}})
	if text := hex.EncodeToString(got); err != nil || text != "082f0000000b0000000202" {
		t.Errorf("got %s %v", text, err)
	}
}

// An error names its field.
func TestRefusals(t *testing.T) {
	for _, c := range []struct{ name, octets, want string }{
		{"a parameter longer than its message", "083d0000000f" + "00000001" + "00f0001f8d", "TagReportData: 27 octet(s) wanted, 1 left"},
		{"a parameter shorter than its head", "083d0000000e" + "00000001" + "00f00003", "TagReportData: the value is none of the field's"},
		{"an antenna that is neither here nor gone", "083f00000015" + "00000001" + "00f6000b" + "00ff0007020001", "ReaderEventNotificationData.AntennaEvent.EventType: the value is none of the field's"},
		{"octets behind a status", "08220000001300000001" + "011f000900000000" + "ff", "LLRPStatus.parameter 127: the value is none of the field's"},
	} {
		b := octets(t, c.octets)
		b[5] = byte(len(b))
		_, err := llrp.Decode(b)
		refused, ok := errors.AsType[*llrp.Error](err)
		if !ok {
			t.Errorf("%s: got %v, want a refusal", c.name, err)
			continue
		}
		if refused.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.name, refused, c.want)
		}
	}
	for _, text := range []string{"", "083d000000", "083d0000000b00000001"} {
		if _, err := llrp.Decode(octets(t, text)); !errors.Is(err, llrp.ErrFrame) {
			t.Errorf("%q: got %v, want %v", text, err, llrp.ErrFrame)
		}
	}
}

// A TagReportData that does not decode is kept apart and does not lose the others; a time beyond the calendar
// counts as unknown.
func TestInvalidTagReportIsKeptApart(t *testing.T) {
	good := "00f0001f8d3000abcdef0000000000000381000186d0820005a9e4bef862e0"
	for name, bad := range map[string]string{"cut": "00f0000586", "unknown parameter": "00f00005ff"} {
		b := octets(t, "083d00000000"+"00000001"+bad+good)
		b[5] = byte(len(b))
		f, err := llrp.Decode(b)
		r, ok := f.Message.(*llrp.ROAccessReport)
		if err != nil || !ok || len(r.Tags) != 1 || len(r.Invalid) != 1 {
			t.Errorf("%s: got %+v %v", name, f.Message, err)
		}
	}
	f, err := llrp.Decode(octets(t, "043d000000240000000400f0001a8d00000000000000000000000082ffffffffffffffff"))
	if r, ok := f.Message.(*llrp.ROAccessReport); err != nil || !ok || len(r.Tags) != 1 || !r.Tags[0].First.IsZero() {
		t.Errorf("got %+v %v, want one tag without a time", f.Message, err)
	}
}

// A frame that is too long is skipped, and the one behind it is read.
func TestLongFrameIsSkipped(t *testing.T) {
	long := make([]byte, 3<<20)
	copy(long, octets(t, "083d0030000000000001"))
	good, err := llrp.Append(nil, llrp.Frame{Version: llrp.Version11, ID: 2, Message: &llrp.Keepalive{}})
	if err != nil {
		t.Fatal(err)
	}
	r := bytes.NewReader(append(long, good...))
	if _, err := llrp.ReadFrame(r); !errors.Is(err, llrp.ErrLong) {
		t.Errorf("got %v, want %v", err, llrp.ErrLong)
	}
	if b, err := llrp.ReadFrame(r); err != nil || !bytes.Equal(b, good) {
		t.Errorf("got %X %v", b, err)
	}
}

// Any octets are a message or an error, and a decoded message can be encoded again.
func FuzzDecode(f *testing.F) {
	for _, frame := range frames() {
		b, err := llrp.Append(nil, frame)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := llrp.Decode(b)
		if err != nil {
			return
		}
		again, err := llrp.Append(nil, frame)
		if err != nil {
			t.Fatalf("%+v: %v", frame, err)
		}
		same, err := llrp.Decode(again)
		if diff := cmp.Diff(frame, same, exportAll); diff != "" || err != nil {
			t.Fatalf("%v (-first +again):\n%s", err, diff)
		}
	})
}
