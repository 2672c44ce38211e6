package llrp

import (
	"encoding/hex"
	"strings"
)

// Numbering makes the number that everyone else knows a tag by of its EPC. It is false for a tag that
// belongs to nobody known here.
type Numbering func(epc []byte) (pan string, ok bool)

// panDigits is the length of a tag's number.
const panDigits = 19

// Decimal is the numbering of 96 bit EPCs that begin with an issuer's two octets and go on with the 19
// digits of the tag's number and a filler F, as a DSRC tag's payment means do.
func Decimal(issuer [2]byte) Numbering {
	return func(epc []byte) (string, bool) {
		if len(epc) != epc96 || [2]byte(epc) != issuer {
			return "", false
		}
		text := hex.EncodeToString(epc[2:])
		digits := text[:panDigits]
		return digits, text[panDigits] == 'f' && strings.Trim(digits, "0123456789") == ""
	}
}

// EPC is the inverse of Decimal: what a tag with a number of 19 digits says.
func EPC(issuer [2]byte, pan string) ([]byte, error) {
	tail, err := hex.DecodeString(pan + "F")
	return append(issuer[:], tail...), err
}
