package per

import "math/bits"

// Writer puts fields behind octets, from the highest bit on. It allocates nothing while the octets'
// capacity lasts.
type Writer struct {
	path
	out  []byte
	free int // unused bits of the last octet
	err  *Error
}

// NewWriter writes behind dst.
func NewWriter(dst []byte) Writer { return Writer{out: dst} }

// Result is dst with the message behind it, padded with 0 bits to a whole octet; or the first thing
// that went wrong, an *Error.
func (w *Writer) Result() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	return w.out, nil
}

// Unknown refuses a choice that the caller has no alternative for.
func (w *Writer) Unknown(field string, alternative int) {
	w.fail(field, Unknown, int64(alternative), 0, 0)
}

func (w *Writer) fail(field string, why Reason, got, lo, hi int64) {
	if w.err == nil {
		w.err = &Error{Field: w.fieldPath(field), Reason: why, Got: got, Lo: lo, Hi: hi}
	}
}

// Bits writes the low n bits of v.
func (w *Writer) Bits(v uint64, n int) {
	for n > 0 {
		if w.free == 0 {
			w.out = append(w.out, 0)
			w.free = 8
		}
		take := min(n, w.free)
		part := v >> (n - take) & (1<<take - 1)
		w.out[len(w.out)-1] |= byte(part << (w.free - take))
		w.free -= take
		n -= take
	}
}

// Bool writes one bit: a truth value, or whether an optional field is there.
func (w *Writer) Bool(v bool) {
	var bit uint64
	if v {
		bit = 1
	}
	w.Bits(bit, 1)
}

// Int writes an integer of a fixed range.
func (w *Writer) Int(field string, v, lo, hi int) {
	if v < lo || v > hi {
		w.fail(field, Range, int64(v), int64(lo), int64(hi))
		return
	}
	w.Bits(uint64(v-lo), bits.Len(uint(hi-lo)))
}

// Signed writes an integer in n bits of two's complement.
func (w *Writer) Signed(field string, v, n int) {
	lo, hi := -1<<(n-1), 1<<(n-1)-1
	if v < lo || v > hi {
		w.fail(field, Range, int64(v), int64(lo), int64(hi))
		return
	}
	w.Bits(uint64(v), n)
}

// Root writes an integer of an extensible range 0 to hi; the extension is never used.
func (w *Writer) Root(field string, v, hi int) {
	w.Bits(0, 1)
	w.Int(field, v, 0, hi)
}

// Fixed writes octets whose number both sides know.
func (w *Writer) Fixed(octets []byte) {
	if w.free == 0 {
		w.out = append(w.out, octets...)
		return
	}
	for _, o := range octets {
		w.Bits(uint64(o), 8)
	}
}

// Octets writes a length octet and the octets.
func (w *Writer) Octets(field string, octets []byte) {
	w.Count(field, len(octets))
	w.Fixed(octets)
}

// Count writes the length of a list.
func (w *Writer) Count(field string, n int) { w.Root(field, n, lengthMax) }
