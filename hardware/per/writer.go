package per

import "math/bits"

// Writer appends fields to octets, most significant bit first. It allocates nothing while the slice has
// capacity.
type Writer struct {
	path
	out  []byte
	free int // unused bits of the last octet
	err  *Error
}

// NewWriter returns a Writer that appends to dst.
func NewWriter(dst []byte) Writer { return Writer{out: dst} }

// Result returns dst with the message appended, padded with zero bits to a whole octet, or the first error,
// an *Error.
func (w *Writer) Result() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	return w.out, nil
}

// Unknown records an error for a choice without a known alternative.
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

// Bool writes one bit: a boolean, or the presence of an optional field.
func (w *Writer) Bool(v bool) {
	var bit uint64
	if v {
		bit = 1
	}
	w.Bits(bit, 1)
}

// Int writes an integer constrained to the range lo to hi.
func (w *Writer) Int(field string, v, lo, hi int) {
	if v < lo || v > hi {
		w.fail(field, Range, int64(v), int64(lo), int64(hi))
		return
	}
	w.Bits(uint64(v-lo), bits.Len(uint(hi-lo)))
}

// Signed writes an n-bit two's complement integer.
func (w *Writer) Signed(field string, v, n int) {
	lo, hi := -1<<(n-1), 1<<(n-1)-1
	if v < lo || v > hi {
		w.fail(field, Range, int64(v), int64(lo), int64(hi))
		return
	}
	w.Bits(uint64(v), n)
}

// Root writes an extensible integer with the root range 0 to hi, extension bit 0.
func (w *Writer) Root(field string, v, hi int) {
	w.Bits(0, 1)
	w.Int(field, v, 0, hi)
}

// Fixed writes an octet string whose length is not transmitted.
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
