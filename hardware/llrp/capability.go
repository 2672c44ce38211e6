package llrp

// Requested parts of the capabilities.
const (
	PartAll      uint8 = 0
	PartGeneral  uint8 = 1
	PartFeatures uint8 = 2
)

// GetReaderCapabilities is GET_READER_CAPABILITIES.
type GetReaderCapabilities struct{ Part uint8 }

// GetReaderCapabilitiesResponse is GET_READER_CAPABILITIES_RESPONSE. A part that was not requested is nil.
type GetReaderCapabilitiesResponse struct {
	Status  Status
	General *GeneralDeviceCapabilities
	LLRP    *LLRPCapabilities
	// Regulatory and Gen2 report only whether the reader sent these parts.
	Regulatory, Gen2 bool
}

// GeneralDeviceCapabilities describes the device.
type GeneralDeviceCapabilities struct {
	Antennas            uint16
	HasClock            bool // false for a reader that counts from its start
	Manufacturer, Model uint32
	Firmware            string
}

// LLRPCapabilities describes the supported features of the protocol.
type LLRPCapabilities struct { //nolint:revive // the name in the specification
	HoldsEventsAndReports bool // keeps reports while no client is connected
	WarnsOfFullBuffer     bool // warns when the report buffer fills up
	ROSpecs               uint32
	SpecsPerSpec          uint32
}

// Type implements Message.
func (*GetReaderCapabilities) Type() MessageType { return TypeGetReaderCapabilities }

// Type implements Message.
func (*GetReaderCapabilitiesResponse) Type() MessageType { return TypeGetReaderCapabilitiesResponse }

// LLRPStatus implements Response.
func (m *GetReaderCapabilitiesResponse) LLRPStatus() Status { return m.Status }

func (m *GetReaderCapabilities) code(c *coder) { c.u8("RequestedData", &m.Part) }

func (m *GetReaderCapabilitiesResponse) code(c *coder) {
	if c.writing {
		m.Status.put(c)
		if m.General != nil {
			c.put(pGeneral, func() { m.General.put(c) })
		}
		if m.LLRP != nil {
			c.put(pFeatures, func() { m.LLRP.fields(c) })
		}
		if m.Regulatory {
			c.put(pRegulatory, func() { putRegulatory(c) })
		}
		if m.Gen2 {
			c.put(pGen2Capabilities, func() { putGen2(c) })
		}
		return
	}
	c.params(func(p param) bool {
		switch p {
		case pGeneral:
			m.General = &GeneralDeviceCapabilities{}
			m.General.fields(c)
			// The parameters inside, such as tables of the antennas, are not used.
			c.params(func(param) bool { return false })
		case pFeatures:
			m.LLRP = &LLRPCapabilities{}
			m.LLRP.fields(c)
		case pRegulatory:
			m.Regulatory = true
			c.at = c.end
		case pGen2Capabilities:
			m.Gen2 = true
			c.at = c.end
		default:
			return m.Status.read(c, p)
		}
		return true
	})
}

func (g *GeneralDeviceCapabilities) fields(c *coder) {
	c.u16("MaxNumberOfAntennaSupported", &g.Antennas)
	var canSet bool
	c.flags("Capabilities", 2, &canSet, &g.HasClock)
	c.u32("DeviceManufacturerName", &g.Manufacturer)
	c.u32("ModelName", &g.Model)
	c.text("ReaderFirmwareVersion", &g.Firmware)
}

// put writes the fields and the mandatory parameters: one sensitivity entry, no general purpose ports, and
// the air protocol of every antenna.
func (g *GeneralDeviceCapabilities) put(c *coder) {
	g.fields(c)
	index, zero, gen2 := uint16(1), uint16(0), uint8(airGen2)
	c.put(pSensitivity, func() { c.u16("", &index); c.u16("", &zero) })
	c.put(pGPIO, func() { c.u16("", &zero); c.u16("", &zero) })
	for antenna := uint16(1); antenna <= min(g.Antennas, antennasMax); antenna++ {
		c.put(pAirProtocol, func() { c.u16("", &antenna); c.u16("", &index); c.u8("", &gen2) })
	}
}

func (f *LLRPCapabilities) fields(c *coder) {
	var survey, opSpec, aware bool
	c.flags("Capabilities", 1, &survey, &f.WarnsOfFullBuffer, &opSpec, &aware, &f.HoldsEventsAndReports)
	var priorities uint8
	var timeout uint16
	var inventories, accesses, operations uint32
	c.u8("MaxNumPriorityLevelsSupported", &priorities)
	c.u16("ClientRequestOpSpecTimeout", &timeout)
	c.u32("MaxNumROSpecs", &f.ROSpecs)
	c.u32("MaxNumSpecsPerROSpec", &f.SpecsPerSpec)
	c.u32("MaxNumInventoryParameterSpecsPerAISpec", &inventories)
	c.u32("MaxNumAccessSpecs", &accesses)
	c.u32("MaxNumOpSpecsPerAccessSpec", &operations)
}

// putRegulatory writes the mandatory fields of RegulatoryCapabilities: Norway under ETSI EN 302 208, with one
// power level and one fixed frequency.
func putRegulatory(c *coder) {
	country, standard, index, power := uint16(578), uint16(2), uint16(1), uint16(3000)
	c.u16("", &country)
	c.u16("", &standard)
	c.put(pUHFBand, func() {
		c.put(pPowerLevel, func() { c.u16("", &index); c.u16("", &power) })
		c.put(pFrequencyInfo, func() {
			var hopping bool
			c.flags("", 1, &hopping)
			n, kHz := uint16(1), uint32(865_700)
			c.put(pFixedFrequencies, func() { c.u16("", &n); c.u32("", &kHz) })
		})
		c.put(pRFModeTable, func() {
			c.put(pRFModeEntry, func() {
				id, zero := uint32(0), uint32(0)
				c.u32("", &id)
				c.b = append(c.b, 0, 1, 1, 0, 0) // divide ratio and EPC HAG, Miller 2, PR-ASK, spectral mask
				for range 5 {                    // data rates and Tari values
					c.u32("", &zero)
				}
			})
		})
	})
}

// putGen2 writes C1G2LLRPCapabilities: no block operations, two filters.
func putGen2(c *coder) {
	filters := uint16(2)
	c.b = append(c.b, 0)
	c.u16("", &filters)
}
