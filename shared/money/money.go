// Package money represents amounts in whole øre, with their rounding and their machine notation.
//
// Package i18n formats amounts for people.
package money

import (
	"fmt"
	"strconv"
	"strings"
)

// Ore is an amount in whole øre (1 krone = 100 øre). Negative is a reduction or a credit.
type Ore int64

// Share returns num/den of o, rounded half away from zero to whole øre. Den must be positive.
//
// AutoPASS discounts are exact fractions that are rounded once per passage.
func (o Ore) Share(num, den int64) Ore {
	n := int64(o) * num
	if n < 0 {
		return -Ore((-n*2 + den) / (2 * den))
	}
	return Ore((n*2 + den) / (2 * den))
}

// String returns the amount in kroner with a decimal point and two decimals: 23.20, -0.05.
func (o Ore) String() string {
	sign := ""
	if o < 0 {
		sign, o = "-", -o
	}
	return fmt.Sprintf("%s%d.%02d", sign, int64(o)/100, int64(o)%100)
}

// Parse reads the notation of String. Whole kroner ("29") and one decimal ("29.5") are accepted too.
func Parse(s string) (Ore, error) {
	whole, frac, point := strings.Cut(s, ".")
	neg := strings.HasPrefix(whole, "-")
	whole = strings.TrimPrefix(whole, "-")
	if point && (len(frac) == 0 || len(frac) > 2) || !digits(whole) || !digits(frac+"0") || len(whole) > 12 {
		return 0, fmt.Errorf("amount %q is not kroner like 29 or 23.20", s)
	}
	kr, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("amount %q: %w", s, err)
	}
	ore, _ := strconv.ParseInt((frac + "00")[:2], 10, 64)
	sum := Ore(kr*100 + ore)
	if neg {
		sum = -sum
	}
	return sum, nil
}

// digits reports whether a text has ASCII digits only, and at least one.
func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}
