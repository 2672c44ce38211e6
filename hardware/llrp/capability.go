package llrp

// Part of a reader's capabilities.
const (
	PartGeneral  uint8 = 1
	PartFeatures uint8 = 2
)

// GetCapabilities asks what the reader is.
type GetCapabilities struct{ Part uint8 }

// Capabilities say what the reader is; a part that was not asked for is nil.
type Capabilities struct {
	Status   Status
	General  *General
	Features *Features
}

// General is the device.
type General struct {
	Antennas            uint16
	HasClock            bool // else it counts from its start
	Manufacturer, Model uint32
	Firmware            string
}

// Features are what it can do of the protocol.
type Features struct {
	CanHold      bool // keeps reports while nobody is connected
	CanWarn      bool // tells when its buffer fills
	ROSpecs      uint32
	SpecsPerSpec uint32
}

// Kind is the message's type.
func (*GetCapabilities) Kind() Kind { return KindGetCapabilities }

// Kind is the message's type.
func (*Capabilities) Kind() Kind { return KindCapabilities }

func (m *GetCapabilities) code(c *coder) { c.u8("RequestedData", &m.Part) }

func (m *Capabilities) code(c *coder) {
	if c.writing {
		m.Status.put(c)
		if m.General != nil {
			c.put(pGeneral, func() { m.General.put(c) })
		}
		if m.Features != nil {
			c.put(pFeatures, func() { m.Features.fields(c) })
		}
		return
	}
	c.each(func(p param) bool {
		switch p {
		case pGeneral:
			m.General = &General{}
			m.General.fields(c)
			c.each(func(param) bool { return false })
		case pFeatures:
			m.Features = &Features{}
			m.Features.fields(c)
		default:
			return m.Status.read(c, p)
		}
		return true
	})
}

func (g *General) fields(c *coder) {
	c.u16("MaxNumberOfAntennaSupported", &g.Antennas)
	var canSet bool
	c.flags("Capabilities", 2, &canSet, &g.HasClock)
	c.u32("DeviceManufacturerName", &g.Manufacturer)
	c.u32("ModelName", &g.Model)
	c.text("ReaderFirmwareVersion", &g.Firmware)
}

// put writes the fields and the parameters that the protocol asks of every reader: one step of
// sensitivity, no general inputs, and the one air protocol for every antenna.
func (g *General) put(c *coder) {
	g.fields(c)
	index, zero, gen2 := uint16(1), uint16(0), uint8(airGen2)
	c.put(pSensitivity, func() { c.u16("", &index); c.u16("", &zero) })
	c.put(pGPIO, func() { c.u16("", &zero); c.u16("", &zero) })
	for antenna := uint16(1); antenna <= min(g.Antennas, antennasMax); antenna++ {
		c.put(pAirProtocol, func() { c.u16("", &antenna); c.u16("", &index); c.u8("", &gen2) })
	}
}

func (f *Features) fields(c *coder) {
	var survey, opSpec, aware bool
	c.flags("Capabilities", 1, &survey, &f.CanWarn, &opSpec, &aware, &f.CanHold)
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
