package seal

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"

	"bompass/hardware/dsrc"
)

// ErrNotExportable is returned by an attempt to encode a key.
var ErrNotExportable = errors.New("seal: keys cannot be exported")

// MasterKeys are the master keys of one issuer.
type MasterKeys struct {
	Access     MasterKey
	Stamp      map[int]MasterKey // by key reference, 111 to 118
	Derivation Derivation
}

// KeySet holds the master keys of issuers in memory. It is meant for tests and simulated tags. The keys of a
// real issuer belong in a security module behind Keys.
type KeySet struct{ issuers map[issuer]MasterKeys }

var _ Keys = (*KeySet)(nil)

// Format writes a placeholder for every verb.
func (*KeySet) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("(keys)")) }

// NewKeySet returns a KeySet. A contract is found by its provider, the first three octets of its context
// mark.
func NewKeySet(masters map[dsrc.Mark]MasterKeys) *KeySet {
	s := &KeySet{issuers: make(map[issuer]MasterKeys, len(masters))}
	for mark, m := range masters {
		s.issuers[issuerOf(mark)] = m
	}
	return s
}

// TestKeyRef is the key reference of the invented authentication key that simulated stations use.
const TestKeyRef = 115

// TestKeys returns invented keys for one issuer, the same on every call. They protect nothing.
func TestKeys(mark dsrc.Mark) *KeySet {
	stamp := map[int]MasterKey{}
	for ref := 111; ref <= 118; ref++ {
		stamp[ref] = MasterKey{0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, byte(ref), 0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10}
	}
	access := MasterKey{0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF}
	return NewKeySet(map[dsrc.Mark]MasterKeys{mark: {Access: access, Stamp: stamp, Derivation: Standard()}})
}

// Access implements Keys.
func (s *KeySet) Access(_ context.Context, c Challenge) (dsrc.Octets4, error) {
	key, err := s.accessKey(c.Mark, c.KeyRef)
	if err != nil {
		return dsrc.Octets4{}, err
	}
	return key.credentials(c.Random), nil
}

// Check implements Keys. It computes the authenticator again and compares it in constant time.
func (s *KeySet) Check(_ context.Context, q Stamp) (bool, error) {
	want, err := s.sign(q)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(want[:], q.Authenticator) == 1, nil
}

// TagKeys returns the keys that the issuer stored in one tag.
func (s *KeySet) TagKeys(mark dsrc.Mark, pan dsrc.PAN) *TagKeys {
	return &TagKeys{set: s, mark: mark, pan: pan}
}

// TagKeys signs and checks credentials as a tag does, without revealing a key.
type TagKeys struct {
	set  *KeySet
	mark dsrc.Mark
	pan  dsrc.PAN
}

// CheckCredentials reports whether access credentials are correct for the key reference and the random
// number that the tag sent.
func (t *TagKeys) CheckCredentials(ref uint16, random dsrc.Octets4, credentials []byte) bool {
	key, err := t.set.accessKey(t.mark, ref)
	if err != nil {
		return false
	}
	want := key.credentials(random)
	return subtle.ConstantTimeCompare(want[:], credentials) == 1
}

// Sign returns the authenticator over an attribute list and a nonce.
func (t *TagKeys) Sign(keyRef int, list, nonce []byte) (dsrc.Octets4, error) {
	return t.set.sign(Stamp{Mark: t.mark, PAN: t.pan, KeyRef: keyRef, List: list, Nonce: nonce})
}

// sign returns the authenticator that the tag must have computed, with the key that is derived for it from the
// issuer's master key.
func (s *KeySet) sign(q Stamp) (dsrc.Octets4, error) {
	m, ok := s.issuers[issuerOf(q.Mark)]
	if !ok {
		return dsrc.Octets4{}, fmt.Errorf("issuer %X: %w", q.Mark[:3], ErrNoKey)
	}
	master, ok := m.Stamp[q.KeyRef]
	if !ok {
		return dsrc.Octets4{}, fmt.Errorf("reference %d: %w", q.KeyRef, ErrNoKey)
	}
	key, err := master.derive(m.Derivation.Stamp(q.PAN, q.Mark))
	if err != nil {
		return dsrc.Octets4{}, err
	}
	return key.stamp(q.List, q.Nonce), nil
}

func (s *KeySet) accessKey(mark dsrc.Mark, ref uint16) (tagKey, error) {
	m, ok := s.issuers[issuerOf(mark)]
	if !ok {
		return tagKey{}, fmt.Errorf("issuer %X: %w", mark[:3], ErrNoKey)
	}
	return m.Access.derive(m.Derivation.Access(ref))
}
