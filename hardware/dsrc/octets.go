package dsrc

import (
	"encoding/hex"
	"fmt"
	"strings"

	"bompass/hardware/per"
)

// Octets is an octet string, hexadecimal in the notation. As an optional field, nil is absent.
type Octets []byte

// Octets2 is an octet string of fixed length 2.
type Octets2 [2]byte

// Octets4 is an octet string of fixed length 4.
type Octets4 [4]byte

// PAN is a personal account number: 19 decimal digits, the last a Luhn digit, and a filler F.
type PAN [10]byte

// panDigits is the number of digits of a PAN.
const panDigits = 19

// ParsePAN parses 19 digits.
func ParsePAN(digits string) (p PAN, err error) {
	if len(digits) != panDigits || strings.Trim(digits, "0123456789") != "" {
		return p, fmt.Errorf("pan: want %d digits", panDigits)
	}
	_, err = hex.Decode(p[:], []byte(digits+"F"))
	return p, err
}

// Digits returns the number without its filler, and false when it is not 19 decimal digits.
func (p PAN) Digits() (string, bool) {
	text := hex.EncodeToString(p[:])
	digits := text[:panDigits]
	return digits, strings.Trim(digits, "0123456789") == "" && text[panDigits] == 'f'
}

// Latin1 encodes a plate's text in ISO 8859-1, and returns false when a character has no code in it.
func Latin1(text string) (o Octets, ok bool) {
	o = Octets{}
	for _, r := range text {
		if r > 0xFF {
			return nil, false
		}
		o = append(o, byte(r))
	}
	return o, true
}

// Text decodes octets as ISO 8859-1.
func (o Octets) Text() string {
	runes := make([]rune, len(o))
	for i, b := range o {
		runes[i] = rune(b)
	}
	return string(runes)
}

// Clone returns a copy, which does not keep the message alive.
func (o Octets) Clone() Octets { return append(Octets{}, o...) }

// MarshalText writes hexadecimal.
func (o Octets) MarshalText() ([]byte, error) { return upperHex(o), nil }

// UnmarshalText reads hexadecimal.
func (o *Octets) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err != nil {
		return fmt.Errorf("octet string: %w", err)
	}
	*o = append(Octets{}, b...)
	return nil
}

// MarshalText writes hexadecimal.
func (o Octets2) MarshalText() ([]byte, error) { return upperHex(o[:]), nil }

// UnmarshalText reads hexadecimal.
func (o *Octets2) UnmarshalText(text []byte) error { return fixedHex(o[:], text) }

// MarshalText writes hexadecimal.
func (o Octets4) MarshalText() ([]byte, error) { return upperHex(o[:]), nil }

// UnmarshalText reads hexadecimal.
func (o *Octets4) UnmarshalText(text []byte) error { return fixedHex(o[:], text) }

// MarshalText writes hexadecimal, the filler included.
func (p PAN) MarshalText() ([]byte, error) { return upperHex(p[:]), nil }

// UnmarshalText reads hexadecimal, the filler included.
func (p *PAN) UnmarshalText(text []byte) error { return fixedHex(p[:], text) }

func upperHex(b []byte) []byte { return []byte(strings.ToUpper(hex.EncodeToString(b))) }

func fixedHex(dst, text []byte) error {
	if len(text) != 2*len(dst) {
		return fmt.Errorf("octet string: want %d octets", len(dst))
	}
	_, err := hex.Decode(dst, text)
	return err
}

func readOctets2(r *per.Reader, field string) (o Octets2) {
	copy(o[:], r.Fixed(field, len(o)))
	return o
}
