package llrptest

import (
	"time"

	"bompass/hardware/llrp"
)

// Status codes.
const (
	statusUnsupportedMessage = 109 // M_UnsupportedMessage
	statusInvalid            = 201 // A_Invalid: no such ROSpec, or not in that state
)

// refusal is the status of a request that the emulator refuses by its Refuse function.
var refusal = llrp.Status{Code: statusInvalid, Text: "refused"}

// answer answers a request and reports whether the connection is over.
func (e *Emulator) answer(c *client, f llrp.Frame) (over bool) {
	reply := func(m llrp.Message) { e.reply(c, f.ID, m) }
	refused := e.Refuse != nil && e.Refuse(f.Message)
	switch m := f.Message.(type) {
	case *llrp.GetSupportedVersion:
		return e.answerVersion(c, f.ID)
	case *llrp.KeepaliveAck:
		e.acks++
	case *llrp.EnableEventsAndReports:
		c.ready = true
		e.release(c)
	case *llrp.GetReport:
		e.release(c)
	case *llrp.CloseConnection:
		reply(&llrp.CloseConnectionResponse{})
		return true
	case *llrp.SetProtocolVersion:
		r := &llrp.SetProtocolVersionResponse{}
		if refused {
			r.Status = refusal
		}
		reply(r)
		if !refused {
			c.version = m.Version
		}
	case *llrp.GetReaderCapabilities:
		reply(e.capabilities(m.Part))
	case *llrp.GetReaderConfig:
		reply(&llrp.GetReaderConfigResponse{ReaderID: []byte("emulator"), KeepaliveMS: &e.keepMS, Hold: &e.hold, Events: e.events})
	case *llrp.SetReaderConfig:
		e.configure(c, m, refused, reply)
	case *llrp.GetROSpecs:
		reply(&llrp.GetROSpecsResponse{Specs: e.specs()})
	case *llrp.DeleteAccessSpec:
		reply(&llrp.DeleteAccessSpecResponse{})
	case *llrp.AddROSpec, *llrp.DeleteROSpec, *llrp.StartROSpec, *llrp.StopROSpec, *llrp.EnableROSpec, *llrp.DisableROSpec:
		e.changeROSpec(m, refused, reply)
	default:
		reply(unsupported())
	}
	return false
}

func unsupported() *llrp.ErrorMessage {
	m := &llrp.ErrorMessage{}
	m.Status = llrp.Status{Code: statusUnsupportedMessage, Text: "message is not supported"}
	return m
}

// answerVersion answers GET_SUPPORTED_VERSION as the reader's quirks have it.
func (e *Emulator) answerVersion(c *client, id uint32) (over bool) {
	switch e.Version {
	case VersionSilent:
	case VersionHangUp:
		return true
	case VersionErrorIDZero:
		e.reply(c, 0, unsupported())
	case Version101Only:
		e.reply(c, id, unsupported())
	default: // the response has the header of version 1.1, whatever the connection's version is
		before := c.version
		c.version = llrp.Version11
		e.reply(c, id, &llrp.GetSupportedVersionResponse{Current: before, Supported: llrp.Version11})
		c.version = before
	}
	return false
}

func (e *Emulator) configure(c *client, m *llrp.SetReaderConfig, refused bool, reply func(llrp.Message)) {
	r := &llrp.SetReaderConfigResponse{}
	if refused || e.NoHold && m.Hold != nil {
		r.Status = refusal
		reply(r)
		return
	}
	if m.Hold != nil {
		e.hold = *m.Hold
	}
	e.events = append(e.events, m.Events...)
	reply(r)
	if m.KeepaliveMS != nil {
		e.keepMS = *m.KeepaliveMS
		e.keepAlive(c, *m.KeepaliveMS)
	}
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

func (e *Emulator) specs() []llrp.ROSpec {
	if e.spec == nil {
		return nil
	}
	spec := *e.spec
	switch {
	case e.running:
		spec.State = llrp.ROSpecActive
	case e.enabled:
		spec.State = llrp.ROSpecInactive
	}
	return []llrp.ROSpec{spec}
}

// changeROSpec carries out a request about the ROSpec.
func (e *Emulator) changeROSpec(m llrp.Message, refused bool, reply func(llrp.Message)) {
	status := llrp.Status{}
	known := func(id uint32) bool { return e.spec != nil && (id == 0 || e.spec.ID == id) }
	change := func(allowed bool, do func()) llrp.Status {
		if refused || !allowed {
			return llrp.Status{Code: statusInvalid, Text: "no such ROSpec in that state"}
		}
		do()
		return status
	}
	switch m := m.(type) {
	case *llrp.AddROSpec:
		r := &llrp.AddROSpecResponse{}
		r.Status = change(true, func() { spec := m.Spec; e.spec = &spec })
		reply(r)
	case *llrp.DeleteROSpec:
		r := &llrp.DeleteROSpecResponse{}
		r.Status = change(true, func() { e.spec, e.enabled, e.running = nil, false, false })
		reply(r)
	case *llrp.EnableROSpec:
		r := &llrp.EnableROSpecResponse{}
		// With a start trigger, the specification runs as soon as it is enabled.
		r.Status = change(known(m.ROSpecID), func() { e.enabled, e.running = true, e.spec.StartGPI != nil })
		reply(r)
	case *llrp.DisableROSpec:
		r := &llrp.DisableROSpecResponse{}
		r.Status = change(known(m.ROSpecID), func() { e.enabled, e.running = false, false })
		reply(r)
	case *llrp.StartROSpec:
		r := &llrp.StartROSpecResponse{}
		r.Status = change(known(m.ROSpecID) && e.enabled, func() {
			e.running = true
			if e.Started != nil {
				e.Started()
			}
		})
		reply(r)
	case *llrp.StopROSpec:
		r := &llrp.StopROSpecResponse{}
		r.Status = change(known(m.ROSpecID), func() { e.running = false })
		reply(r)
	}
}

func (e *Emulator) capabilities(part uint8) llrp.Message {
	r := &llrp.GetReaderCapabilitiesResponse{}
	if part == llrp.PartAll || part == llrp.PartGeneral {
		r.General = &llrp.GeneralDeviceCapabilities{Antennas: 4, HasClock: !e.NoClock, Firmware: "emulated"}
	}
	if part == llrp.PartAll || part == llrp.PartFeatures {
		r.LLRP = &llrp.LLRPCapabilities{HoldsEventsAndReports: !e.NoHold, WarnsOfFullBuffer: true, ROSpecs: 1, SpecsPerSpec: 1}
	}
	if part == llrp.PartAll {
		r.Regulatory, r.Gen2 = true, true
	}
	return r
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
				e.send(c, &llrp.Keepalive{})
				e.mu.Unlock()
			case <-c.done:
				return
			}
		}
	}()
}
