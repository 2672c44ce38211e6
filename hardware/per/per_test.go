package per_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"bompass/hardware/per"
)

// Fields of any width round-trip in sequence.
func TestFieldsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		widths := rapid.SliceOfN(rapid.IntRange(1, 56), 1, 30).Draw(t, "widths")
		values := make([]uint64, len(widths))
		w := per.NewWriter(nil)
		for i, n := range widths {
			values[i] = rapid.Uint64Range(0, 1<<n-1).Draw(t, "value")
			w.Bits(values[i], n)
		}
		w.Signed("signed", -3, 7)
		w.Int("int", 1997, 1990, 2117)
		w.Octets("octets", []byte("tag"))
		b, err := w.Result()
		if err != nil {
			t.Fatal(err)
		}
		r := per.NewReader(b)
		for i, n := range widths {
			if got := r.Bits("bits", n); got != values[i] {
				t.Fatalf("field %d of %d bits: got %x, want %x", i, n, got, values[i])
			}
		}
		if got := r.Signed("signed", 7); got != -3 {
			t.Fatalf("signed: got %d, want -3", got)
		}
		if got := r.Int("int", 1990, 2117); got != 1997 {
			t.Fatalf("int: got %d, want 1997", got)
		}
		if got := r.Octets("octets"); !bytes.Equal(got, []byte("tag")) {
			t.Fatalf("octets: got %q, want tag", got)
		}
		if r.End(); r.Err() != nil {
			t.Fatal(r.Err())
		}
	})
}

func TestFirstErrorIsKept(t *testing.T) {
	r := per.NewReader([]byte{0xFF})
	r.Enter("outer")
	r.EnterItem("list", 2)
	r.Root("first", 127)
	r.Leave()
	r.Fixed("second", 9)
	if got, want := r.Err().Error(), "outer.list[2].first: extension bit is set"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReaderErrors(t *testing.T) {
	for _, c := range []struct {
		in   []byte
		read func(*per.Reader)
		want string
	}{
		{[]byte{2, 3}, func(r *per.Reader) { r.Bits("a", 17) }, "a: 17 bits wanted, 16 left"},
		{[]byte{2, 3}, func(r *per.Reader) { r.Fixed("b", 3) }, "b: 24 bits wanted, 16 left"},
		{[]byte{0xA0}, func(r *per.Reader) { r.Int("c", 0, 4) }, "c: 5 is outside 0..4"},
		{[]byte{2, 3}, func(r *per.Reader) { r.Octets("d") }, "d: 16 bits wanted, 8 left"},
		{[]byte{2, 3}, func(r *per.Reader) { r.Count("e", 1000) }, "e: 2000 bits wanted, 8 left"},
		{[]byte{0x80}, func(r *per.Reader) { r.Octets("f") }, "f: extension bit is set"},
		{[]byte{2, 3}, func(r *per.Reader) { r.Bool("a"); r.Fixed("g", 2) }, "g: 16 bits wanted, 15 left"},
		{[]byte{2, 3}, func(r *per.Reader) { r.End() }, "end: 2 octets left over"},
		{[]byte{2, 3}, func(r *per.Reader) { r.Unknown("h", 9) }, "h: alternative 9 is not known"},
	} {
		r := per.NewReader(c.in)
		if c.read(&r); r.Err() == nil || r.Err().Error() != c.want {
			t.Errorf("got %v, want %s", r.Err(), c.want)
		}
	}
}

func TestWriterErrors(t *testing.T) {
	for want, write := range map[string]func(*per.Writer){
		"a: 5 is outside 0..4":           func(w *per.Writer) { w.Int("a", 5, 0, 4) },
		"b: 128 is outside 0..127":       func(w *per.Writer) { w.Octets("b", make([]byte, 128)) },
		"c: 64 is outside -64..63":       func(w *per.Writer) { w.Signed("c", 64, 7) },
		"d: alternative -1 is not known": func(w *per.Writer) { w.Unknown("d", -1) },
	} {
		w := per.NewWriter(nil)
		write(&w)
		if b, err := w.Result(); err == nil || err.Error() != want || b != nil {
			t.Errorf("got %X %v, want %s", b, err, want)
		}
	}
}

// OctetsFrom returns the octets as received when the range is octet aligned.
func TestOctetsFrom(t *testing.T) {
	r := per.NewReader([]byte{1, 2, 3, 4})
	r.Fixed("a", 1)
	place := r.Position()
	r.Fixed("b", 2)
	if got := r.OctetsFrom(place); !bytes.Equal(got, []byte{2, 3}) {
		t.Errorf("got %X, want 0203", got)
	}
	if r.Bool("c"); r.OctetsFrom(place) != nil {
		t.Errorf("got %X of half an octet", r.OctetsFrom(place))
	}
	if r.Fixed("d", 9); r.OctetsFrom(0) != nil {
		t.Errorf("got %X after a fault", r.OctetsFrom(0))
	}
}
