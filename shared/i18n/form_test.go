package i18n_test

import (
	"errors"
	"testing"
	"time"

	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// The strings are those of ICU 78 (CLDR 48), with U+00A0 and U+2212.
func TestFormatsEqualCLDR(t *testing.T) {
	at := time.Date(2020, time.March, 22, 12, 5, 9, 0, time.UTC)
	day := oslo.DayOf(at)
	type golden struct{ kroner, small, zero, number, whole, medium, long, instant, percent, weekday, month, clock string }
	cases := map[string]golden{
		"nb": {"−1\u00a0110,50\u00a0kr", "0,05\u00a0kr", "0,00\u00a0kr", "−1\u00a0234\u00a0567,891", "1\u00a0234", "22. mars 2020", "22. mars 2020", "22.03.2020, 13:05:09", "20,5\u00a0%", "søndag 22. mars", "mars 2020", "13:05"},
		"en": {"-NOK\u00a01,110.50", "NOK\u00a00.05", "NOK\u00a00.00", "-1,234,567.891", "1,234", "22 Mar 2020", "22 March 2020", "22/03/2020, 13:05:09", "20.5%", "Sunday 22 March", "March 2020", "13:05"},
		"sv": {"−1\u00a0110,50\u00a0Nkr", "0,05\u00a0Nkr", "0,00\u00a0Nkr", "−1\u00a0234\u00a0567,891", "1\u00a0234", "22 mars 2020", "22 mars 2020", "2020-03-22 13:05:09", "20,5\u00a0%", "söndag 22 mars", "mars 2020", "13:05"},
		"de": {"-1.110,50\u00a0NOK", "0,05\u00a0NOK", "0,00\u00a0NOK", "-1.234.567,891", "1.234", "22.03.2020", "22. März 2020", "22.03.20, 13:05:09", "20,5\u00a0%", "Sonntag, 22. März", "März 2020", "13:05"},
	}
	for lang, want := range cases {
		w := i18n.For(lang)
		got := golden{
			w.Kroner(-111050), w.Kroner(5), w.Kroner(0), w.Decimal(-1234567891, 3), w.Number(1234),
			w.Day(day), w.LongDay(day), w.Instant(at), w.Percent(205, 1000), w.Weekday(day), w.Month(day.Month()), w.Clock(at),
		}
		if got != want {
			t.Errorf("%s:\n got %+q\nwant %+q", lang, got, want)
		}
	}
}

func TestShortMonthsEqualCLDR(t *testing.T) {
	cases := []struct {
		lang  string
		month time.Month
		want  string
	}{
		{"nb", time.May, "22. mai 2020"},
		{"nb", time.September, "22. sep. 2020"},
		{"nb", time.December, "22. des. 2020"},
		{"en", time.September, "22 Sept 2020"},
		{"sv", time.June, "22 juni 2020"},
		{"de", time.January, "22.01.2020"},
	}
	for _, c := range cases {
		if got := i18n.For(c.lang).Day(oslo.Date(2020, c.month, 22)); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.lang, c.month, got, c.want)
		}
	}
}

func TestDoubledHourCarriesOffset(t *testing.T) {
	w := i18n.For("nb")
	first := time.Date(2026, time.October, 25, 0, 30, 0, 0, time.UTC)
	for at, want := range map[time.Time]string{
		first:                    "02:30 (+02:00)",
		first.Add(time.Hour):     "02:30 (+01:00)",
		first.Add(-time.Hour):    "01:30",
		first.Add(3 * time.Hour): "04:30",
		time.Date(2026, time.March, 29, 1, 30, 0, 0, time.UTC): "03:30",
	} {
		if got := w.Clock(at); got != want {
			t.Errorf("%s: got %q, want %q", at, got, want)
		}
	}
}

