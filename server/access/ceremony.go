package access

import (
	"context"
	"crypto/sha256"
	"time"

	"bompass/server/access/seal"
)

// Ceremonies stores short-lived state between two requests of one sign-in or session.
type Ceremonies interface {
	// SaveCeremony replaces the state under the hash.
	SaveCeremony(ctx context.Context, hash seal.Hash, data []byte, now, until time.Time) error
	// Ceremony returns the state, and removes it if take is set. It returns fault.SignedOut when there is none.
	Ceremony(ctx context.Context, hash seal.Hash, now time.Time, take bool) ([]byte, error)
}

// CeremonyKey returns the key of a named ceremony of a pending login or session.
func CeremonyKey(name string, holder seal.Hash) seal.Hash {
	return sha256.Sum256(append([]byte("ceremony "+name+" "), holder[:]...))
}
