package ident

import (
	"strings"
	"unicode/utf8"

	"bompass/shared/toll"
)

// The length of a plate of a country whose pattern is not known.
const (
	plateMin = 2
	plateMax = 10
)

// Plate normalises a plate and checks it against its country's pattern. For a country without a pattern, 2 to 10
// letters and digits are accepted. Personal plates are checked where the country issues them. The letters of a
// plate do not determine the fuel; only the vehicle register does.
func Plate(country, text string) (toll.Plate, Problem) {
	p := toll.NewPlate(strings.TrimSpace(country), strings.TrimSpace(text))
	if p.Text == "" {
		return p, Missing
	}
	if n := utf8.RuneCountInString(p.Text); n < plateMin || n > plateMax {
		return p, Length
	}
	return p, platePattern(p.Country)(p.Text)
}

// PlateBegins reports whether a text can be the beginning of a plate of a country: some letters and digits after it make
// one that Plate accepts.
func PlateBegins(country, text string) bool {
	const more = 5 // letters and digits of the longest plate
	begun := strings.TrimSpace(text)
	for letters := range more + 1 {
		for numerals := range more + 1 {
			for _, last := range []string{"", "A", "E"} {
				whole := begun + strings.Repeat("A", letters) + strings.Repeat("1", numerals) + last
				if _, problem := Plate(country, whole); problem == None {
					return true
				}
			}
		}
	}
	return false
}

// platePattern returns the check of a country's plates. Plates of other countries are checked for their characters
// only.
func platePattern(country string) func(string) Problem {
	switch country {
	case "NO":
		return norwegianPlate
	case "SE":
		return swedishPlate
	case "DK":
		return danishPlate
	case "FI":
		return finnishPlate
	case "DE":
		return germanPlate
	}
	return anyPlate
}

// norwegianPlate is two letters and five digits (cars, from 10000) or four (other vehicles).
func norwegianPlate(text string) Problem {
	switch shape(text) {
	case "AA99999", "AA9999":
		if text[2] == '0' {
			return Pattern
		}
		if strings.ContainsAny(text[:2], "GIMOQW") && !strings.HasPrefix(text, "GA") {
			return Confusable
		}
		return None
	}
	return norwegianPersonal(text)
}

// norwegianPersonal is a text of the owner's choice: up to seven characters, at least one a letter,
// and not to be taken for an ordinary plate with a digit too few or too many.
func norwegianPersonal(text string) Problem {
	form := shape(text)
	letters, numerals, rest := runs(form)
	if letters == 2 && numerals > 0 && rest == "" {
		return Pattern
	}
	return personal(text, form)
}

// swedishPlate is three letters and three digits, the last of them a letter since 2019, or a personal
// text of two to seven characters.
func swedishPlate(text string) Problem {
	form := shape(text)
	switch form {
	case "AAA999", "AAA99A":
		if strings.ContainsAny(text[:3], "IQV") {
			return Confusable
		}
		if form == "AAA99A" && text[5] == 'O' {
			return Confusable
		}
		return None
	}
	return personal(text, form)
}

// danishPlate is two letters and five digits, or a personal text of two to seven characters.
func danishPlate(text string) Problem {
	form := shape(text)
	if form == "AA99999" {
		return None
	}
	return personal(text, form)
}

// personal is a text of two to seven letters and digits, at least one a letter.
func personal(text, form string) Problem {
	if strings.Contains(form, "?") || !strings.ContainsAny(form, "AÅ") || utf8.RuneCountInString(text) > 7 {
		return Pattern
	}
	return None
}

// finnishPlate is two or three letters and one to three digits.
func finnishPlate(text string) Problem {
	letters, numerals, rest := runs(shape(text))
	if rest != "" || letters < 2 || letters > 3 || numerals < 1 || numerals > 3 {
		return Pattern
	}
	return None
}

// germanPlate is an area of one to three letters, one or two letters more, one to four digits, and E
// (electric) or H (historic) at the end; eight characters at most. Hyphen and space are gone by now,
// so the two groups of letters are counted together.
func germanPlate(text string) Problem {
	form := shape(text)
	letters, numerals, rest := runs(form)
	last := text[len(text)-1]
	switch {
	case letters < 2 || letters > 5 || numerals < 1 || numerals > 4:
		return Pattern
	case rest != "" && (rest != "A" || last != 'E' && last != 'H'):
		return Pattern
	case utf8.RuneCountInString(text) > 8:
		return Length
	}
	return None
}

func anyPlate(text string) Problem {
	if strings.Contains(shape(text), "?") {
		return Pattern
	}
	return None
}

// runs counts the letters at the front of a shape and the digits behind them.
func runs(form string) (letters, numerals int, rest string) {
	tail := strings.TrimLeft(form, "AÅ")
	rest = strings.TrimLeft(tail, "9")
	return utf8.RuneCountInString(form[:len(form)-len(tail)]), len(tail) - len(rest), rest
}

// shape writes a plate as its kinds of characters: A for A to Z, Å for the other letters of these
// countries, 9 for a digit, ? for anything else.
func shape(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return 'A'
		case r >= '0' && r <= '9':
			return '9'
		case strings.ContainsRune("ÅÄÆÖØÜ", r):
			return 'Å'
		}
		return '?'
	}, text)
}
