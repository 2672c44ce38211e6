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

// Errors of a caller of Machine.
var (
	ErrOver    = errors.New("efc: transaction is over")
	ErrWaiting = errors.New("efc: transaction waits for a need")
)

// pduNumber is the PDU number of every message. Messages are never fragmented, so one number is enough.
const pduNumber = 2

// repeatsMax is the maximum number of repeated requests in a transaction. A request is repeated after an
// answer that does not decode or belongs to another request.
const repeatsMax = 4

// Machine is the state machine of one transaction. The caller passes it the tag's answers and transmits the
// messages it returns.
//
// The order is BST, VST, GET_STAMPED, GET, SET of the receipt, SET_MMI, release; steps that the profile
// leaves out are skipped. When Step returns no message before the end, Need says what the machine waits for.
// An unusual tag is released, and Result has the finding.
type Machine struct {
	profile Profile
	nonce   dsrc.Octets4
	state   state
	need    Need
	repeats int
	now     time.Time
	last    dsrc.PDU // the message sent last

	eid         int
	toll        dsrc.TollParameter
	credentials dsrc.Octets
	stamp       seal.Stamp
	receipts    [2]dsrc.DateAndTime
	number      hardware.Finding // finding about the tag's number; Unreadable until it is known
	read        hardware.TagRead
	released    bool
	denied      *hardware.TagRead // the first attempt, when the tag denied access to it
}

type state uint8

const (
	stateIdle      state = iota // the BST has not been sent
	stateBSTSent                // waiting for the VST
	stateStampSent              // waiting for the GET_STAMPED response
	stateGetSent                // waiting for the GET response
	stateSetSent                // waiting for the SET response
	stateMMISent                // waiting for the SET_MMI response
	stateOver
)

// New returns a machine for one transaction. The nonce must be fresh: the tag computes its authenticator
// over it.
func New(p Profile, nonce dsrc.Octets4) *Machine {
	return &Machine{profile: p, nonce: nonce, number: hardware.Unreadable}
}

// Result returns what is known of the tag so far, with every message as transmitted.
func (m *Machine) Result() hardware.TagRead { return m.read }

// SetDeviceTime sets the time at which the tag first answered, by the antenna's own clock.
func (m *Machine) SetDeviceTime(at time.Time) { m.read.Device = at }

// Step takes the tag's answer and returns the next message with its fragmentation octet. The answer is nil
// on the first call and after a need was met. done reports that the transaction is over; the tag does not
// answer the message returned with it. When there is no message and done is false, the machine has a Need.
// An empty answer at any other time means that the tag has left. Errors are the caller's own; no answer of a
// tag causes one.
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

// next processes an answer and returns the next message.
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

// Released reports whether the release was sent, after which the tag ignores this beacon.
func (m *Machine) Released() bool { return m.released }

// Abort ends the transaction as if the tag had left. Result keeps what is known.
func (m *Machine) Abort() {
	if m.state != stateOver {
		m.endWithoutTag()
	}
}

// endWithoutTag ends the transaction after the tag has left. A tag that has sent its number counts as read
// with or without receipt and signal.
func (m *Machine) endWithoutTag() {
	if m.state == stateStampSent || m.state == stateGetSent {
		m.read.Finding = m.number
		if m.number == hardware.Unreadable {
			m.read.Finding = hardware.Interrupted
		}
	}
	if m.denied != nil && m.read.IsZero() {
		m.read = *m.denied
	}
	m.state = stateOver
}

// AwaitsVST reports whether the message to be sent is a BST, which an antenna's Find transmits.
func (m *Machine) AwaitsVST() bool { return m.state == stateBSTSent && m.need == Nothing }

// send encodes a message, and stores it for retries and for the raw record of the transaction.
func (m *Machine) send(p dsrc.PDU) ([]byte, error) {
	out, err := dsrc.AppendFragment(make([]byte, 0, 64), pduNumber)
	if err != nil {
		return nil, err
	}
	if out, err = dsrc.Append(out, p); err != nil {
		m.state = stateOver
		return nil, fmt.Errorf("efc: encode message: %w", err)
	}
	m.last = p
	m.read.Raw = append(m.read.Raw, hardware.Message{At: m.now, Octets: out})
	return out, nil
}

// receive records an answer and returns it without its fragmentation octet, or nil when it has none.
func (m *Machine) receive(in []byte) []byte {
	kept := slices.Clone(in)
	m.read.Raw = append(m.read.Raw, hardware.Message{FromTag: true, At: m.now, Octets: kept})
	_, apdu, err := dsrc.CutFragment(kept)
	if err != nil {
		return nil
	}
	return apdu
}

// repeatRequest returns the last request again, or the release after repeatsMax.
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
