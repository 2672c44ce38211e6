package dsrc

import (
	"fmt"
	"strconv"
	"strings"
)

// Fill1 is one fill bit before an octet boundary. It should be 0; its value is kept as received.
type Fill1 uint8

// Fill2 is two fill bits.
type Fill2 uint8

// Fill4 is four fill bits.
type Fill4 uint8

// Country is a country code as two letters of the telegraph alphabet ITA2, five bits each.
type Country uint16

const countryMax = 1<<10 - 1

// ita2 holds the ITA2 code of each letter from A.
var ita2 = [26]uint16{
	0b11000, 0b10011, 0b01110, 0b10010, 0b10000, 0b10110, 0b01011, 0b00101, 0b01100, 0b11010, 0b11110, 0b01001, 0b00111,
	0b00110, 0b00011, 0b01101, 0b11101, 0b01010, 0b10100, 0b00001, 0b11100, 0b01111, 0b11001, 0b10111, 0b10101, 0b10001,
}

// CountryOf returns the country of two letters A to Z, or 0 for any other text.
func CountryOf(code string) Country {
	if len(code) != 2 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return 0
	}
	return Country(ita2[code[0]-'A']<<5 | ita2[code[1]-'A'])
}

// Code returns the two letters, or an empty string when the bits are not two letters.
func (c Country) Code() string {
	first, second := letter(uint16(c)>>5), letter(uint16(c)&31)
	if first == 0 || second == 0 {
		return ""
	}
	return string([]byte{first, second})
}

func letter(code uint16) byte {
	for i, c := range ita2 {
		if c == code {
			return 'A' + byte(i)
		}
	}
	return 0
}

// MarshalText writes b and the bits.
func (f Fill1) MarshalText() ([]byte, error) { return bitText(uint64(f), 1), nil }

// UnmarshalText reads b and the bits.
func (f *Fill1) UnmarshalText(text []byte) error { return parseBits(f, text, 1) }

// MarshalText writes b and the bits.
func (f Fill2) MarshalText() ([]byte, error) { return bitText(uint64(f), 2), nil }

// UnmarshalText reads b and the bits.
func (f *Fill2) UnmarshalText(text []byte) error { return parseBits(f, text, 2) }

// MarshalText writes b and the bits.
func (f Fill4) MarshalText() ([]byte, error) { return bitText(uint64(f), 4), nil }

// UnmarshalText reads b and the bits.
func (f *Fill4) UnmarshalText(text []byte) error { return parseBits(f, text, 4) }

// MarshalText writes b and the bits.
func (c Country) MarshalText() ([]byte, error) { return bitText(uint64(c), 10), nil }

// UnmarshalText reads b and the bits.
func (c *Country) UnmarshalText(text []byte) error { return parseBits(c, text, 10) }

// MarshalText writes b and the bits.
func (v EquipmentStatus) MarshalText() ([]byte, error) { return bitText(uint64(v), 16), nil }

// UnmarshalText reads b and the bits.
func (v *EquipmentStatus) UnmarshalText(text []byte) error { return parseBits(v, text, 16) }

func bitText(v uint64, n int) []byte { return fmt.Appendf(nil, "b%0*b", n, v) }

func parseBits[T ~uint8 | ~uint16](v *T, text []byte, n int) error {
	digits, ok := strings.CutPrefix(string(text), "b")
	if !ok || len(digits) != n {
		return fmt.Errorf("bit string: want b and %d bits", n)
	}
	bits, err := strconv.ParseUint(digits, 2, n)
	*v = T(bits)
	return err
}
