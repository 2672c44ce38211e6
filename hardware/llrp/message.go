package llrp

import "fmt"

// Plain is a message without a content.
type Plain struct{ Of Kind }

// Ask is a request about one ROSpec; for deleting, 0 means all of them.
type Ask struct {
	Of     Kind
	ROSpec uint32
}

// Reply is an answer that is a status and no more.
type Reply struct {
	Of     Kind
	Status Status
}

// Other is a message that is not known here.
type Other struct {
	Of     Kind
	Octets []byte
}

// Status is how a reader answers for what it was asked to do; Code 0 is success.
type Status struct {
	Code uint16
	Text string
}

// Err is nil for success.
func (s Status) Err() error {
	if s.Code == 0 {
		return nil
	}
	return fmt.Errorf("reader returned status %d %q", s.Code, s.Text)
}

// SupportedVersion tells which versions a reader speaks.
type SupportedVersion struct {
	Current, Supported uint8
	Status             Status
}

// SetVersion settles the version of the connection.
type SetVersion struct{ Version uint8 }

// Kind is the message's type.
func (m *Plain) Kind() Kind { return m.Of }

// Kind is the message's type.
func (m *Ask) Kind() Kind { return m.Of }

// Kind is the message's type.
func (m *Reply) Kind() Kind { return m.Of }

// Kind is the message's type.
func (m *Other) Kind() Kind { return m.Of }

// Kind is the message's type.
func (*SupportedVersion) Kind() Kind { return KindSupportedVersion }

// Kind is the message's type.
func (*SetVersion) Kind() Kind { return KindSetVersion }

func (*Plain) code(*coder) {}

func (m *Ask) code(c *coder) { c.u32("ROSpecID", &m.ROSpec) }

func (m *Reply) code(c *coder) {
	if c.writing {
		m.Status.put(c)
		return
	}
	c.each(func(p param) bool { return m.Status.read(c, p) })
}

func (m *Other) code(c *coder) {
	if c.writing {
		c.b = append(c.b, m.Octets...)
	} else {
		m.Octets = append([]byte(nil), c.take("message", c.end-c.at)...)
	}
}

func (m *SupportedVersion) code(c *coder) {
	c.u8("CurrentVersion", &m.Current)
	c.u8("SupportedVersion", &m.Supported)
	if c.writing {
		m.Status.put(c)
		return
	}
	c.each(func(p param) bool { return m.Status.read(c, p) })
}

func (m *SetVersion) code(c *coder) { c.u8("ProtocolVersion", &m.Version) }

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
	c.each(func(param) bool { return false }) // which field or parameter: the text says it, too
	return true
}
