package link

import "slices"

// Octets of framing after ISO/IEC 13239: flags around the frame, an escape before octets that equal either,
// and a check sequence, low octet first.
const (
	flag   = 0x7E
	escape = 0x7D
	flip   = 0x20
	fcsEnd = 2
)

// BodyMax is the maximum length of a frame's body; a longer frame is dropped.
const BodyMax = 1024

// FCS returns the frame check sequence, CRC-16/X-25.
func FCS(body []byte) uint16 {
	crc := uint16(0xFFFF)
	for _, octet := range body {
		crc ^= uint16(octet)
		for range 8 {
			odd := crc & 1
			crc >>= 1
			if odd != 0 {
				crc ^= 0x8408
			}
		}
	}
	return ^crc
}

// AppendFrame appends a body as a frame to dst.
func AppendFrame(dst, body []byte) []byte {
	fcs := FCS(body)
	dst = append(dst, flag)
	dst = appendStuffed(dst, body)
	dst = appendStuffed(dst, []byte{byte(fcs), byte(fcs >> 8)})
	return append(dst, flag)
}

// appendStuffed appends octets with flags and escapes replaced, as in PPP framing (RFC 1662 section 4.2).
func appendStuffed(dst, octets []byte) []byte {
	for _, octet := range octets {
		if octet == flag || octet == escape {
			dst = append(dst, escape)
			octet ^= flip
		}
		dst = append(dst, octet)
	}
	return dst
}

// Deframer finds frames in a stream of octets, in pieces of any length. Octets that are not a valid frame
// are dropped up to the next flag and counted.
type Deframer struct {
	body    []byte
	escaped bool
	lost    bool // skip to the next flag
	bad     uint32
}

// Damaged returns the number of damaged frames.
func (d *Deframer) Damaged() uint32 { return d.bad }

// Feed processes octets and returns the bodies of the frames that they complete.
func (d *Deframer) Feed(octets []byte) (bodies [][]byte) {
	for _, octet := range octets {
		if octet == flag {
			if body, ok := d.endFrame(); ok {
				bodies = append(bodies, body)
			}
			continue
		}
		d.add(octet)
	}
	return bodies
}

// add adds an octet to the current frame, without its escape. A frame that is too long is dropped as a whole.
func (d *Deframer) add(octet byte) {
	switch {
	case d.lost:
	case octet == escape && !d.escaped:
		d.escaped = true
	case len(d.body) == BodyMax+fcsEnd:
		d.lost = true
	default:
		if d.escaped {
			octet ^= flip
			d.escaped = false
		}
		d.body = append(d.body, octet)
	}
}

// endFrame checks the octets between two flags.
func (d *Deframer) endFrame() (body []byte, ok bool) {
	octets, whole := d.body, !d.lost && !d.escaped
	d.body, d.lost, d.escaped = d.body[:0], false, false
	if whole && len(octets) == 0 {
		return nil, false // two flags in a row
	}
	n := len(octets) - fcsEnd
	if !whole || n < 1 || FCS(octets[:n]) != uint16(octets[n])|uint16(octets[n+1])<<8 {
		d.bad++
		return nil, false
	}
	return slices.Clone(octets[:n]), true
}
