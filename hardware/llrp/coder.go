package llrp

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// coder reads or writes, so that every message is described once for both directions. It keeps the first
// error and does nothing after it.
type coder struct {
	b       []byte // the input, or the output
	at, end int    // when reading: the current window
	writing bool
	path    []string
	err     error
}

// Error is the first error in a message.
type Error struct {
	Field string // path of the field, such as TagReportData.PeakRSSI
	Left  int    // octets left
	Want  int    // octets needed; 0 when octets are left over, -1 when the value is invalid for the field
}

// Error returns the message for operators, the field first.
func (e *Error) Error() string {
	switch {
	case e.Want < 0:
		return e.Field + ": the value is none of the field's"
	case e.Want == 0:
		return fmt.Sprintf("%s: %d octet(s) left over", e.Field, e.Left)
	}
	return fmt.Sprintf("%s: %d octet(s) wanted, %d left", e.Field, e.Want, e.Left)
}

func (c *coder) setError(field string, left, want int) {
	if c.err == nil {
		steps := slices.DeleteFunc(append(slices.Clone(c.path), field), func(s string) bool { return s == "" })
		c.err = &Error{Field: strings.Join(steps, "."), Left: left, Want: want}
	}
}

// take returns the next n octets of the input.
func (c *coder) take(field string, n int) []byte {
	if c.err != nil {
		return nil
	}
	if c.end-c.at < n {
		c.setError(field, c.end-c.at, n)
		return nil
	}
	c.at += n
	return c.b[c.at-n : c.at]
}

func (c *coder) u8(field string, v *uint8) {
	if c.writing {
		c.b = append(c.b, *v)
	} else if b := c.take(field, 1); b != nil {
		*v = b[0]
	}
}

func (c *coder) u16(field string, v *uint16) {
	if c.writing {
		c.b = binary.BigEndian.AppendUint16(c.b, *v)
	} else if b := c.take(field, 2); b != nil {
		*v = binary.BigEndian.Uint16(b)
	}
}

func (c *coder) u32(field string, v *uint32) {
	if c.writing {
		c.b = binary.BigEndian.AppendUint32(c.b, *v)
	} else if b := c.take(field, 4); b != nil {
		*v = binary.BigEndian.Uint32(b)
	}
}

func (c *coder) u64(field string, v *uint64) {
	if c.writing {
		c.b = binary.BigEndian.AppendUint64(c.b, *v)
	} else if b := c.take(field, 8); b != nil {
		*v = binary.BigEndian.Uint64(b)
	}
}

// flags codes booleans as the top bits of n octets, the first in the most significant bit.
func (c *coder) flags(field string, n int, flags ...*bool) {
	if c.writing {
		octets := make([]byte, n)
		for i, f := range flags {
			if *f {
				octets[i/8] |= 0x80 >> (i % 8)
			}
		}
		c.b = append(c.b, octets...)
		return
	}
	if b := c.take(field, n); b != nil {
		for i, f := range flags {
			*f = b[i/8]&(0x80>>(i%8)) != 0
		}
	}
}

// text codes a string with a 16-bit length.
func (c *coder) text(field string, s *string) {
	n := uint16(min(len(*s), 0xFFFF))
	c.u16(field, &n)
	if c.writing {
		c.b = append(c.b, (*s)[:n]...)
	} else if b := c.take(field, int(n)); b != nil {
		*s = string(b)
	}
}

// put writes a TLV parameter with its body.
func (c *coder) put(kind param, body func()) {
	start := len(c.b)
	c.b = append(binary.BigEndian.AppendUint16(c.b, uint16(kind)), 0, 0)
	if body != nil {
		body()
	}
	if n := len(c.b) - start; n <= 0xFFFF {
		binary.BigEndian.PutUint16(c.b[start+2:], uint16(n))
	} else {
		c.setError(kind.String(), n, -1)
	}
}

// putShort writes the header of a TV parameter; the value follows.
func (c *coder) putShort(kind param) { c.b = append(c.b, 0x80|byte(kind)) }

// params reads the parameters up to the end of the window. known reads a parameter and returns true, or
// returns false to skip it.
func (c *coder) params(known func(param) bool) {
	for c.err == nil && c.at < c.end {
		outer := c.end
		kind, size := c.paramHead()
		if c.err != nil {
			return
		}
		c.end = c.at + size
		c.path = append(c.path, kind.String())
		if known(kind) && c.err == nil && c.at != c.end {
			c.setError("", c.end-c.at, 0)
		}
		c.path = c.path[:len(c.path)-1]
		c.at, c.end = c.end, outer
	}
}

// paramHead reads a parameter's header and returns the length of its body.
func (c *coder) paramHead() (kind param, size int) {
	if c.b[c.at]&0x80 != 0 {
		kind = param(c.b[c.at] & 0x7F)
		size, known := shortSizes[kind]
		if !known { // the start of the next parameter is unknown
			c.setError(kind.String(), c.end-c.at, -1)
			return kind, 0
		}
		c.at++
		if c.end-c.at < size {
			c.setError(kind.String(), c.end-c.at, size)
		}
		return kind, size
	}
	var raw, n uint16
	c.u16("parameter", &raw)
	c.u16("parameter", &n)
	kind = param(raw & 0x3FF)
	if size = int(n) - 4; c.err == nil && (size < 0 || size > c.end-c.at) {
		c.setError(kind.String(), c.end-c.at, max(size, -1))
	}
	return kind, size
}
