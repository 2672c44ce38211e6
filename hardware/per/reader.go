package per

import "math/bits"

// Reader reads fields from octets, from the highest bit of the first on. Octet strings that it returns
// are parts of the input, not copies.
type Reader struct {
	path
	in   []byte
	next int // bit
	size int // in bits; less than next once something went wrong, so that nothing more is read
	err  *Error
}

// NewReader reads from octets.
func NewReader(in []byte) Reader { return Reader{in: in, size: len(in) * 8} }

// Err is the first thing that went wrong, an *Error, or nil.
func (r *Reader) Err() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

// End refuses octets behind the message.
func (r *Reader) End() {
	if left := len(r.in) - (r.next+7)/8; left > 0 {
		r.fail("end", Trailing, int64(left), 0, 0)
	}
}

// Unknown refuses a choice that the caller has no alternative for.
func (r *Reader) Unknown(field string, alternative int) {
	r.fail(field, Unknown, int64(alternative), 0, 0)
}

// Position is where the next field starts, for Since.
func (r *Reader) Position() int { return r.next }

// OctetsFrom is the octets that were read from a place on, as they came; nil when they are not whole octets.
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
	if at+n <= 8 && n > 0 { // most fields lie in one octet
		v := r.in[r.next>>3] >> (8 - at - n)
		r.next = end
		return uint64(v) & (1<<n - 1)
	}
	return r.multiOctetBits(n)
}

// multiOctetBits reads bits of several octets.
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

// Bool reads one bit: a truth value, or whether an optional field is there.
func (r *Reader) Bool(field string) bool { return r.Bits(field, 1) == 1 }

// Int reads an integer of a fixed range.
func (r *Reader) Int(field string, lo, hi int) int {
	v := int(r.Bits(field, bits.Len(uint(hi-lo)))) + lo
	if v > hi {
		r.fail(field, Range, int64(v), int64(lo), int64(hi))
		return lo
	}
	return v
}

// Signed reads an integer in n bits of two's complement.
func (r *Reader) Signed(field string, n int) int {
	return int(int64(r.Bits(field, n)<<(64-n)) >> (64 - n))
}

// Root reads an integer of an extensible range 0 to hi, which must not use its extension.
func (r *Reader) Root(field string, hi int) int {
	if hi == octetRoot && r.next&7 == 0 && r.next < r.size { // the usual: a whole octet
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

// Fixed reads n octets.
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

// Octets reads a length octet and as many octets. The result is never nil unless reading failed.
func (r *Reader) Octets(field string) []byte { return r.Fixed(field, r.Root(field, lengthMax)) }

// Count reads the length of a list whose items have at least itemBits each, so that a lying length
// cannot ask for more memory than the message has octets.
func (r *Reader) Count(field string, itemBits int) int {
	n := r.Root(field, lengthMax)
	if r.next+n*itemBits > r.size {
		r.short(field, n*itemBits)
		return 0
	}
	return n
}
