package llrptest

import (
	"time"

	"bompass/hardware/llrp"
)

// Status codes of the protocol.
const (
	statusUnknownMessage = 109 // M_UnsupportedMessage
	statusNoSpec         = 201 // A_Invalid: there is no such ROSpec, or its state does not allow it
)

// answer takes a request; it is true when the connection is over.
func (e *Emulator) answer(c *client, f llrp.Frame) bool {
	reply := func(m llrp.Message) { e.reply(c, f.ID, m) }
	switch m := f.Message.(type) {
	case *llrp.Plain:
		return e.plain(c, m, reply)
	case *llrp.SetVersion:
		reply(&llrp.Reply{Of: llrp.KindSetVersionReply})
		c.version = m.Version
	case *llrp.GetCapabilities:
		reply(e.capabilities(m.Part))
	case *llrp.SetConfig:
		e.hold = m.Hold
		reply(&llrp.Reply{Of: llrp.KindSetConfigReply})
		e.keepAlive(c, m.KeepAliveMS)
	case *llrp.AddROSpec:
		spec := m.Spec
		e.spec = &spec
		reply(&llrp.Reply{Of: llrp.KindAddROSpecReply})
	case *llrp.Ask:
		reply(&llrp.Reply{Of: m.Of + 10, Status: e.move(m)})
	default:
		reply(&llrp.Reply{Of: llrp.KindErrorMessage, Status: llrp.Status{Code: statusUnknownMessage, Text: "message is not supported"}})
	}
	return false
}

func (e *Emulator) plain(c *client, m *llrp.Plain, reply func(llrp.Message)) (over bool) {
	switch m.Of {
	case llrp.KindGetSupportedVersion:
		if e.Elder {
			reply(&llrp.Reply{Of: llrp.KindErrorMessage, Status: llrp.Status{Code: statusUnknownMessage, Text: "message is not supported"}})
			return false
		}
		reply(&llrp.SupportedVersion{Current: c.version, Supported: llrp.Version11})
	case llrp.KindKeepAliveAck:
		e.acks++
	case llrp.KindEnableReports:
		c.ready = true
		e.release(c)
	case llrp.KindClose:
		reply(&llrp.Reply{Of: llrp.KindCloseReply})
		return true
	default: // newMessage makes no other Plain, but for a keep-alive, which is ours to send
	}
	return false
}

// release sends what was held.
func (e *Emulator) release(c *client) {
	const perReport = 100
	for len(e.held) > 0 {
		n := min(perReport, len(e.held))
		c.lastID++
		if !e.reply(c, c.lastID, &llrp.Report{Tags: e.held[:n]}) {
			return
		}
		e.held = e.held[n:]
	}
}

// move carries out a request about ROSpecs.
func (e *Emulator) move(m *llrp.Ask) llrp.Status {
	if m.Of == llrp.KindDeleteROSpec {
		e.spec, e.enabled, e.running = nil, false, false
		return llrp.Status{}
	}
	known := e.spec != nil && e.spec.ID == m.ROSpec
	if !known || m.Of == llrp.KindStartROSpec && !e.enabled {
		return llrp.Status{Code: statusNoSpec, Text: "no such ROSpec in that state"}
	}
	switch m.Of {
	case llrp.KindEnableROSpec:
		e.enabled = true
	case llrp.KindDisableROSpec:
		e.enabled, e.running = false, false
	case llrp.KindStartROSpec:
		e.running = true
		if e.Started != nil {
			e.Started()
		}
	default: // stop
		e.running = false
	}
	return llrp.Status{}
}

func (e *Emulator) capabilities(part uint8) llrp.Message {
	if part == llrp.PartFeatures {
		return &llrp.Capabilities{Features: &llrp.Features{CanHold: true, CanWarn: true, ROSpecs: 1, SpecsPerSpec: 1}}
	}
	return &llrp.Capabilities{General: &llrp.General{Antennas: 4, HasClock: true, Firmware: "emulated"}}
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
				e.send(c, &llrp.Plain{Of: llrp.KindKeepAlive})
				e.mu.Unlock()
			case <-c.done:
				return
			}
		}
	}()
}
