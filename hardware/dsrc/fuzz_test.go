package dsrc_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bompass/hardware/dsrc"
)

// Octets that decode are encoded to the same octets, directly and through the notation.
func FuzzDecode(f *testing.F) {
	good, rejects := vectors(f)
	for _, v := range append(good, rejects...) {
		if v.Type == "TApdu" {
			f.Add(octets(f, v.Hex))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := dsrc.Decode(b)
		if err != nil {
			return
		}
		if again, err := dsrc.Append(nil, p); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%X decodes to %+v, which encodes to %X %v", b, p, again, err)
		}
		notation, err := dsrc.DecodeType("TApdu", b)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := dsrc.EncodeType("TApdu", notation); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%X is %s, which encodes to %X %v", b, notation, again, err)
		}
	})
}

// A toll parameter that parses is encoded to the same octets.
func FuzzTollParameter(f *testing.F) {
	f.Add(octets(f, "30C001000102"))
	f.Add(octets(f, "30C0010001020202011402040BADCAFE"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := dsrc.ParseTollParameter(b)
		if err != nil {
			return
		}
		if again := p.Octets(); !bytes.Equal(again, b) {
			t.Fatalf("%X parses to %+v, which is %X", b, p, again)
		}
	})
}

// Any message with fields in range round-trips.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small, eid := rapid.IntRange(0, 127), rapid.IntRange(0, 127)
		octets := rapid.Custom(func(t *rapid.T) dsrc.Octets {
			return append(dsrc.Octets{}, rapid.SliceOfN(rapid.Byte(), 0, 127).Draw(t, "octets")...)
		})
		date := dsrc.DateCompact{Year: rapid.IntRange(1990, 2117).Draw(t, "year"), Month: rapid.IntRange(0, 12).Draw(t, "month"), Day: rapid.IntRange(0, 31).Draw(t, "day")}
		want := dsrc.SetRequest{
			Fill: dsrc.Fill1(rapid.IntRange(0, 1).Draw(t, "fill")), Confirm: rapid.Bool().Draw(t, "confirm"), EID: eid.Draw(t, "eid"),
			Credentials: octets.Draw(t, "credentials"), IID: dsrc.Some(small.Draw(t, "iid")),
			Attributes: []dsrc.Attribute{
				{ID: small.Draw(t, "id"), Value: dsrc.Container{Value: dsrc.ValidityOfContract{Expiry: date}}},
				{ID: small.Draw(t, "id"), Value: dsrc.Container{Value: dsrc.PaymentBalance(rapid.Int32Range(-1<<23, 1<<23-1).Draw(t, "balance"))}},
				{ID: small.Draw(t, "id"), Value: dsrc.Container{Value: dsrc.EquipmentOBUId{Octets: octets.Draw(t, "obu")}}},
				{ID: small.Draw(t, "id"), Value: dsrc.Container{Value: dsrc.UnixTime(rapid.Uint32().Draw(t, "time"))}},
				{ID: small.Draw(t, "id"), Value: dsrc.Container{Value: dsrc.LicencePlate{Country: dsrc.Country(rapid.IntRange(0, 1023).Draw(t, "country")), Alphabet: rapid.IntRange(0, 32).Draw(t, "alphabet"), Number: octets.Draw(t, "plate")}}},
			},
		}
		b, err := dsrc.Append(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := dsrc.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(dsrc.PDU(want), got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestEncodingAllocatesNothing(t *testing.T) {
	good, _ := vectors(t)
	buffer := make([]byte, 0, 512)
	for _, v := range good {
		if v.Type != "TApdu" || extended(v) {
			continue
		}
		p, err := dsrc.Decode(octets(t, v.Hex))
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(10, func() { _, _ = dsrc.Append(buffer, p) }); n != 0 {
			t.Errorf("%s: %v allocations", v.Name, n)
		}
	}
}

func TestTypeNames(t *testing.T) {
	for _, name := range dsrc.Types() {
		if _, err := dsrc.EncodeType(name, json.RawMessage(`"nonsense"`)); err == nil {
			t.Errorf("%s takes nonsense", name)
		}
	}
	if _, err := dsrc.DecodeType("Nonsense", nil); err == nil {
		t.Error("a type that is not known decodes")
	}
}
