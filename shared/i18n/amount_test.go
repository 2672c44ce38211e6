package i18n_test

import (
	"testing"

	"pgregory.net/rapid"

	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/money"
)

// Seed amounts such as 1 110,00 (S4.46) are read and written the same.
func TestParseAmountAcceptsCommonForms(t *testing.T) {
	cases := []struct {
		name, text string
		want       money.Ore
	}{
		{"ordinary space", "1 110,00", 111000},
		{"U+00A0", "1\u00a0110,50\u00a0kr", 111050},
		{"U+202F", "1\u202f110,50", 111050},
		{"U+2212", "\u22121 110,50 kr", -111050},
		{"hyphen", "-1110,5", -111050},
		{"point", "1110.50", 111050},
		{"German", "-1.110,50\u00a0NOK", -111050},
		{"English", "-NOK\u00a01,110.50", -111050},
		{"Swedish", "1\u00a0110,50\u00a0Nkr", 111050},
		{"kr before", "kr 29", 2900},
		{"kr before a minus", "kr -29", -2900},
		{"capitals", " 29 KR ", 2900},
		{"a round sum", "29,-", 2900},
		{"thousands by point", "1.110", 111000},
		{"thousands by comma", "1,110", 111000},
		{"millions", "1 234 567,89", 123456789},
		{"no thousands mark", "1234567", 123456700},
		{"nothing", "0", 0},
	}
	for _, c := range cases {
		if got, err := i18n.ParseAmount(c.text); err != nil || got != c.want {
			t.Errorf("%s: %q: got %s (%v), want %s", c.name, c.text, got, err, c.want)
		}
	}
}

func TestParseAmountRefusesOtherText(t *testing.T) {
	for _, text := range []string{
		"", " ", "kr", "-", "abc", "1 11,00", "1,11,00", "1.11.000", "12 34", "1110,", ",50", "1,2345", "--5", "5-", "1e5", "٣", "1 110 00",
		"99999999999999999999", "1,110.50.20", "12 kr 30", "kr kr 5",
	} {
		if got, err := i18n.ParseAmount(text); fault.CodeOf(err) != fault.FieldWrong {
			t.Errorf("%q: got %s, %v", text, got, err)
		}
	}
}

func TestParseAmountReadsFormattedAmounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := money.Ore(rapid.Int64Range(-99999999999, 99999999999).Draw(t, "ore"))
		for _, lang := range i18n.Languages() {
			if got, err := i18n.ParseAmount(i18n.For(lang).Kroner(want)); err != nil || got != want {
				t.Fatalf("%s: %q: got %s (%v), want %s", lang, i18n.For(lang).Kroner(want), got, err, want)
			}
		}
	})
}
