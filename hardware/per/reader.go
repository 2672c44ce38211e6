package per

import "math/bits"

// Reader reads fields from octets, most significant bit first. The octet strings it returns are slices of
// the input, not copies.
type Reader struct {
	path
	in   []byte
	next int // position in bits
	size int // in bits; less than next after an error, so that nothing more is read
	err  *Error
}

// NewReader returns a Reader of in.
func NewReader(in []byte) Reader { return Reader{in: in, size: len(in) * 8} }

// Err returns the first error, an *Error, or nil.
func (r *Reader) Err() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

// End records an error if octets follow the message.
func (r *Reader) End() {
	if left := len(r.in) - (r.next+7)/8; left > 0 {
		r.fail("end", Trailing, int64(left), 0, 0)
	}
}

// Unknown records an error for a choice without a known alternative.
func (r *Reader) Unknown(field string, alternative int) {
	r.fail(field, Unknown, int64(alternative), 0, 0)
}

// Position returns the position of the next field, in bits, for OctetsFrom.
func (r *Reader) Position() int { return r.next }

// OctetsFrom returns the octets read since a position, or nil when the range is not octet aligned or an
// error occurred.
func (r *Reader) OctetsFrom(place int) []byte {
	if (place|r.next)&7 != 0 || r.err != nil {
		return nil
	}
	return r.in[place>>3 : r.next>>3 : r.next>>3]
}

func (r *Reader) fail(field string, why Reason, got, lo, hi int64) {
	if r.err == nil {
		r.err = &Error{Field: r.fieldPath(field), Reason: why, Got: got, Lo: lo, Hi: hi}
		r.size = -1
	}
}

func (r *Reader) short(field string, bits int) {
	r.fail(field, Short, int64(r.size-r.next), 0, int64(bits))
}

// Bits reads n bits, at most 64.
func (r *Reader) Bits(field string, n int) uint64 {
	at, end := r.next&7, r.next+n
	if end > r.size {
		r.short(field, n)
		return 0
	}
	if at+n <= 8 && n > 0 { // fast path: most fields lie in one octet
		v := r.in[r.next>>3] >> (8 - at - n)
		r.next = end
		return uint64(v) & (1<<n - 1)
	}
	return r.multiOctetBits(n)
}

// multiOctetBits reads n bits that span several octets.
func (r *Reader) multiOctetBits(n int) (v uint64) {
	for n > 0 {
		have := 8 - r.next&7
		take := min(n, have)
		octet := uint64(r.in[r.next>>3]) >> (have - take)
		v = v<<take | octet&(1<<take-1)
		r.next += take
		n -= take
	}
	return v
}

// Bool reads one bit: a boolean, or the presence of an optional field.
func (r *Reader) Bool(field string) bool { return r.Bits(field, 1) == 1 }

// Int reads an integer constrained to the range lo to hi.
func (r *Reader) Int(field string, lo, hi int) int {
	v := int(r.Bits(field, bits.Len(uint(hi-lo)))) + lo
	if v > hi {
		r.fail(field, Range, int64(v), int64(lo), int64(hi))
		return lo
	}
	return v
}

// Signed reads an n-bit two's complement integer.
func (r *Reader) Signed(field string, n int) int {
	return int(int64(r.Bits(field, n)<<(64-n)) >> (64 - n))
}

// Root reads an extensible integer with the root range 0 to hi. A set extension bit is an error.
func (r *Reader) Root(field string, hi int) int {
	if hi == octetRoot && r.next&7 == 0 && r.next < r.size { // fast path: a whole octet
		if v := r.in[r.next>>3]; v <= octetRoot {
			r.next += 8
			return int(v)
		}
	}
	if r.Bool(field) {
		r.fail(field, Extended, 0, 0, 0)
		return 0
	}
	return r.Int(field, 0, hi)
}

// Fixed reads an octet string of n octets whose length is not transmitted.
func (r *Reader) Fixed(field string, n int) []byte {
	if r.next+n*8 > r.size {
		r.short(field, n*8)
		return nil
	}
	if r.next&7 == 0 {
		from := r.next >> 3
		r.next += n * 8
		return r.in[from : from+n : from+n]
	}
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(r.Bits(field, 8))
	}
	return out
}

// Octets reads a length octet and as many octets. The result is nil only after an error.
func (r *Reader) Octets(field string) []byte { return r.Fixed(field, r.Root(field, lengthMax)) }

// Count reads the length of a list whose items take at least itemBits each. A length that the rest of the
// message cannot hold is an error, so that it cannot cause a large allocation.
func (r *Reader) Count(field string, itemBits int) int {
	n := r.Root(field, lengthMax)
	if r.next+n*itemBits > r.size {
		r.short(field, n*itemBits)
		return 0
	}
	return n
}
