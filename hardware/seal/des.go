package seal

import (
	"crypto/cipher"
	"crypto/des" //nolint:gosec // EN 15509 level 1 is made of DES
	"fmt"
)

// macSize is how much of a block credentials and authenticators keep.
const macSize = 4

// MasterKey is a master key, two keys of DES. It prints and encodes as a word, never as itself.
type MasterKey [16]byte

// Format writes a word whatever the verb.
func (MasterKey) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("(key)")) }

// MarshalText refuses.
func (MasterKey) MarshalText() ([]byte, error) { return nil, ErrNotExportable }

// derive makes a tag's key: two-key triple DES of the derivation's block.
func (m MasterKey) derive(from Block) (tagKey, error) {
	wide := make([]byte, 0, 24)
	wide = append(wide, m[:]...)
	c, err := des.NewTripleDESCipher(append(wide, m[:8]...)) //nolint:gosec // as above
	if err != nil {
		return tagKey{}, fmt.Errorf("master key: %w", err)
	}
	var own Block
	c.Encrypt(own[:], from[:])
	return newTagKey(own)
}

// tagKey is a tag's own key, ready for use.
type tagKey struct{ cipher cipher.Block }

func newTagKey(own Block) (tagKey, error) {
	c, err := des.NewCipher(own[:]) //nolint:gosec // as above
	if err != nil {
		return tagKey{}, fmt.Errorf("tag key: %w", err)
	}
	return tagKey{c}, nil
}

// mac is the CBC-MAC with zero start and zero padding of parts read as one. Of a single block it is
// that block encrypted.
func (k tagKey) mac(parts ...[]byte) (out [macSize]byte) {
	var state Block
	fill := 0
	for _, part := range parts {
		for _, octet := range part {
			state[fill] ^= octet
			if fill++; fill == len(state) {
				k.cipher.Encrypt(state[:], state[:])
				fill = 0
			}
		}
	}
	if fill > 0 {
		k.cipher.Encrypt(state[:], state[:])
	}
	copy(out[:], state[:])
	return out
}

// credentials are made over the tag's random number.
func (k tagKey) credentials(random [4]byte) [macSize]byte { return k.mac(random[:]) }

// stamp is made over the list, the nonce's length and the nonce.
func (k tagKey) stamp(list, nonce []byte) [macSize]byte {
	return k.mac(list, []byte{byte(len(nonce))}, nonce)
}
