package seal

import (
	"encoding/binary"

	"bompass/hardware/dsrc"
)

// Block is one block of DES.
type Block [8]byte

// Derivation says what a master key encrypts to become a tag's own key. It is a strategy because
// issuers differ: some read the halves of the number as decimal.
type Derivation struct {
	Access func(ref uint16) Block
	Stamp  func(pan dsrc.PAN, mark dsrc.Mark) Block
}

// Standard is the derivation of EN 15509: the key reference four times, and the number folded onto
// itself before the issuer.
func Standard() Derivation {
	return Derivation{Access: repeatReference, Stamp: foldNumber}
}

func repeatReference(ref uint16) (b Block) {
	for i := 0; i < len(b); i += 2 {
		binary.BigEndian.PutUint16(b[i:], ref)
	}
	return b
}

func foldNumber(pan dsrc.PAN, mark dsrc.Mark) (b Block) {
	for i := range 4 {
		b[i] = pan[i] ^ pan[i+4]
	}
	copy(b[4:], mark[:3])
	return b
}
