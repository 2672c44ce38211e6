package llrp_test

import (
	"encoding/hex"
	"errors"
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

// frames returns a frame of every message.
func frames() []llrp.Frame {
	welcome, at := llrp.ConnectionOK, time.UnixMicro(1594174805140192).UTC()
	ask := func(k llrp.MessageType) llrp.Message { return &llrp.Ask{Of: k, ROSpec: 1} }
	reply := func(k llrp.MessageType) llrp.Message {
		return &llrp.Reply{Of: k, Status: llrp.Status{Code: 101, Text: "wrong field"}}
	}
	messages := []llrp.Message{
		&llrp.Plain{Of: llrp.TypeGetSupportedVersion}, &llrp.Plain{Of: llrp.TypeKeepalive}, &llrp.Plain{Of: llrp.TypeKeepaliveAck},
		&llrp.Plain{Of: llrp.TypeEnableEventsAndReports}, &llrp.Plain{Of: llrp.TypeCloseConnection},
		ask(llrp.TypeDeleteROSpec), ask(llrp.TypeEnableROSpec), ask(llrp.TypeStartROSpec), ask(llrp.TypeStopROSpec), ask(llrp.TypeDisableROSpec),
		reply(llrp.TypeAddROSpecResponse), reply(llrp.TypeErrorMessage), reply(llrp.TypeCloseConnectionResponse), reply(llrp.TypeSetProtocolVersionResponse),
		&llrp.GetSupportedVersionResponse{Current: 1, Supported: 2}, &llrp.SetProtocolVersion{Version: 2},
		&llrp.GetReaderCapabilities{Part: llrp.PartGeneral},
		&llrp.GetReaderCapabilitiesResponse{General: &llrp.GeneralDeviceCapabilities{Antennas: 4, HasClock: true, Manufacturer: 26554, Model: 7, Firmware: "3.2"}},
		&llrp.GetReaderCapabilitiesResponse{LLRP: &llrp.LLRPCapabilities{HoldsEventsAndReports: true, WarnsOfFullBuffer: true, ROSpecs: 1, SpecsPerSpec: 1}},
		&llrp.SetReaderConfig{KeepAliveMS: 2000, Hold: true, Events: []uint16{llrp.EventAntenna, llrp.EventException}},
		&llrp.AddROSpec{Spec: llrp.ROSpec{ID: 1, Antennas: []uint16{1, 2}, Trigger: llrp.ReportEveryTag, N: 1}},
		&llrp.ROAccessReport{Tags: []llrp.TagReportData{
			{EPC: []byte("twelveoctets"), Antenna: 1, RSSI: -48, First: at, Last: at.Add(time.Millisecond), Count: 3},
			{EPC: []byte("a longer number"), Antenna: 2},
		}},
		&llrp.ReaderEventNotification{At: at, Connection: &welcome}, &llrp.ReaderEventNotification{At: at, Closed: true}, &llrp.ReaderEventNotification{Overflow: true, Fill: 90},
		&llrp.ReaderEventNotification{At: at, ROSpec: &llrp.ROSpecEvent{Type: 1, ROSpec: 1}, Exception: "antenna 2 is hot"},
		&llrp.ReaderEventNotification{At: at, Antenna: &llrp.AntennaEvent{Connected: true, Antenna: 3}},
		&llrp.Other{Of: 1023, Octets: []byte{0, 0, 101, 26, 1}},
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
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
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
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
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
		{"a report cut in its strength", "083d00000011" + "00000001" + "00f0000586", "TagReportData.PeakRSSI: 1 octet(s) wanted, 0 left"},
		{"a parameter longer than its message", "083d0000000f" + "00000001" + "00f0001f8d", "TagReportData: 27 octet(s) wanted, 1 left"},
		{"a parameter shorter than its head", "083d0000000e" + "00000001" + "00f00003", "TagReportData: the value is none of the field's"},
		{"a short parameter that nobody knows", "083d0000000f" + "00000001" + "00f00005ff", "TagReportData.parameter 127: the value is none of the field's"},
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
		if diff := cmp.Diff(frame, same); diff != "" || err != nil {
			t.Fatalf("%v (-first +again):\n%s", err, diff)
		}
	})
}
