package dsrc

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Mark is an EFC context mark as six opaque octets, the form in which contracts are compared.
type Mark [6]byte

// Provider returns the contract's issuer.
func (m Mark) Provider() Provider {
	return Provider{Country: Country(m[0])<<2 | Country(m[1]>>6), Issuer: int(m[1]&0x3F)<<8 | int(m[2])}
}

// Contract returns the type of contract.
func (m Mark) Contract() Octets2 { return Octets2(m[3:5]) }

// Version returns the last octet without its extension bit.
func (m Mark) Version() int { return int(m[5] & 0x7F) }

// TollParameter is the parameter of a toll application in the VST.
type TollParameter struct {
	Mark   Mark
	Access bool    // security level 1: the tag requires access credentials
	KeyRef uint16  // reference of the access key
	Random Octets4 // random number that the credentials are computed over
}

// The lengths of the parameter at security levels 0 and 1, and the head of each inner octet string.
const (
	level0Size = 6
	level1Size = 16
	keyRefHead = "\x02\x02"
	randomHead = "\x02\x04"
)

// ParseTollParameter parses the parameter of a toll application. Only the lengths of the two security levels
// are valid.
func ParseTollParameter(b []byte) (p TollParameter, err error) {
	if len(b) != level0Size && len(b) != level1Size {
		return p, fmt.Errorf("toll parameter: %d octets, want %d or %d", len(b), level0Size, level1Size)
	}
	p.Mark = Mark(b)
	if len(b) == level0Size {
		return p, nil
	}
	if string(b[6:8]) != keyRefHead || string(b[10:12]) != randomHead {
		return p, errors.New("toll parameter: want inner octet strings of 2 and 4 octets")
	}
	p.Access, p.KeyRef, p.Random = true, binary.BigEndian.Uint16(b[8:]), Octets4(b[12:])
	return p, nil
}

// Octets encodes the parameter.
func (p TollParameter) Octets() Octets {
	b := append(make(Octets, 0, level1Size), p.Mark[:]...)
	if !p.Access {
		return b
	}
	b = append(b, keyRefHead...)
	b = binary.BigEndian.AppendUint16(b, p.KeyRef)
	b = append(b, randomHead...)
	return append(b, p.Random[:]...)
}
