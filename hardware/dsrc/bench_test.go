package dsrc_test

import (
	"testing"

	"bompass/hardware/dsrc"
)

// answer returns the octets of a vector.
func answer(tb testing.TB, name string) []byte {
	tb.Helper()
	good, _ := vectors(tb)
	for _, v := range good {
		if v.Name == name {
			return octets(tb, v.Hex)
		}
	}
	tb.Fatalf("no vector %s", name)
	return nil
}

func BenchmarkDecodeVST(b *testing.B) {
	for name, in := range map[string][]byte{
		"level0": answer(b, "vst-level0"),
		"level1": octets(b, "900001C102021030C0010001020202011402040BADCAFEFFFFFFFFFFFF"), // a VST at security level 1
	} {
		b.Run(name, func(b *testing.B) {
			var p dsrc.VST
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Decode(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecodeGetResponse(b *testing.B) {
	in := answer(b, "get-response-payment-means")
	var p dsrc.GetResponse
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Decode(in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecode measures decoding octets of an unknown message type.
func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"bst-efc", "vst-level0", "get-response-payment-means", "get-stamped-response-two"} {
		in := answer(b, name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := dsrc.Decode(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, name := range []string{"bst-efc", "get-request-credentials", "get-stamped-request", "set-request-receipt", "get-response-many"} {
		p, err := dsrc.Decode(answer(b, name))
		if err != nil {
			b.Fatal(err)
		}
		out := make([]byte, 0, 256)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := dsrc.Append(out, p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
