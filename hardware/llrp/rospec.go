package llrp

// airGen2 is the air protocol EPC Class 1 Gen 2 (ISO 18000-63).
const airGen2 = 1

// antennasMax is the maximum number of antennas of a reader.
const antennasMax = 64

// ROReportTrigger values.
const (
	ReportEveryTag uint8 = 1 // after N tags or the end of the AISpec
)

// ROSpec states.
const (
	ROSpecDisabled uint8 = 0
	ROSpecInactive uint8 = 1
	ROSpecActive   uint8 = 2
)

// AddROSpec is ADD_ROSPEC.
type AddROSpec struct{ Spec ROSpec }

// GetROSpecsResponse is GET_ROSPECS_RESPONSE.
type GetROSpecsResponse struct {
	Status Status
	Specs  []ROSpec
}

// ROSpec is a reader operation: inventory on antennas from its start until STOP_ROSPEC.
type ROSpec struct {
	ID       uint32
	State    uint8
	Antennas []uint16    // 0 alone means all
	Trigger  uint8       // ROReportTrigger
	N        uint16      // parameter of Trigger
	StartGPI *GPITrigger // nil starts with START_ROSPEC
	Radio    Radio
}

// GPITrigger starts an ROSpec when a general purpose input changes to a level.
type GPITrigger struct {
	Port      uint16
	High      bool
	TimeoutMS uint32 // 0 for none
}

// Radio is the radio configuration of an inventory. Its zero value leaves everything to the reader.
type Radio struct {
	Power      uint16  // index into the reader's table of transmit powers, 0 for the reader's default
	HopTable   uint16  // with Power
	Channel    uint16  // with Power
	Mode       *uint16 // index into the reader's table of RF modes
	Session    uint8   // Gen2 session, 0 to 3
	Population uint16  // estimated number of tags in the field; 0 sends no singulation control
}

// isZero reports whether everything is left to the reader.
func (r Radio) isZero() bool { return r == Radio{} }

// Type implements Message.
func (*AddROSpec) Type() MessageType { return TypeAddROSpec }

// Type implements Message.
func (*GetROSpecsResponse) Type() MessageType { return TypeGetROSpecsResponse }

// LLRPStatus implements Response.
func (m *GetROSpecsResponse) LLRPStatus() Status { return m.Status }

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

func (m *GetROSpecsResponse) code(c *coder) {
	if c.writing {
		m.Status.put(c)
		for i := range m.Specs {
			c.put(pROSpec, func() { m.Specs[i].put(c) })
		}
		return
	}
	c.params(func(p param) bool {
		if p != pROSpec {
			return m.Status.read(c, p)
		}
		m.Specs = append(m.Specs, ROSpec{})
		m.Specs[len(m.Specs)-1].read(c)
		return true
	})
}

func (s *ROSpec) head(c *coder) {
	var priority uint8
	c.u32("ROSpecID", &s.ID)
	c.u8("Priority", &priority)
	c.u8("CurrentState", &s.State)
}

