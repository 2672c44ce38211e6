package llrp

import "fmt"

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

// Response is a message with an LLRPStatus.
type Response interface {
	Message
	// LLRPStatus returns the status of the response.
	LLRPStatus() Status
}

// empty is the content of a message without fields.
type empty struct{}

func (empty) code(*coder) {}

// Messages without fields.
type (
	// GetROSpecs is GET_ROSPECS.
	GetROSpecs struct{ empty }
	// GetSupportedVersion is GET_SUPPORTED_VERSION.
	GetSupportedVersion struct{ empty }
	// GetReport is GET_REPORT.
	GetReport struct{ empty }
	// Keepalive is KEEPALIVE.
	Keepalive struct{ empty }
	// KeepaliveAck is KEEPALIVE_ACK.
	KeepaliveAck struct{ empty }
	// EnableEventsAndReports is ENABLE_EVENTS_AND_REPORTS.
	EnableEventsAndReports struct{ empty }
	// CloseConnection is CLOSE_CONNECTION.
	CloseConnection struct{ empty }
)

// Requests about one ROSpec.
type (
	// DeleteROSpec is DELETE_ROSPEC; 0 means all.
	DeleteROSpec struct{ ROSpecID uint32 }
	// StartROSpec is START_ROSPEC.
	StartROSpec struct{ ROSpecID uint32 }
	// StopROSpec is STOP_ROSPEC.
	StopROSpec struct{ ROSpecID uint32 }
	// EnableROSpec is ENABLE_ROSPEC; 0 means all.
	EnableROSpec struct{ ROSpecID uint32 }
	// DisableROSpec is DISABLE_ROSPEC; 0 means all.
	DisableROSpec struct{ ROSpecID uint32 }
)

// DeleteAccessSpec is DELETE_ACCESSSPEC; 0 means all.
type DeleteAccessSpec struct{ AccessSpecID uint32 }

// statusOnly is the content of a response that consists of an LLRPStatus.
type statusOnly struct{ Status Status }

// LLRPStatus implements Response.
func (s statusOnly) LLRPStatus() Status { return s.Status }

func (s *statusOnly) code(c *coder) {
	if c.writing {
		s.Status.put(c)
		return
	}
	c.params(func(p param) bool { return s.Status.read(c, p) })
}

// Responses that consist of an LLRPStatus.
type (
	// SetReaderConfigResponse is SET_READER_CONFIG_RESPONSE.
	SetReaderConfigResponse struct{ statusOnly }
	// CloseConnectionResponse is CLOSE_CONNECTION_RESPONSE.
	CloseConnectionResponse struct{ statusOnly }
	// AddROSpecResponse is ADD_ROSPEC_RESPONSE.
	AddROSpecResponse struct{ statusOnly }
	// DeleteROSpecResponse is DELETE_ROSPEC_RESPONSE.
	DeleteROSpecResponse struct{ statusOnly }
	// StartROSpecResponse is START_ROSPEC_RESPONSE.
	StartROSpecResponse struct{ statusOnly }
	// StopROSpecResponse is STOP_ROSPEC_RESPONSE.
	StopROSpecResponse struct{ statusOnly }
	// EnableROSpecResponse is ENABLE_ROSPEC_RESPONSE.
	EnableROSpecResponse struct{ statusOnly }
	// DisableROSpecResponse is DISABLE_ROSPEC_RESPONSE.
	DisableROSpecResponse struct{ statusOnly }
	// SetProtocolVersionResponse is SET_PROTOCOL_VERSION_RESPONSE.
	SetProtocolVersionResponse struct{ statusOnly }
	// DeleteAccessSpecResponse is DELETE_ACCESSSPEC_RESPONSE.
	DeleteAccessSpecResponse struct{ statusOnly }
	// ErrorMessage is ERROR_MESSAGE, the response to a request that is not supported.
	ErrorMessage struct{ statusOnly }
)

// Unknown is a message of a type that has no Go type here.
type Unknown struct {
	MessageType MessageType
	Octets      []byte
}