func TestParametersReplacePlaceholders(t *testing.T) {
	cases := []struct{ name, got, want string }{
		{"one", i18n.For("nb").N("passages.count", 1), "1 passering"},
		{"many", i18n.For("nb").N("passages.count", 1200), "1\u00a0200 passeringer"},
		{"none", i18n.For("en").N("passages.count", 0), "0 passages"},
		{"a key without words is shown", i18n.For("nb").T("no.such.key"), "no.such.key"},
		{"a region reads its language", i18n.For("de-CH").Lang(), "de"},
		{"an unknown language reads the default", i18n.For("fi").Lang(), "nb"},
		{"a value that looks like a placeholder stays", i18n.For("en").T("step.hour", "time", "{station}", "station", "X"), "Hour rule: paid for at X at {station}"},
		{"a capital", i18n.Sentence("øre"), "Øre"},
		{"no text, no capital", i18n.Sentence(""), ""},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestFaultTexts(t *testing.T) {
	w := i18n.For("en")
	cases := []struct {
		err  error
		want string
	}{
		{fault.New(fault.TooMany, "seconds", "30"), "Too many attempts. Wait 30 seconds and try again."},
		{fault.New("brand.new"), w.T("fault.internal")},
		{errors.New("pool is closed"), w.T("fault.internal")},
	}
	for _, c := range cases {
		if got := w.Fault(c.err); got != c.want {
			t.Errorf("%v: got %q, want %q", c.err, got, c.want)
		}
	}
}

func TestStepTexts(t *testing.T) {
	at := time.Date(2026, time.November, 20, 5, 45, 0, 0, time.UTC)
	found := func(id toll.PassageID) (string, time.Time, bool) { return "E18 Maritim", at, id == "a" }
	w := i18n.For("nb")
	cases := []struct {
		step rating.Step
		want string
	}{
		{rating.Step{Rule: rating.RuleList, Class: "light electric", Band: "rush", Ore: 2100}, "Listepris for elbil, rushtidstakst"},
		{rating.Step{Rule: rating.RuleList, Class: "new class", Band: "night"}, "Listepris for new class, night"},
		{rating.Step{Rule: rating.RuleTag, Num: 1, Den: 5}, "Brikkerabatt, 20\u00a0%"},
		{rating.Step{Rule: rating.RuleTag, Num: 1, Den: 5, Text: "plate"}, "Brikkerabatt, 20\u00a0%, selv om bare skiltet ble lest"},
		{rating.Step{Rule: rating.RuleHour, By: "a", Mins: 60}, "Timesregelen: betalt ved passeringen kl. 06:45 på E18 Maritim"},
		{rating.Step{Rule: rating.RuleHour, By: "b", Mins: 60, From: at}, "Timesregelen: betalt ved en annen passering i løpet av 60 minutter fra kl. 06:45"},
		{rating.Step{Rule: rating.RuleExempt, Text: "embassy"}, "Fritak: ambassade"},
		{rating.Step{Rule: rating.RuleCounted, Count: 43, Of: 60}, "Betalt passering 43 av 60 før passeringstaket"},
		{rating.Step{Rule: rating.RuleDay, Amount: 7500}, "Døgntaket på 75,00\u00a0kr er nådd"},
		{rating.Step{Rule: "waive", By: "a", Mins: 60}, "Gratis fordi du betalte ved E18 Maritim kl. 06:45"},
		{rating.Step{Rule: "pair", Mins: 60}, "Koblede bomstasjoner: gratis, fordi bare denne ble passert innen 60 minutter"},
		{rating.Step{Rule: "supplement", Text: "Fjordpakken", Num: 1, Den: 8}, "Rabatt fra tilleggsavtalen Fjordpakken, 12,5\u00a0%"},
		{rating.Step{Rule: "moon", Ore: money.Ore(-1)}, "Justering: moon"},
	}
	for _, c := range cases {
		if got := w.Step(c.step, found); got != c.want {
			t.Errorf("%s: got %q, want %q", c.step.Rule, got, c.want)
		}
	}
}

// A text is filled once: braces of a value stay, and so does a placeholder without a value.
func TestPlaceholdersAreFilledOnce(t *testing.T) {
	words := i18n.For("en")
	for _, at := range []struct {
		pairs []any
		want  string
	}{
		{[]any{"n", 2, "of", 5}, "Step 2 of 5"},
		{[]any{"n", "{of}", "of", "{n}"}, "Step {of} of {n}"},
		{[]any{"of", 5}, "Step {n} of 5"},
		{[]any{"n", "{", "of", "}"}, "Step { of }"},
	} {
		if got := words.T("agree.step", at.pairs...); got != at.want {
			t.Errorf("T(agree.step, %v) = %q, want %q", at.pairs, got, at.want)
		}
	}
}

// A date without its year, as lists of one period show it.
func TestShortDay(t *testing.T) {
	day := oslo.Date(2020, time.March, 2)
	for lang, want := range map[string]string{"nb": "2. mars", "en": "2 Mar", "sv": "2 mars", "de": "02.03."} {
		if got := i18n.For(lang).ShortDay(day); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}
