package llrp

import (
	"math"
	"time"
)

// ROAccessReport is RO_ACCESS_REPORT. Invalid holds the octets of every TagReportData that does not decode, so
// that one of them does not lose the others.
type ROAccessReport struct {
	Tags    []TagReportData
	Invalid [][]byte
}

// TagReportData is the report of one tag at one antenna, read once or more. Fields that the reader leaves
// out are zero.
type TagReportData struct {
	EPC         []byte
	Antenna     uint16
	RSSI        int8 // dBm
	First, Last time.Time
	// FirstUptime and LastUptime are times since the reader's start, of a reader without a clock.
	FirstUptime, LastUptime time.Duration
	Count                   uint16
}

// Type implements Message.
func (*ROAccessReport) Type() MessageType { return TypeROAccessReport }

func (m *ROAccessReport) code(c *coder) {
	if c.writing {
		for i := range m.Tags {
			c.put(pTagReport, func() { m.Tags[i].put(c) })
		}
		for _, octets := range m.Invalid {
			c.put(pTagReport, func() { c.b = append(c.b, octets...) })
		}
		return
	}
	c.params(func(p param) bool {
		if p != pTagReport {
			return false
		}
		var tag TagReportData
		// A tag with a coder of its own: an error in it does not end the report, and its octets are kept.
		inner := coder{b: c.b, at: c.at, end: c.end, path: c.path}
		inner.params(func(p param) bool { return tag.read(&inner, p) })
		if inner.err != nil {
			m.Invalid = append(m.Invalid, append([]byte(nil), c.b[c.at:c.end]...))
		} else {
			m.Tags = append(m.Tags, tag)
		}
		c.at = c.end
		return true
	})
}

// epc96 is the length of an EPC that has the EPC-96 parameter.
const epc96 = 12

func (t *TagReportData) put(c *coder) {
	if len(t.EPC) == epc96 {
		c.putShort(pEPC96)
		c.b = append(c.b, t.EPC...)
	} else {
		bits := uint16(8 * len(t.EPC))
		c.put(pEPC, func() { c.u16("", &bits); c.b = append(c.b, t.EPC...) })
	}
	if t.Antenna != 0 {
		c.putShort(pAntenna)
		c.u16("", &t.Antenna)
	}
	if rssi := uint8(t.RSSI); rssi != 0 {
		c.putShort(pPeakRSSI)
		c.u8("", &rssi)
	}
	putTime(c, pFirstSeen, t.First)
	putTime(c, pLastSeen, t.Last)
	putUptime(c, pFirstUptime, t.FirstUptime)
	putUptime(c, pLastUptime, t.LastUptime)
	if t.Count != 0 {
		c.putShort(pSeenCount)
		c.u16("", &t.Count)
	}
}

func (t *TagReportData) read(c *coder, p param) bool {
	switch p {
	case pEPC96:
		t.EPC = append([]byte(nil), c.take("", epc96)...)
	case pEPC:
		var bits uint16
		c.u16("EPCLengthBits", &bits)
		t.EPC = append([]byte(nil), c.take("EPC", (int(bits)+7)/8)...)
	case pAntenna:
		c.u16("", &t.Antenna)
	case pPeakRSSI:
		var rssi uint8
		c.u8("", &rssi)
		t.RSSI = int8(rssi)
	case pFirstSeen:
		readTime(c, &t.First)
	case pLastSeen:
		readTime(c, &t.Last)
	case pFirstUptime:
		readUptime(c, &t.FirstUptime)
	case pLastUptime:
		readUptime(c, &t.LastUptime)
	case pSeenCount:
		c.u16("", &t.Count)
	default:
		return false
	}
	return true
}

func putTime(c *coder, kind param, at time.Time) {
	if at.IsZero() {
		return
	}
	micros := uint64(at.UnixMicro())
	c.putShort(kind)
	c.u64("", &micros)
}

func putUptime(c *coder, kind param, at time.Duration) {
	if at <= 0 {
		return
	}
	micros := uint64(at.Microseconds())
	c.putShort(kind)
	c.u64("", &micros)
}

// timeMax is the latest time that is believed, in microseconds since 1970: the end of the year 9999, the last
// that RFC 3339 can express.
const timeMax = 253_402_300_799_999_999

// readTime reads microseconds since 1970. A time beyond the year 9999 counts as unknown.
func readTime(c *coder, at *time.Time) {
	var micros uint64
	c.u64("Microseconds", &micros)
	if micros > 0 && micros <= timeMax {
		*at = time.UnixMicro(int64(micros)).UTC()
	}
}

// readUptime reads microseconds since the reader's start. A time beyond the range of Duration counts as
// unknown.
func readUptime(c *coder, at *time.Duration) {
	var micros uint64
	c.u64("Microseconds", &micros)
	if micros <= math.MaxInt64/1000 {
		*at = time.Duration(micros) * time.Microsecond
	}
}