// GetSupportedVersionResponse is GET_SUPPORTED_VERSION_RESPONSE.
type GetSupportedVersionResponse struct {
	Current, Supported uint8
	Status             Status
}

// SetProtocolVersion is SET_PROTOCOL_VERSION.
type SetProtocolVersion struct{ Version uint8 }

// LLRPStatus implements Response.
func (m *GetSupportedVersionResponse) LLRPStatus() Status { return m.Status }

// Type implements Message.
func (*GetROSpecs) Type() MessageType { return TypeGetROSpecs }

// Type implements Message.
func (*GetSupportedVersion) Type() MessageType { return TypeGetSupportedVersion }

// Type implements Message.
func (*GetReport) Type() MessageType { return TypeGetReport }

// Type implements Message.
func (*Keepalive) Type() MessageType { return TypeKeepalive }

// Type implements Message.
func (*KeepaliveAck) Type() MessageType { return TypeKeepaliveAck }

// Type implements Message.
func (*EnableEventsAndReports) Type() MessageType { return TypeEnableEventsAndReports }

// Type implements Message.
func (*CloseConnection) Type() MessageType { return TypeCloseConnection }

// Type implements Message.
func (*DeleteROSpec) Type() MessageType { return TypeDeleteROSpec }

// Type implements Message.
func (*StartROSpec) Type() MessageType { return TypeStartROSpec }

// Type implements Message.
func (*StopROSpec) Type() MessageType { return TypeStopROSpec }

// Type implements Message.
func (*EnableROSpec) Type() MessageType { return TypeEnableROSpec }

// Type implements Message.
func (*DisableROSpec) Type() MessageType { return TypeDisableROSpec }

// Type implements Message.
func (*DeleteAccessSpec) Type() MessageType { return TypeDeleteAccessSpec }

// Type implements Message.
func (*SetReaderConfigResponse) Type() MessageType { return TypeSetReaderConfigResponse }

// Type implements Message.
func (*CloseConnectionResponse) Type() MessageType { return TypeCloseConnectionResponse }

// Type implements Message.
func (*AddROSpecResponse) Type() MessageType { return TypeAddROSpecResponse }

// Type implements Message.
func (*DeleteROSpecResponse) Type() MessageType { return TypeDeleteROSpecResponse }

// Type implements Message.
func (*StartROSpecResponse) Type() MessageType { return TypeStartROSpecResponse }

// Type implements Message.
func (*StopROSpecResponse) Type() MessageType { return TypeStopROSpecResponse }

// Type implements Message.
func (*EnableROSpecResponse) Type() MessageType { return TypeEnableROSpecResponse }

// Type implements Message.
func (*DisableROSpecResponse) Type() MessageType { return TypeDisableROSpecResponse }

// Type implements Message.
func (*SetProtocolVersionResponse) Type() MessageType { return TypeSetProtocolVersionResponse }

// Type implements Message.
func (*DeleteAccessSpecResponse) Type() MessageType { return TypeDeleteAccessSpecResponse }

// Type implements Message.
func (*ErrorMessage) Type() MessageType { return TypeErrorMessage }

// Type implements Message.
func (*GetSupportedVersionResponse) Type() MessageType { return TypeGetSupportedVersionResponse }

// Type implements Message.
func (*SetProtocolVersion) Type() MessageType { return TypeSetProtocolVersion }

// Type implements Message.
func (m *Unknown) Type() MessageType { return m.MessageType }

func (m *DeleteROSpec) code(c *coder) { c.u32("ROSpecID", &m.ROSpecID) }

func (m *StartROSpec) code(c *coder) { c.u32("ROSpecID", &m.ROSpecID) }

func (m *StopROSpec) code(c *coder) { c.u32("ROSpecID", &m.ROSpecID) }

func (m *EnableROSpec) code(c *coder) { c.u32("ROSpecID", &m.ROSpecID) }

func (m *DisableROSpec) code(c *coder) { c.u32("ROSpecID", &m.ROSpecID) }

func (m *DeleteAccessSpec) code(c *coder) { c.u32("AccessSpecID", &m.AccessSpecID) }

func (m *Unknown) code(c *coder) {
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
