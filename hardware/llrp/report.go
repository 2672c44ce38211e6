package llrp

import (
	"math"
	"time"
)

// ROAccessReport is RO_ACCESS_REPORT.
type ROAccessReport struct{ Tags []TagReportData }

// TagReportData is the report of one tag at one antenna, read once or more. Fields that the reader leaves
// out are zero.
type TagReportData struct {
	EPC         []byte
	Antenna     uint16
	RSSI        int8 // dBm
	First, Last time.Time
	Count       uint16
}

// Type implements Message.
func (*ROAccessReport) Type() MessageType { return TypeROAccessReport }

func (m *ROAccessReport) code(c *coder) {
	if c.writing {
		for i := range m.Tags {
			c.put(pTagReport, func() { m.Tags[i].put(c) })
		}
		return
	}
	c.params(func(p param) bool {
		if p != pTagReport {
			return false
		}
		var tag TagReportData
		c.params(func(p param) bool { return tag.read(c, p) })
		m.Tags = append(m.Tags, tag)
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

// readTime reads microseconds since 1970; a time beyond the range of int64 is an error.
func readTime(c *coder, at *time.Time) {
	var micros uint64
	c.u64("Microseconds", &micros)
	if micros > math.MaxInt64 {
		c.setError("Microseconds", 8, -1)
		return
	}
	*at = time.UnixMicro(int64(micros)).UTC()
}
