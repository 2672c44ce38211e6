package llrp

// airGen2 is the air protocol of ISO 18000-63.
const airGen2 = 1

// antennasMax bounds the antennas of one reader.
const antennasMax = 64

// When a reader reports.
const (
	ReportEveryTag uint8 = 1 // after N tags or the end of an antenna's turn
)

// AddROSpec gives a reader its work: which antennas, until when, and what to report.
type AddROSpec struct{ Spec ROSpec }

// ROSpec reads tags on antennas from its start until it is stopped.
type ROSpec struct {
	ID       uint32
	Antennas []uint16 // 0 alone means all of them
	Trigger  uint8    // when it reports
	N        uint16   // of Trigger
}

// Kind is the message's type.
func (*AddROSpec) Kind() Kind { return KindAddROSpec }

func (m *AddROSpec) code(c *coder) {
	if c.writing {
		c.put(pROSpec, func() { m.Spec.put(c) })
		return
	}
	c.each(func(p param) bool {
		if p == pROSpec {
			m.Spec.read(c)
		}
		return p == pROSpec
	})
}

func (s *ROSpec) head(c *coder) {
	var priority, disabled uint8
	c.u32("ROSpecID", &s.ID)
	c.u8("Priority", &priority)
	c.u8("CurrentState", &disabled)
}

func (s *ROSpec) put(c *coder) {
	var never uint8
	var forever uint32
	trigger := func() { c.u8("", &never); c.u32("", &forever) }
	s.head(c)
	c.put(pBoundary, func() {
		c.put(pStartTrigger, func() { c.u8("", &never) }) // START_ROSPEC starts it
		c.put(pStopTrigger, trigger)
	})
	c.put(pAISpec, func() {
		n := uint16(len(s.Antennas))
		c.u16("", &n)
		for i := range s.Antennas {
			c.u16("", &s.Antennas[i])
		}
		c.put(pAIStopTrigger, trigger)
		id, gen2 := uint16(1), uint8(airGen2)
		c.put(pInventory, func() { c.u16("", &id); c.u8("", &gen2) })
	})
	c.put(pReportSpec, func() {
		c.u8("", &s.Trigger)
		c.u16("", &s.N)
		yes, no := true, false
		c.put(pContentSelector, func() { // antenna, strength, first and last seen, count
			c.flags("", 2, &no, &no, &no, &yes, &no, &yes, &yes, &yes, &yes, &no)
		})
	})
}

func (s *ROSpec) read(c *coder) {
	s.head(c)
	c.each(func(p param) bool {
		switch p {
		case pAISpec:
			var n uint16
			c.u16("AntennaCount", &n)
			for i := 0; i < int(n) && c.err == nil; i++ {
				var antenna uint16
				c.u16("AntennaID", &antenna)
				s.Antennas = append(s.Antennas, antenna)
			}
			c.each(func(param) bool { return false })
		case pReportSpec:
			c.u8("ROReportTrigger", &s.Trigger)
			c.u16("N", &s.N)
			c.each(func(param) bool { return false })
		default:
			return false
		}
		return true
	})
}

// SetConfig sets how the reader keeps the connection.
type SetConfig struct {
	KeepAliveMS uint32 // 0 is never
	Hold        bool   // reports wait for EnableReports after a connection
	Events      []uint16
}

// The events that a reader can be asked to tell of.
const (
	EventROSpec    uint16 = 2
	EventBuffer    uint16 = 3
	EventException uint16 = 4
	EventAntenna   uint16 = 8
)

// Kind is the message's type.
func (*SetConfig) Kind() Kind { return KindSetConfig }

func (m *SetConfig) code(c *coder) {
	var factory bool
	c.flags("ResetToFactoryDefault", 1, &factory)
	if !c.writing {
		c.each(func(p param) bool { return m.read(c, p) })
		return
	}
	c.put(pEventSpec, func() {
		yes := true
		for i := range m.Events {
			c.put(pEventState, func() { c.u16("", &m.Events[i]); c.flags("", 1, &yes) })
		}
	})
	periodic := uint8(min(m.KeepAliveMS, 1))
	c.put(pKeepAliveSpec, func() { c.u8("", &periodic); c.u32("", &m.KeepAliveMS) })
	c.put(pHold, func() { c.flags("", 1, &m.Hold) })
}

func (m *SetConfig) read(c *coder, p param) bool {
	switch p {
	case pKeepAliveSpec:
		var periodic uint8
		c.u8("KeepaliveTriggerType", &periodic)
		c.u32("PeriodicTriggerValue", &m.KeepAliveMS)
		if periodic == 0 {
			m.KeepAliveMS = 0
		}
	case pHold:
		c.flags("HoldEventsAndReportsUponReconnect", 1, &m.Hold)
	case pEventSpec:
		c.each(func(p param) bool {
			if p != pEventState {
				return false
			}
			var event uint16
			var on bool
			c.u16("EventType", &event)
			c.flags("NotificationState", 1, &on)
			if on {
				m.Events = append(m.Events, event)
			}
			return true
		})
	default:
		return false
	}
	return true
}
