package efc

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
	"bompass/hardware/seal"
)

// What a caller can get wrong.
var (
	ErrOver    = errors.New("efc: transaction is over")
	ErrWaiting = errors.New("efc: transaction waits for what it needs")
)

// pduNumber is the number of every message: nothing here is fragmented.
const pduNumber = 2

// repeatsMax is how often in a transaction a question is put again after an answer that is none: a late
// one, one to another question, or noise.
const repeatsMax = 4

// Machine carries out one transaction. Give it the tag's answer, send what it returns.
//
// The order is BST, VST, GET_STAMPED, GET, SET of the receipt, SET_MMI, release; what the profile does
// not want is left out. In between the machine may return nothing to send: then Need says what it waits
// for. A tag that is strange is released, and Result says why.
type Machine struct {
	profile Profile
	nonce   dsrc.Octets4
	state   state
	need    Need
	repeats int
	now     time.Time
	last    dsrc.PDU // what was sent last

	eid         int
	toll        dsrc.TollParameter
	credentials dsrc.Octets
	stamp       seal.Stamp
	receipts    [2]dsrc.DateAndTime
	number      hardware.Finding // what the tag's number is worth; Unreadable until it is known
	read        hardware.TagRead
	released    bool
}

type state uint8

const (
	stateIdle   state = iota // BST not sent yet
	stateBSTSent                 // waiting for the VST
	stateStampSent                // waiting for attributes under an authenticator
	stateGetSent                  // waiting for attributes
	stateSetSent                // waiting for the receipt's answer
	stateMMISent              // waiting for the beep's answer
	stateOver
)

// New starts a transaction. The nonce is what the tag's authenticator is made over; it must be fresh.
func New(p Profile, nonce dsrc.Octets4) *Machine {
	return &Machine{profile: p, nonce: nonce, number: hardware.Unreadable}
}

// Result is what is known of the tag so far, with every message as it went over the air.
func (m *Machine) Result() hardware.TagRead { return m.read }

// SetDeviceTime tells when the antenna heard the tag, by the antenna's own clock.
func (m *Machine) SetDeviceTime(at time.Time) { m.read.Device = at }

// Step takes the tag's answer, nil at first and after a need was met, and returns the next message with
// its fragmentation octet. done says that the tag does not answer what is returned and the transaction
// is over. With nothing to send and not done, the machine has a Need. An empty answer later on means
// that the tag is gone: done, with nothing to send. The error is the caller's own; nothing a tag says
// is one.
func (m *Machine) Step(in []byte, now time.Time) (out []byte, done bool, err error) {
	switch {
	case m.state == stateOver:
		return nil, true, ErrOver
	case m.need&unmet != 0:
		return nil, false, ErrWaiting
	case m.state != stateIdle && m.need == Nothing && len(in) == 0:
		m.endWithoutTag()
		return nil, true, nil
	}
	m.now = now
	next := m.next(in)
	if m.need != Nothing {
		m.need |= unmet
		return nil, false, nil
	}
	out, err = m.send(next)
	return out, m.state == stateOver, err
}

// next decides what to say.
func (m *Machine) next(in []byte) dsrc.PDU {
	if m.need != Nothing {
		met := m.need
		m.need = Nothing
		return m.resume(met)
	}
	if m.state == stateIdle {
		m.state = stateBSTSent
		return m.bst()
	}
	apdu := m.receive(in)
	switch m.state {
	case stateBSTSent:
		return m.onVST(apdu)
	case stateStampSent:
		return m.onStamped(apdu)
	case stateGetSent:
		return m.onAttributes(apdu)
	case stateSetSent:
		return m.signal()
	default:
		return m.release(m.read.Finding)
	}
}

// Released tells whether the transaction was carried to its end, so that the tag will keep silent.
func (m *Machine) Released() bool { return m.released }

// Abort ends the transaction where it is, as when the tag is gone: Result says what is known.
func (m *Machine) Abort() {
	if m.state != stateOver {
		m.endWithoutTag()
	}
}

// endWithoutTag ends the transaction without the tag. A tag that has said its number has been read, receipt and
// beep or not: the last exchanges are the dispensable ones.
func (m *Machine) endWithoutTag() {
	if m.state == stateStampSent || m.state == stateGetSent {
		m.read.Finding = m.number
		if m.number == hardware.Unreadable {
			m.read.Finding = hardware.Interrupted
		}
	}
	m.state = stateOver
}

func (m *Machine) send(p dsrc.PDU) ([]byte, error) {
	out, err := dsrc.AppendFragment(make([]byte, 0, 64), pduNumber)
	if err != nil {
		return nil, err
	}
	if out, err = dsrc.Append(out, p); err != nil {
		m.state = stateOver
		return nil, fmt.Errorf("efc: profile does not fit the air: %w", err)
	}
	m.last = p
	m.read.Raw = append(m.read.Raw, hardware.Message{At: m.now, Octets: out})
	return out, nil
}

// receive keeps an answer and returns it without its fragmentation octet; nil is an answer that has none.
func (m *Machine) receive(in []byte) []byte {
	kept := slices.Clone(in)
	m.read.Raw = append(m.read.Raw, hardware.Message{FromTag: true, At: m.now, Octets: kept})
	_, apdu, err := dsrc.CutFragment(kept)
	if err != nil {
		return nil
	}
	return apdu
}

// repeatRequest puts the last question once more, or gives up.
func (m *Machine) repeatRequest() dsrc.PDU {
	if m.repeats == repeatsMax {
		return m.release(hardware.Unreadable)
	}
	m.repeats++
	return m.last
}

func (m *Machine) release(f hardware.Finding) dsrc.PDU {
	m.read.Finding, m.state, m.released = f, stateOver, true
	return dsrc.Release()
}
