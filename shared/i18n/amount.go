package i18n

import (
	"strings"
	"unicode/utf8"

	"bompass/shared/fault"
	"bompass/shared/money"
)

// amountMax is the maximum amount that ParseAmount accepts.
const amountMax = 40

// ParseAmount parses an amount in kroner in any of the languages: with ordinary or non-breaking spaces, comma or
// point, hyphen or minus sign, with or without kr. One or two digits after a comma or point are øre, three are
// thousands. The output of Kroner is parsed to the same amount.
func ParseAmount(text string) (money.Ore, error) {
	wrong := fault.New(fault.FieldWrong)
	if len(text) > amountMax {
		return 0, wrong
	}
	plain := spaced.Replace(text)
	plain, minuses := unsigned(bare(plain))
	if minuses > 1 {
		return 0, wrong
	}
	whole, frac := cut(plain)
	whole, ok := grouped(whole)
	if !ok {
		return 0, wrong
	}
	sum, err := money.Parse(whole + frac)
	if err != nil {
		return 0, wrong
	}
	if minuses == 1 {
		sum = -sum
	}
	return sum, nil
}

// spaced replaces every kind of space with an ordinary space, and every minus sign with a hyphen.
var spaced = strings.NewReplacer(nbsp, " ", "\u202f", " ", "\u2009", " ", "\t", " ", minus, "-", "\u2013", "-")

// bare removes the currency before or after the number, and the ,- of a round sum.
func bare(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, unit := range []string{"nok", "nkr", "kr.", "kr"} {
		if rest, ok := strings.CutSuffix(text, unit); ok {
			text = rest
			break
		}
		sign, rest, ok := strings.Cut(text, unit)
		if sign = strings.TrimSpace(sign); ok && (sign == "" || sign == "-") {
			text = sign + strings.TrimSpace(rest)
			break
		}
	}
	return strings.TrimSuffix(strings.TrimSpace(text), ",-")
}

// unsigned removes the signs and returns their number.
func unsigned(text string) (rest string, minuses int) {
	rest = strings.TrimLeft(text, "-")
	return strings.TrimSpace(rest), len(text) - len(rest)
}

// cut splits kroner from øre, which are returned with a leading point.
func cut(text string) (whole, frac string) {
	at := strings.LastIndexAny(text, ",.")
	if at < 0 || len(text)-at-1 == 3 {
		return text, ""
	}
	return text[:at], "." + text[at+1:]
}

// grouped joins groups of three digits that are separated by one kind of mark.
func grouped(whole string) (joined string, ok bool) {
	at := strings.IndexAny(whole, " ,.'")
	if at < 0 {
		return whole, whole != ""
	}
	mark, _ := utf8.DecodeRuneInString(whole[at:])
	groups := strings.Split(whole, string(mark))
	for i, group := range groups {
		if len(group) > 3 || len(group) < 3 && i > 0 || group == "" {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}
