package toll

import (
	"strings"

	"bompass/shared/text"
)

// Plate is a registration number with its country. Text is normalised: upper case, no spaces, dots
// or hyphens. Country and Text together are the key that passages are matched by.
type Plate struct {
	Country string `json:"country"`
	Text    string `json:"text"`
}

// NewPlate normalises a plate as written by people or cameras.
func NewPlate(country, written string) Plate {
	bare := strings.Map(func(r rune) rune {
		if r == '.' || r == '·' {
			return -1
		}
		return r
	}, text.Bare(written))
	return Plate{Country: strings.ToUpper(country), Text: strings.ToUpper(bare)}
}

// String returns the plate for display: a Norwegian plate with its space, EK 12345; a foreign plate with its
// country.
func (p Plate) String() string {
	text := p.Text
	if p.Country == "NO" && len(text) > 4 && text[0] >= 'A' && text[1] >= 'A' && text[2] <= '9' {
		text = text[:2] + " " + text[2:]
	}
	if p.Country == "SE" && len(text) == 6 {
		text = text[:3] + " " + text[3:]
	}
	if p.Country != "" && p.Country != "NO" {
		return p.Country + " " + text
	}
	return text
}
