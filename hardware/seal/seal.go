// Package seal owns the security of tags: EN 15509 security level 1, with its access credentials, its
// authenticators and the keys that they are made with. It keeps no tag and speaks to none.
//
// # How much this is worth
//
// Little, by today's measure. A tag's keys are single DES: 56 bits, which rented hardware searches in
// hours. Credentials and authenticators are 32 bits, so a guess is right once in four thousand million,
// and an authenticator says nothing about the messages it does not cover. Whoever has a master key can be
// every tag of the issuer. Treat what a tag says as evidence, to be matched with the plate, not as proof.
// The standard fixes these sizes; nothing here can mend them.
//
// The keys of an issuer belong in a security module. [Keys] is the door to one, and the only thing that
// the rest of the roadside sees; [Set] keeps keys in memory, for tests and simulated tags.
package seal

import (
	"context"
	"errors"

	"bompass/hardware/dsrc"
)

// ErrNoKey says that no key is held for an issuer or under a reference.
var ErrNoKey = errors.New("seal: no such key")

// Keys answers for keys that it never shows: a security module, or a Set.
type Keys interface {
	// Access makes the credentials that a tag wants to see before it lets itself be read.
	Access(ctx context.Context, c Challenge) (dsrc.Octets4, error)
	// Check tells whether an authenticator is the tag's own, in a time that does not depend on it.
	Check(ctx context.Context, s Stamp) (bool, error)
}

// Challenge is what a tag says of itself in the VST when it wants credentials.
type Challenge struct {
	Mark   dsrc.Mark
	KeyRef uint16
	Random dsrc.Octets4
}

// Stamp is attributes under an authenticator, as they came.
type Stamp struct {
	Mark          dsrc.Mark
	PAN           dsrc.PAN
	KeyRef        int
	List          []byte // the attribute list's octets as received, its count in front; never encoded again
	Nonce         []byte // as sent
	Authenticator []byte // as received
}

// issuer is who a contract belongs to: the first octets of its mark.
type issuer [3]byte

func issuerOf(m dsrc.Mark) issuer { return issuer(m[:3]) }
