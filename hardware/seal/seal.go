// Package seal implements security level 1 of EN 15509: access credentials, authenticators and their keys.
// It keeps no state about tags and communicates with none.
//
// # Strength
//
// The strength is low by today's measure. A tag's keys are single DES: 56 bits, which rented hardware
// searches in hours. Credentials and authenticators have 32 bits, so one guess in four thousand million is
// correct, and an authenticator covers only the attributes in its list. The holder of a master key can
// imitate every tag of the issuer. Treat a tag's answer as evidence to be matched with the plate, not as
// proof. The standard fixes these sizes.
//
// Store an issuer's keys in a security module. [Keys] is the interface to one; [KeySet] keeps keys in
// memory, for tests and simulated tags.
package seal

import (
	"context"
	"errors"

	"bompass/hardware/dsrc"
)

// ErrNoKey is returned when there is no key for an issuer or a key reference.
var ErrNoKey = errors.New("seal: no such key")

// Keys computes credentials and checks authenticators without revealing a key. A security module or a KeySet
// implements it.
type Keys interface {
	// Access returns the access credentials that a tag requires before it answers a read request.
	Access(ctx context.Context, c Challenge) (dsrc.Octets4, error)
	// Check reports whether an authenticator is correct, in constant time.
	Check(ctx context.Context, s Stamp) (bool, error)
}

// Challenge is the data that a tag sends in the VST for the computation of access credentials.
type Challenge struct {
	Mark   dsrc.Mark
	KeyRef uint16
	Random dsrc.Octets4
}

// Stamp is an attribute list with its authenticator, as received.
type Stamp struct {
	Mark          dsrc.Mark
	PAN           dsrc.PAN
	KeyRef        int
	List          []byte // octets of the attribute list as received, including the count; never encoded again
	Nonce         []byte // as sent
	Authenticator []byte // as received
}

// issuer is the contract provider, the first three octets of a context mark.
type issuer [3]byte

func issuerOf(m dsrc.Mark) issuer { return issuer(m[:3]) }
