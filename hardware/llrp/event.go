package llrp

import "time"

// Event is what a reader tells of itself. What it does not tell of is nil, false or empty.
type Event struct {
	At         time.Time   // zero when the reader has no clock
	Connection *uint16     // ConnectionOK or why it is refused
	Closed     bool        // the reader ends the connection
	ROSpec     *SpecEvent  // an ROSpec has started or ended
	Antenna    *AntennaWas // an antenna came or went
	Overflow   bool        // reports were lost
	Fill       uint8       // of the reader's buffer, percent, when it warns
	Exception  string
}

// ConnectionOK is the reader's welcome; it serves one client at a time.
const (
	ConnectionOK    uint16 = 0
	ConnectionTaken uint16 = 2 // another client has it
)

// SpecEvent says that an ROSpec has started (0), ended (1) or made way (2).
type SpecEvent struct {
	What       uint8
	ROSpec     uint32
	Preempting uint32
}

// AntennaWas says that an antenna was connected or disconnected.
type AntennaWas struct {
	Connected bool
	Antenna   uint16
}

// Kind is the message's type.
func (*Event) Kind() Kind { return KindEvent }

func (m *Event) code(c *coder) {
	if c.writing {
		c.put(pEventData, func() { m.put(c) })
		return
	}
	c.each(func(p param) bool {
		if p == pEventData {
			c.each(func(p param) bool { return m.read(c, p) })
		}
		return p == pEventData
	})
}

func (m *Event) put(c *coder) {
	if m.At.IsZero() {
		var zero uint64
		c.put(pUptime, func() { c.u64("", &zero) })
	} else {
		micros := uint64(m.At.UnixMicro())
		c.put(pUTC, func() { c.u64("", &micros) })
	}
	if m.ROSpec != nil {
		c.put(pROSpecEvent, func() { m.ROSpec.fields(c) })
	}
	if m.Fill != 0 {
		c.put(pBufferWarning, func() { c.u8("", &m.Fill) })
	}
	if m.Overflow {
		c.put(pBufferOverflow, nil)
	}
	if m.Exception != "" {
		c.put(pException, func() { c.text("", &m.Exception) })
	}
	if m.Antenna != nil {
		c.put(pAntennaEvent, func() { m.Antenna.fields(c) })
	}
	if m.Connection != nil {
		c.put(pConnectionAttempt, func() { c.u16("", m.Connection) })
	}
	if m.Closed {
		c.put(pConnectionClose, nil)
	}
}

func (m *Event) read(c *coder, p param) bool {
	switch p {
	case pUTC:
		readTime(c, &m.At)
	case pROSpecEvent:
		m.ROSpec = &SpecEvent{}
		m.ROSpec.fields(c)
	case pBufferWarning:
		c.u8("ReportBufferPercentageFull", &m.Fill)
	case pBufferOverflow:
		m.Overflow = true
	case pException:
		c.text("Message", &m.Exception)
		c.each(func(param) bool { return false }) // where it happened
	case pAntennaEvent:
		m.Antenna = &AntennaWas{}
		m.Antenna.fields(c)
	case pConnectionAttempt:
		m.Connection = new(uint16)
		c.u16("Status", m.Connection)
	case pConnectionClose:
		m.Closed = true
	default:
		return false
	}
	return true
}

func (e *SpecEvent) fields(c *coder) {
	c.u8("EventType", &e.What)
	c.u32("ROSpecID", &e.ROSpec)
	c.u32("PreemptingROSpecID", &e.Preempting)
}

func (a *AntennaWas) fields(c *coder) {
	var what uint8
	if a.Connected {
		what = 1
	}
	c.u8("EventType", &what)
	c.u16("AntennaID", &a.Antenna)
	if what > 1 {
		c.fail("EventType", 1, -1)
	}
	a.Connected = what == 1
}
