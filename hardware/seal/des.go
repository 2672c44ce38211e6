package seal

import (
	"crypto/cipher"
	"crypto/des" //nolint:gosec // EN 15509 level 1 is made of DES
	"fmt"
)

// macSize is the length of credentials and authenticators, in octets.
const macSize = 4

// MasterKey is a master key: two DES keys. Formatting and encoding never reveal it.
type MasterKey [16]byte

// Format writes a placeholder for every verb.
func (MasterKey) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("(key)")) }

// MarshalText returns ErrNotExportable.
func (MasterKey) MarshalText() ([]byte, error) { return nil, ErrNotExportable }

// derive returns a tag's key: the derivation's block, encrypted by two-key triple DES.
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

// tagKey is the key of one tag.
type tagKey struct{ cipher cipher.Block }

func newTagKey(own Block) (tagKey, error) {
	c, err := des.NewCipher(own[:]) //nolint:gosec // as above
	if err != nil {
		return tagKey{}, fmt.Errorf("tag key: %w", err)
	}
	return tagKey{c}, nil
}

// mac returns the CBC-MAC of the concatenated parts, with zero initial vector and zero padding.
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

// credentials returns the access credentials for the tag's random number.
func (k tagKey) credentials(random [4]byte) [macSize]byte { return k.mac(random[:]) }

// stamp returns the authenticator over the attribute list, the nonce's length and the nonce.
func (k tagKey) stamp(list, nonce []byte) [macSize]byte {
	return k.mac(list, []byte{byte(len(nonce))}, nonce)
}
