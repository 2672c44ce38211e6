package llrp

import "fmt"

// Plain is a message without fields.
type Plain struct{ Of MessageType }

// Ask is a request about one ROSpec; in DELETE_ROSPEC, 0 means all.
type Ask struct {
	Of     MessageType
	ROSpec uint32
}

// Reply is a response that consists of an LLRPStatus.
type Reply struct {
	Of     MessageType
	Status Status
}

// Other is a message of unknown type.
type Other struct {
	Of     MessageType
	Octets []byte
}

// Status is the LLRPStatus of a response; Code 0 is success.
type Status struct {
	Code uint16
	Text string
}

// Err returns nil for success.
func (s Status) Err() error {
	if s.Code == 0 {
		return nil
	}
	return fmt.Errorf("reader returned status %d %q", s.Code, s.Text)
}

// GetSupportedVersionResponse is GET_SUPPORTED_VERSION_RESPONSE.
type GetSupportedVersionResponse struct {
	Current, Supported uint8
	Status             Status
}

// SetProtocolVersion is SET_PROTOCOL_VERSION.
type SetProtocolVersion struct{ Version uint8 }

// Type implements Message.
func (m *Plain) Type() MessageType { return m.Of }

// Type implements Message.
func (m *Ask) Type() MessageType { return m.Of }

// Type implements Message.
func (m *Reply) Type() MessageType { return m.Of }

// Type implements Message.
func (m *Other) Type() MessageType { return m.Of }

// Type implements Message.
func (*GetSupportedVersionResponse) Type() MessageType { return TypeGetSupportedVersionResponse }

// Type implements Message.
func (*SetProtocolVersion) Type() MessageType { return TypeSetProtocolVersion }

func (*Plain) code(*coder) {}

func (m *Ask) code(c *coder) { c.u32("ROSpecID", &m.ROSpec) }

func (m *Reply) code(c *coder) {
	if c.writing {
		m.Status.put(c)
		return
	}
	c.params(func(p param) bool { return m.Status.read(c, p) })
}

func (m *Other) code(c *coder) {
	if c.writing {
		c.b = append(c.b, m.Octets...)
	} else {
		m.Octets = append([]byte(nil), c.take("message", c.end-c.at)...)
	}
}

func (m *GetSupportedVersionResponse) code(c *coder) {
	c.u8("CurrentVersion", &m.Current)
	c.u8("SupportedVersion", &m.Supported)
	if c.writing {
		m.Status.put(c)
		return
	}
	c.params(func(p param) bool { return m.Status.read(c, p) })
}

func (m *SetProtocolVersion) code(c *coder) { c.u8("ProtocolVersion", &m.Version) }

func (s *Status) put(c *coder) { c.put(pStatus, func() { s.fields(c) }) }

func (s *Status) fields(c *coder) {
	c.u16("StatusCode", &s.Code)
	c.text("ErrorDescription", &s.Text)
}

func (s *Status) read(c *coder, p param) bool {
	if p != pStatus {
		return false
	}
	s.fields(c)
	c.params(func(param) bool { return false }) // FieldError and ParameterError; the description contains them too
	return true
}
