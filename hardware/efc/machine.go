package efc

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"bompass/hardware"
	"bompass/hardware/dsrc"
)

// ErrOver says that a transaction that has ended was stepped again.
var ErrOver = errors.New("efc: transaction is over")

// pduNumber is the number of every message: nothing here is fragmented.
const pduNumber = 2

// Machine carries out one transaction. Give it the tag's answer, send what it returns.
//
// The order is BST, VST, GET, its response, SET_MMI, its response, release. A tag that is strange is
// released at once, and Result says why.
type Machine struct {
	profile Profile
	state   state
	eid     int
	read    hardware.TagRead
}

type state uint8

const (
	calling   state = iota // BST not sent yet
	called                 // waiting for the VST
	asked                  // waiting for the attributes
	signalled              // waiting for the beep's answer
	over
)

// New starts a transaction.
func New(p Profile) *Machine { return &Machine{profile: p} }

// Result is what is known of the tag so far, with every message as it went over the air.
func (m *Machine) Result() hardware.TagRead { return m.read }

// Step takes the tag's answer, nil at first, and returns the next message with its fragmentation
// octet. done says that the tag does not answer what is returned and the transaction is over. An empty
// answer later on means that the tag is gone: done, with nothing to send. The error is the caller's
// own; nothing a tag says is one.
func (m *Machine) Step(in []byte, now time.Time) (out []byte, done bool, err error) {
	if m.state == over {
		return nil, true, ErrOver
	}
	if m.state == calling {
		out, err = m.send(m.bst(now), now)
		m.state = called
		return out, false, err
	}
	if len(in) == 0 {
		m.gone()
		return nil, true, nil
	}
	out, err = m.send(m.next(m.receive(in, now), now), now)
	return out, m.state == over, err
}

// gone ends the transaction without the tag. A tag that has said its number has been read, beep or
// not: the last exchange is the dispensable one.
func (m *Machine) gone() {
	if m.state == asked {
		m.read.Finding = hardware.Interrupted
	}
	m.state = over
}

func (m *Machine) send(p dsrc.PDU, now time.Time) ([]byte, error) {
	out, err := dsrc.AppendFragment(make([]byte, 0, 32), pduNumber)
	if err != nil {
		return nil, err
	}
	if out, err = dsrc.Append(out, p); err != nil {
		m.state = over
		return nil, fmt.Errorf("efc: profile does not fit the air: %w", err)
	}
	m.read.Raw = append(m.read.Raw, hardware.Message{At: now, Octets: out})
	return out, nil
}

// receive keeps an answer and reads it; nil is an answer that is no message.
func (m *Machine) receive(in []byte, now time.Time) dsrc.PDU {
	kept := slices.Clone(in)
	m.read.Raw = append(m.read.Raw, hardware.Message{FromTag: true, At: now, Octets: kept})
	_, apdu, err := dsrc.CutFragment(kept)
	if err != nil {
		return nil
	}
	p, err := dsrc.Decode(apdu)
	if err != nil {
		return nil
	}
	return p
}

// next decides what to say to an answer.
func (m *Machine) next(answer dsrc.PDU, now time.Time) dsrc.PDU {
	switch m.state {
	case called:
		return m.onVST(answer)
	case asked:
		return m.onAttributes(answer, now)
	default:
		return m.release(m.read.Finding)
	}
}

func (m *Machine) release(f hardware.Finding) dsrc.PDU {
	m.read.Finding, m.state = f, over
	return dsrc.Release()
}
