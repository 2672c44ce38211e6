package llrp

import "time"

// ReaderEventNotification is READER_EVENT_NOTIFICATION. Events that it does not contain are nil, false or
// empty.
type ReaderEventNotification struct {
	Uptime     time.Duration // since the reader's start, when it has no clock
	At         time.Time     // zero when the reader has no clock
	Connection *uint16       // status of the ConnectionAttemptEvent
	Closed     bool          // ConnectionCloseEvent
	ROSpec     *ROSpecEvent
	Antenna    *AntennaEvent
	Overflow   bool  // ReportBufferOverflowErrorEvent
	Fill       uint8 // ReportBufferLevelWarningEvent: percent of the report buffer
	Exception  string
}

// Statuses of the ConnectionAttemptEvent. A reader serves one client at a time.
const (
	ConnectionOK    uint16 = 0
	ConnectionTaken uint16 = 2 // a client-initiated connection exists already
)

// Types of an ROSpecEvent.
const (
	ROSpecStarted   uint8 = 0
	ROSpecEnded     uint8 = 1
	ROSpecPreempted uint8 = 2
)

// ROSpecEvent reports that an ROSpec has started (0), ended (1) or been preempted (2).
type ROSpecEvent struct {
	Type       uint8
	ROSpec     uint32
	Preempting uint32
}

// AntennaEvent reports that an antenna was connected or disconnected.
type AntennaEvent struct {
	Connected bool
	Antenna   uint16
}

// Type implements Message.
func (*ReaderEventNotification) Type() MessageType { return TypeReaderEventNotification }

func (m *ReaderEventNotification) code(c *coder) {
	if c.writing {
		c.put(pEventData, func() { m.put(c) })
		return
	}
	c.params(func(p param) bool {
		if p == pEventData {
			c.params(func(p param) bool { return m.read(c, p) })
		}
		return p == pEventData
	})
}

func (m *ReaderEventNotification) put(c *coder) {
	if m.At.IsZero() {
		micros := uint64(m.Uptime.Microseconds())
		c.put(pUptime, func() { c.u64("", &micros) })
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

func (m *ReaderEventNotification) read(c *coder, p param) bool {
	switch p {
	case pUTC:
		readTime(c, &m.At)
	case pUptime:
		readUptime(c, &m.Uptime)
	case pROSpecEvent:
		m.ROSpec = &ROSpecEvent{}
		m.ROSpec.fields(c)
	case pBufferWarning:
		c.u8("ReportBufferPercentageFull", &m.Fill)
	case pBufferOverflow:
		m.Overflow = true
	case pException:
		c.text("Message", &m.Exception)
		c.params(func(param) bool { return false }) // where it occurred
	case pAntennaEvent:
		m.Antenna = &AntennaEvent{}
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

func (e *ROSpecEvent) fields(c *coder) {
	c.u8("EventType", &e.Type)
	c.u32("ROSpecID", &e.ROSpec)
	c.u32("PreemptingROSpecID", &e.Preempting)
}

func (a *AntennaEvent) fields(c *coder) {
	var what uint8
	if a.Connected {
		what = 1
	}
	c.u8("EventType", &what)
	c.u16("AntennaID", &a.Antenna)
	if what > 1 {
		c.setError("EventType", 1, -1)
	}
	a.Connected = what == 1
}
