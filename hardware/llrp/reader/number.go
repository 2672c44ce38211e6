package reader

import (
	"encoding/hex"
	"strings"
)

// NumberFunc returns the toll number (PAN) of a tag's EPC, and false for a tag of an unknown issuer.
type NumberFunc func(epc []byte) (pan string, ok bool)

// panDigits is the number of digits of a PAN.
const panDigits = 19

// epcLength is the length of a 96-bit EPC.
const epcLength = 12

// DecimalNumber returns a NumberFunc for 96-bit EPCs that consist of an issuer's two octets, the 19 digits
// of the PAN and a filler F, like the PaymentMeans of a DSRC tag.
func DecimalNumber(issuer [2]byte) NumberFunc {
	return func(epc []byte) (string, bool) {
		if len(epc) != epcLength || [2]byte(epc) != issuer {
			return "", false
		}
		text := hex.EncodeToString(epc[2:])
		digits := text[:panDigits]
		return digits, text[panDigits] == 'f' && strings.Trim(digits, "0123456789") == ""
	}
}

// DecimalEPC returns the EPC of a PAN of 19 digits; it is the inverse of DecimalNumber.
func DecimalEPC(issuer [2]byte, pan string) ([]byte, error) {
	tail, err := hex.DecodeString(pan + "F")
	return append(issuer[:], tail...), err
}
