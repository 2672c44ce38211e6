package hardware_test

import (
	"testing"

	"bompass/hardware"
)

func TestValidCheckDigit(t *testing.T) {
	for number, want := range map[string]bool{
		"9578010000000000012": true, "9578010000000000013": false, "0": true, "18": true, "81": false, "": false,
	} {
		if got := hardware.ValidCheckDigit(number); got != want {
			t.Errorf("%q: got %v, want %v", number, got, want)
		}
	}
}

// The Luhn digit detects every wrong digit and every swap of two neighbours, except 09 and 90.
func TestCheckDigitFindsTypos(t *testing.T) {
	const number = "9578010000000000012"
	for i := range number {
		for d := byte('0'); d <= '9'; d++ {
			wrong := []byte(number)
			wrong[i] = d
			if d != number[i] && hardware.ValidCheckDigit(string(wrong)) {
				t.Errorf("%s passes for %s", wrong, number)
			}
		}
	}
}
