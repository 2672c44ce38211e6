package seal

import (
	"encoding/binary"

	"bompass/hardware/dsrc"
)

// Block is one DES block.
type Block [8]byte

// Derivation defines the block that a master key encrypts to obtain a tag's own key. It is replaceable
// because issuers differ: some read the halves of the number as decimal numbers.
type Derivation struct {
	Access func(ref uint16) Block
	Stamp  func(pan dsrc.PAN, mark dsrc.Mark) Block
}

// Standard returns the derivation of EN 15509: the key reference four times for the access key; for the
// authentication keys the two halves of the number combined by exclusive or, then the contract provider.
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
