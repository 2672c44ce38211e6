package llrptest

import (
	"time"

	"bompass/hardware/llrp"
)

// Status codes.
const (
	statusUnknownMessage = 109 // M_UnsupportedMessage
	statusNoSpec         = 201 // A_Invalid: no such ROSpec, or not in that state
)

// answer answers a request and reports whether the connection is over.
func (e *Emulator) answer(c *client, f llrp.Frame) bool {
	reply := func(m llrp.Message) { e.reply(c, f.ID, m) }
	switch m := f.Message.(type) {
	case *llrp.Plain:
		return e.answerEmpty(c, m, reply)
	case *llrp.SetProtocolVersion:
		reply(&llrp.Reply{Of: llrp.TypeSetProtocolVersionResponse})
		c.version = m.Version
	case *llrp.GetReaderCapabilities:
		reply(e.capabilities(m.Part))
	case *llrp.SetReaderConfig:
		e.hold = m.Hold
		reply(&llrp.Reply{Of: llrp.TypeSetReaderConfigResponse})
		e.keepAlive(c, m.KeepAliveMS)
	case *llrp.AddROSpec:
		spec := m.Spec
		e.spec = &spec
		reply(&llrp.Reply{Of: llrp.TypeAddROSpecResponse})
	case *llrp.Ask:
		reply(&llrp.Reply{Of: m.Of + 10, Status: e.changeROSpec(m)})
	default:
		reply(&llrp.Reply{Of: llrp.TypeErrorMessage, Status: llrp.Status{Code: statusUnknownMessage, Text: "message is not supported"}})
	}
	return false
}

func (e *Emulator) answerEmpty(c *client, m *llrp.Plain, reply func(llrp.Message)) (over bool) {
	switch m.Of {
	case llrp.TypeGetSupportedVersion:
		if e.Version101Only {
			reply(&llrp.Reply{Of: llrp.TypeErrorMessage, Status: llrp.Status{Code: statusUnknownMessage, Text: "message is not supported"}})
			return false
		}
		reply(&llrp.GetSupportedVersionResponse{Current: c.version, Supported: llrp.Version11})
	case llrp.TypeKeepaliveAck:
		e.acks++
	case llrp.TypeEnableEventsAndReports:
		c.ready = true
		e.release(c)
	case llrp.TypeCloseConnection:
		reply(&llrp.Reply{Of: llrp.TypeCloseConnectionResponse})
		return true
	default: // Decode returns no other Plain message, apart from KEEPALIVE, which only a reader sends
	}
	return false
}

// release sends the held reports.
func (e *Emulator) release(c *client) {
	const perReport = 100
	for len(e.held) > 0 {
		n := min(perReport, len(e.held))
		c.lastID++
		if !e.reply(c, c.lastID, &llrp.ROAccessReport{Tags: e.held[:n]}) {
			return
		}
		e.held = e.held[n:]
	}
}

// changeROSpec carries out a request about the ROSpec.
func (e *Emulator) changeROSpec(m *llrp.Ask) llrp.Status {
	if m.Of == llrp.TypeDeleteROSpec {
		e.spec, e.enabled, e.running = nil, false, false
		return llrp.Status{}
	}
	known := e.spec != nil && e.spec.ID == m.ROSpec
	if !known || m.Of == llrp.TypeStartROSpec && !e.enabled {
		return llrp.Status{Code: statusNoSpec, Text: "no such ROSpec in that state"}
	}
	switch m.Of {
	case llrp.TypeEnableROSpec:
		e.enabled = true
	case llrp.TypeDisableROSpec:
		e.enabled, e.running = false, false
	case llrp.TypeStartROSpec:
		e.running = true
		if e.Started != nil {
			e.Started()
		}
	default: // STOP_ROSPEC
		e.running = false
	}
	return llrp.Status{}
}

func (e *Emulator) capabilities(part uint8) llrp.Message {
	if part == llrp.PartFeatures {
		return &llrp.GetReaderCapabilitiesResponse{LLRP: &llrp.LLRPCapabilities{HoldsEventsAndReports: true, WarnsOfFullBuffer: true, ROSpecs: 1, SpecsPerSpec: 1}}
	}
	return &llrp.GetReaderCapabilitiesResponse{General: &llrp.GeneralDeviceCapabilities{Antennas: 4, HasClock: true, Firmware: "emulated"}}
}

// keepAlive sends keep-alives until the connection ends.
func (e *Emulator) keepAlive(c *client, ms uint32) {
	if e.KeepMS != nil {
		ms = e.KeepMS(ms)
	}
	if ms == 0 {
		return
	}
	go func() {
		tick := time.NewTicker(time.Duration(ms) * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				e.mu.Lock()
				e.send(c, &llrp.Plain{Of: llrp.TypeKeepalive})
				e.mu.Unlock()
			case <-c.done:
				return
			}
		}
	}()
}
