package llrp

// airGen2 is the air protocol EPC Class 1 Gen 2 (ISO 18000-63).
const airGen2 = 1

// antennasMax is the maximum number of antennas of a reader.
const antennasMax = 64

// ROReportTrigger values.
const (
	ReportEveryTag uint8 = 1 // after N tags or the end of the AISpec
)

// AddROSpec is ADD_ROSPEC.
type AddROSpec struct{ Spec ROSpec }

// ROSpec is a reader operation: inventory on antennas from START_ROSPEC until STOP_ROSPEC.
type ROSpec struct {
	ID       uint32
	Antennas []uint16 // 0 alone means all
	Trigger  uint8    // ROReportTrigger
	N        uint16   // parameter of Trigger
}

// Type implements Message.
func (*AddROSpec) Type() MessageType { return TypeAddROSpec }

func (m *AddROSpec) code(c *coder) {
	if c.writing {
		c.put(pROSpec, func() { m.Spec.put(c) })
		return
	}
	c.params(func(p param) bool {
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
		c.put(pStartTrigger, func() { c.u8("", &never) }) // started by START_ROSPEC
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
		c.put(pContentSelector, func() { // antenna, RSSI, first and last seen, count
			c.flags("", 2, &no, &no, &no, &yes, &no, &yes, &yes, &yes, &yes, &no)
		})
	})
}

func (s *ROSpec) read(c *coder) {
	s.head(c)
	c.params(func(p param) bool {
		switch p {
		case pAISpec:
			var n uint16
			c.u16("AntennaCount", &n)
			for i := 0; i < int(n) && c.err == nil; i++ {
				var antenna uint16
				c.u16("AntennaID", &antenna)
				s.Antennas = append(s.Antennas, antenna)
			}
			c.params(func(param) bool { return false })
		case pReportSpec:
			c.u8("ROReportTrigger", &s.Trigger)
			c.u16("N", &s.N)
			c.params(func(param) bool { return false })
		default:
			return false
		}
		return true
	})
}

// SetReaderConfig is SET_READER_CONFIG.
type SetReaderConfig struct {
	KeepAliveMS uint32 // 0 for none
	Hold        bool   // after a reconnection, reports wait for ENABLE_EVENTS_AND_REPORTS
	Events      []uint16
}

// Event types of the ReaderEventNotificationSpec.
const (
	EventROSpec    uint16 = 2
	EventBuffer    uint16 = 3
	EventException uint16 = 4
	EventAntenna   uint16 = 8
)

// Type implements Message.
func (*SetReaderConfig) Type() MessageType { return TypeSetReaderConfig }

func (m *SetReaderConfig) code(c *coder) {
	var factory bool
	c.flags("ResetToFactoryDefault", 1, &factory)
	if !c.writing {
		c.params(func(p param) bool { return m.read(c, p) })
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

func (m *SetReaderConfig) read(c *coder, p param) bool {
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
		c.params(func(p param) bool {
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
