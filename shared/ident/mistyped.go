package ident

import (
	"strings"

	"bompass/shared/toll"
)

// lookalikes are the letters and digits that are typed for each other.
var lookalikes = strings.NewReplacer("O", "0", "I", "1", "L", "1")

// mistypedMax is the maximum number of plates that Mistyped returns: each is looked up in a register.
const mistypedMax = 8

// Mistyped returns the ordinary plates of Norway that a person may have meant by another text: with digits for the letters
// that look like them, and with two neighbouring digits swapped.
func Mistyped(p toll.Plate) (meant []toll.Plate) {
	if p.Country != "NO" || len(p.Text) < 3 {
		return nil
	}
	seen := map[string]bool{p.Text: true}
	add := func(text string) {
		form := shape(text)
		if !seen[text] && (form == "AA99999" || form == "AA9999") && norwegianPlate(text) == None && len(meant) < mistypedMax {
			meant = append(meant, toll.Plate{Country: p.Country, Text: text})
		}
		seen[text] = true
	}
	letters := strings.NewReplacer("0", "O", "1", "I").Replace(p.Text[:2])
	digits := lookalikes.Replace(p.Text[2:])
	add(letters + digits)
	for i := 0; i+1 < len(digits); i++ {
		add(letters + digits[:i] + digits[i+1:i+2] + digits[i:i+1] + digits[i+2:])
	}
	return meant
}