func (s *ROSpec) put(c *coder) {
	var null uint8
	var zero uint32
	stop := func() { c.u8("", &null); c.u32("", &zero) }
	s.head(c)
	c.put(pBoundary, func() {
		c.put(pStartTrigger, func() { s.putStart(c) })
		c.put(pStopTrigger, stop)
	})
	c.put(pAISpec, func() {
		n := uint16(len(s.Antennas))
		c.u16("", &n)
		for i := range s.Antennas {
			c.u16("", &s.Antennas[i])
		}
		c.put(pAIStopTrigger, stop)
		id, gen2 := uint16(1), uint8(airGen2)
		c.put(pInventory, func() {
			c.u16("", &id)
			c.u8("", &gen2)
			if !s.Radio.isZero() {
				c.put(pAntennaConfiguration, func() { s.Radio.put(c) })
			}
		})
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

// gpiStart is the ROSpecStartTriggerType for a general purpose input.
const gpiStart = 3

func (s *ROSpec) putStart(c *coder) {
	var null uint8
	if s.StartGPI == nil { // started by START_ROSPEC
		c.u8("", &null)
		return
	}
	kind := uint8(gpiStart)
	c.u8("", &kind)
	c.put(pGPIValue, func() { s.StartGPI.fields(c) })
}

func (g *GPITrigger) fields(c *coder) {
	c.u16("GPIPortNum", &g.Port)
	c.flags("GPIEvent", 1, &g.High)
	c.u32("Timeout", &g.TimeoutMS)
}

// put writes the AntennaConfiguration of all antennas.
func (r *Radio) put(c *coder) {
	all := uint16(0)
	c.u16("", &all)
	if r.Power > 0 {
		c.put(pRFTransmitter, func() { c.u16("", &r.HopTable); c.u16("", &r.Channel); c.u16("", &r.Power) })
	}
	if r.Mode == nil && r.Population == 0 && r.Session == 0 {
		return
	}
	c.put(pInventoryCommand, func() {
		var aware bool
		c.flags("", 1, &aware)
		if r.Mode != nil {
			tari := uint16(0)
			c.put(pRFControl, func() { c.u16("", r.Mode); c.u16("", &tari) })
		}
		if r.Population > 0 || r.Session > 0 {
			// The session is in the two highest bits of the octet.
			session, transit := r.Session<<6, uint32(0)
			c.put(pSingulationControl, func() { c.u8("", &session); c.u16("", &r.Population); c.u32("", &transit) })
		}
	})
}

func (r *Radio) read(c *coder) {
	var antenna uint16
	c.u16("AntennaID", &antenna)
	c.params(func(p param) bool {
		switch p {
		case pRFTransmitter:
			c.u16("HopTableID", &r.HopTable)
			c.u16("ChannelIndex", &r.Channel)
			c.u16("TransmitPower", &r.Power)
		case pInventoryCommand:
			var aware bool
			c.flags("TagInventoryStateAware", 1, &aware)
			c.params(func(p param) bool { return r.readCommand(c, p) })
		default:
			return false
		}
		return true
	})
}

func (r *Radio) readCommand(c *coder, p param) bool {
	switch p {
	case pRFControl:
		var tari uint16
		r.Mode = new(uint16)
		c.u16("ModeIndex", r.Mode)
		c.u16("Tari", &tari)
	case pSingulationControl:
		var session uint8
		var transit uint32
		c.u8("Session", &session)
		c.u16("TagPopulation", &r.Population)
		c.u32("TagTransitTime", &transit)
		r.Session = session >> 6
		c.params(func(param) bool { return false })
	default:
		return false
	}
	return true
}

func (s *ROSpec) read(c *coder) {
	s.head(c)
	c.params(func(p param) bool {
		switch p {
		case pBoundary:
			c.params(func(p param) bool { return s.readBoundary(c, p) })
		case pAISpec:
			s.readAISpec(c)
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

func (s *ROSpec) readBoundary(c *coder, p param) bool {
	if p != pStartTrigger {
		return false
	}
	var kind uint8
	c.u8("ROSpecStartTriggerType", &kind)
	c.params(func(p param) bool {
		if p != pGPIValue || kind != gpiStart {
			return false
		}
		s.StartGPI = &GPITrigger{}
		s.StartGPI.fields(c)
		return true
	})
	return true
}

func (s *ROSpec) readAISpec(c *coder) {
	var n uint16
	c.u16("AntennaCount", &n)
	for i := 0; i < int(n) && c.err == nil; i++ {
		var antenna uint16
		c.u16("AntennaID", &antenna)
		s.Antennas = append(s.Antennas, antenna)
	}
	c.params(func(p param) bool {
		if p != pInventory {
			return false
		}
		var id uint16
		var protocol uint8
		c.u16("InventoryParameterSpecID", &id)
		c.u8("ProtocolID", &protocol)
		c.params(func(p param) bool {
			if p == pAntennaConfiguration {
				s.Radio.read(c)
			}
			return p == pAntennaConfiguration
		})
		return true
	})
}
