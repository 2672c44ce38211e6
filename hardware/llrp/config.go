package llrp

// SetReaderConfig is SET_READER_CONFIG. Parameters that are nil or empty are not sent.
type SetReaderConfig struct {
	KeepaliveMS *uint32 // 0 for none
	Hold        *bool   // after a reconnection, reports wait for ENABLE_EVENTS_AND_REPORTS
	Events      []uint16
}

// Event types of the ReaderEventNotificationSpec.
const (
	EventROSpec    uint16 = 2
	EventBuffer    uint16 = 3
	EventException uint16 = 4
	EventAntenna   uint16 = 8
)

// GetReaderConfig is GET_READER_CONFIG.
type GetReaderConfig struct {
	Antenna   uint16 // 0 for all
	Requested uint8  // 0 for all parts
	GPI, GPO  uint16 // 0 for all
}

// GetReaderConfigResponse is GET_READER_CONFIG_RESPONSE. Parts that the reader did not send are nil or empty.
type GetReaderConfigResponse struct {
	Status      Status
	ReaderID    []byte
	KeepaliveMS *uint32
	Hold        *bool
	Events      []uint16
}

// Type implements Message.
func (*SetReaderConfig) Type() MessageType { return TypeSetReaderConfig }

// Type implements Message.
func (*GetReaderConfig) Type() MessageType { return TypeGetReaderConfig }

// Type implements Message.
func (*GetReaderConfigResponse) Type() MessageType { return TypeGetReaderConfigResponse }

// LLRPStatus implements Response.
func (m *GetReaderConfigResponse) LLRPStatus() Status { return m.Status }

func (m *SetReaderConfig) code(c *coder) {
	var factory bool
	c.flags("ResetToFactoryDefault", 1, &factory)
	if !c.writing {
		c.params(func(p param) bool { return readConfig(c, p, &m.KeepaliveMS, &m.Hold, &m.Events) })
		return
	}
	putConfig(c, m.KeepaliveMS, m.Hold, m.Events)
}

func (m *GetReaderConfig) code(c *coder) {
	c.u16("AntennaID", &m.Antenna)
	c.u8("RequestedData", &m.Requested)
	c.u16("GPIPortNum", &m.GPI)
	c.u16("GPOPortNum", &m.GPO)
	if !c.writing {
		c.params(func(param) bool { return false }) // custom extensions
	}
}

func (m *GetReaderConfigResponse) code(c *coder) {
	if c.writing {
		m.Status.put(c)
		if m.ReaderID != nil {
			mac, n := uint8(0), uint16(len(m.ReaderID))
			c.put(pIdentification, func() { c.u8("", &mac); c.u16("", &n); c.b = append(c.b, m.ReaderID...) })
		}
		putConfig(c, m.KeepaliveMS, m.Hold, m.Events)
		return
	}
	c.params(func(p param) bool {
		if p == pIdentification {
			var kind uint8
			var n uint16
			c.u8("IDType", &kind)
			c.u16("ReaderID", &n)
			m.ReaderID = append([]byte{}, c.take("ReaderID", int(n))...)
			return true
		}
		return m.Status.read(c, p) || readConfig(c, p, &m.KeepaliveMS, &m.Hold, &m.Events)
	})
}

func putConfig(c *coder, keepaliveMS *uint32, hold *bool, events []uint16) {
	if len(events) > 0 {
		c.put(pEventSpec, func() {
			yes := true
			for i := range events {
				c.put(pEventState, func() { c.u16("", &events[i]); c.flags("", 1, &yes) })
			}
		})
	}
	if keepaliveMS != nil {
		periodic := uint8(min(*keepaliveMS, 1))
		c.put(pKeepAliveSpec, func() { c.u8("", &periodic); c.u32("", keepaliveMS) })
	}
	if hold != nil {
		c.put(pHold, func() { c.flags("", 1, hold) })
	}
}

func readConfig(c *coder, p param, keepaliveMS **uint32, hold **bool, events *[]uint16) bool {
	switch p {
	case pKeepAliveSpec:
		var periodic uint8
		*keepaliveMS = new(uint32)
		c.u8("KeepaliveTriggerType", &periodic)
		c.u32("PeriodicTriggerValue", *keepaliveMS)
		// Trigger type 0 means no keep-alives, whatever the period.
		if periodic == 0 {
			**keepaliveMS = 0
		}
	case pHold:
		*hold = new(bool)
		c.flags("HoldEventsAndReportsUponReconnect", 1, *hold)
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
				*events = append(*events, event)
			}
			return true
		})
	default:
		return false
	}
	return true
}
