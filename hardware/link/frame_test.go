package link_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bompass/hardware/link"
)

func TestFCSVectors(t *testing.T) {
	text, err := os.ReadFile("../dsrc/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Checksums struct {
			Cases []struct{ Data, FCS string }
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Checksums.Cases) == 0 {
		t.Fatal(err, len(file.Checksums.Cases))
	}
	for _, c := range file.Checksums.Cases {
		data, err := hex.DecodeString(c.Data)
		if err != nil {
			t.Fatal(err)
		}
		fcs := link.FCS(data)
		if got := strings.ToUpper(hex.EncodeToString([]byte{byte(fcs >> 8), byte(fcs)})); got != c.FCS {
			t.Errorf("%s: got %s, want %s", c.Data, got, c.FCS)
		}
	}
}

// A state request octet by octet, as printed in assets/docs/link.md.
func TestFrameOctets(t *testing.T) {
	for _, c := range []struct {
		name, want string
		message    link.Message
	}{
		{"begin a session", "7E0100010001668F7E", link.Message{Op: link.OpState, Sequence: 1, Payload: []byte{1}}},
		{"flags and escapes are stuffed", "7E037D5E7D5D00007D5E7D5D8C737E", link.Message{Op: link.OpExchange, Sequence: 0x7E7D, Payload: []byte{0, 0x7E, 0x7D}}},
	} {
		if got := strings.ToUpper(hex.EncodeToString(c.message.Append(nil))); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// Bodies round-trip through frames, however the stream is cut and with any noise between frames.
func TestFramesSurviveFragmentationAndNoise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		var want [][]byte
		for range rapid.IntRange(1, 6).Draw(t, "frames") {
			body := rapid.SliceOfN(rapid.Byte(), 1, 100).Draw(t, "body")
			want = append(want, body)
			stream = link.AppendFrame(stream, body)
		}
		var d link.Deframer
		var got [][]byte
		for len(stream) > 0 {
			n := rapid.IntRange(1, len(stream)).Draw(t, "cut")
			got = append(got, d.Feed(stream[:n])...)
			stream = stream[n:]
		}
		if diff := cmp.Diff(want, got); diff != "" || d.Damaged() != 0 {
			t.Fatalf("%d bad (-want +got):\n%s", d.Damaged(), diff)
		}
	})
}

// A damaged frame is dropped, and the next one is received.
func TestDamagedFrameIsDropped(t *testing.T) {
	good := link.AppendFrame(nil, []byte("passage"))
	for i := 1; i < len(good)-1; i++ {
		for bit := range 8 {
			damaged := bytes.Clone(good)
			damaged[i] ^= 1 << bit
			var d link.Deframer
			bodies := d.Feed(append(damaged, good...))
			if len(bodies) != 1 || string(bodies[0]) != "passage" || d.Damaged() == 0 {
				t.Errorf("octet %d, bit %d: got %q, %d bad", i, bit, bodies, d.Damaged())
			}
		}
	}
}

func TestTooLongFrameIsDropped(t *testing.T) {
	var d link.Deframer
	bodies := d.Feed(link.AppendFrame(nil, make([]byte, link.BodyMax+1)))
	bodies = append(bodies, d.Feed(link.AppendFrame(nil, make([]byte, link.BodyMax)))...)
	if len(bodies) != 1 || len(bodies[0]) != link.BodyMax || d.Damaged() != 1 {
		t.Errorf("got %d frames, %d bad", len(bodies), d.Damaged())
	}
}

func FuzzDeframer(f *testing.F) {
	f.Add(link.AppendFrame(nil, []byte("a")))
	f.Add([]byte{0x7E, 0x7D, 0x7E, 0x7E, 1, 2, 0x7D, 0x5E, 0x7E})
	f.Fuzz(func(t *testing.T, b []byte) {
		var d link.Deframer
		for _, body := range d.Feed(b) {
			var again link.Deframer
			if got := again.Feed(link.AppendFrame(nil, body)); len(got) != 1 || !bytes.Equal(got[0], body) {
				t.Fatalf("%X frames to %X", body, got)
			}
			m, err := link.ParseMessage(body)
			if err != nil {
				continue
			}
			_, _ = link.ParseState(m.Payload)
			_, _ = link.ParseCounters(m.Payload)
			whole := m.Append(nil)
			if got := again.Feed(whole); len(got) != 1 || !bytes.Equal(got[0], body) {
				t.Fatalf("%+v is %X, want %X", m, got, body)
			}
		}
	})
}

func TestPayloadsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := link.State{
			Boot: rapid.Uint32().Draw(t, "boot"), Clock: time.UnixMilli(rapid.Int64Range(0, 1<<45).Draw(t, "clock")),
			Fresh: rapid.Bool().Draw(t, "fresh"), Radio: rapid.Bool().Draw(t, "radio"), Engaged: rapid.Bool().Draw(t, "engaged"), Fault: rapid.Byte().Draw(t, "fault"),
		}
		if got, err := link.ParseState(s.Append(nil)); err != nil || got != s {
			t.Fatalf("got %+v %v, want %+v", got, err, s)
		}
		c := link.Counters{Found: rapid.Uint32().Draw(t, "found"), Requests: rapid.Uint32().Draw(t, "requests")}
		if got, err := link.ParseCounters(c.Append(nil)); err != nil || got != c {
			t.Fatalf("got %+v %v, want %+v", got, err, c)
		}
	})
}
