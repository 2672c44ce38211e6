package nvdb

import (
	"strconv"
	"strings"

	"bompass/shared/money"
	"bompass/shared/tariff"
)

// facts reads the prices and rush hours of a toll station. What is missing or contradictory is reported and left
// out: a draft never contains a guess.
func (r *reader) facts() facts {
	f := facts{
		light: r.price(fieldLight, "Takst liten bil"), heavy: r.price(fieldHeavy, "Takst stor bil"),
		rushLight: r.price(fieldRushLight, "Rushtidstakst liten bil"), rushHeavy: r.price(fieldRushHeavy, "Rushtidstakst stor bil"),
	}
	if !f.light.known {
		r.report("has no price for light vehicles (Takst liten bil); written as missing, see the toll charger's price list")
	}
	if !f.heavy.known {
		r.report("has no price for heavy vehicles (Takst stor bil); written as missing, see the toll charger's price list")
	}
	f.morning, f.afternoon = r.span(fieldMorning, "Rushtid morgen"), r.span(fieldAfternoon, "Rushtid ettermiddag")
	if f.morning.To > 0 && f.afternoon.To > 0 && f.afternoon.From < f.morning.To {
		r.report("its afternoon rush begins before its morning rush has ended; the afternoon is left out, see to it")
		f.afternoon = tariff.Span{}
	}
	return r.rush(f)
}

// rush reports rush prices without times and times without prices.
func (r *reader) rush(f facts) facts {
	priced := f.rushLight.known || f.rushHeavy.known
	switch {
	case !f.timed() && (priced || r.yes(fieldTimed)):
		r.report("has rush prices (Tidsdifferensiert takst) without times of day; rush is left out, add the band")
		f.rushLight, f.rushHeavy = price{}, price{}
	case f.timed() && !priced && !r.yes(fieldTimed):
		r.report("has times of rush without prices for it; they are left out, see to it")
		f.morning, f.afternoon = tariff.Span{}, tariff.Span{}
	case f.timed() && (!f.rushLight.known || !f.rushHeavy.known):
		r.report("lacks a price in its rush; it is left out, add it from the toll charger's price list")
	}
	return f
}

// price reads kroner. The data bank holds the first rate after midnight that is not 0, so that a 0 in
// it is no price.
func (r *reader) price(f field, name string) price {
	v := r.get(f)
	if v == "" {
		return price{}
	}
	ore, err := money.Parse(strings.Replace(v, ",", ".", 1))
	switch {
	case err != nil || ore < 0 || ore > tariff.PriceMax:
		r.report("%s %q is not a price in kroner", name, v)
		return price{}
	case ore == 0:
		r.report("%s is 0, which in the data bank means that there is none", name)
		return price{}
	}
	return price{ore, true}
}

// span reads a time of rush. Its end is often the last minute that belongs to it, such as 08:59: a
// minute that ends in 9 is taken as such, and the span ends with the next.
func (r *reader) span(f [2]field, name string) tariff.Span {
	from, to := r.get(f[0]), r.get(f[1])
	if from == "" && to == "" {
		return tariff.Span{}
	}
	a, okA := clock(from)
	b, okB := clock(to)
	if b%10 == 9 {
		b++
	}
	if !okA || !okB || b <= a {
		r.report("%s, from %q to %q, is not a time of day; it is left out, see to it", name, from, to)
		return tariff.Span{}
	}
	return tariff.Span{From: a, To: b}
}

// clock reads 06:30, 6.30 or 06:30:00.
func clock(s string) (minute int, ok bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ':' || r == '.' })
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	h, err1 := strconv.Atoi(parts[0])
	m, err2 := strconv.Atoi(parts[1])
	minute = h*60 + m
	return minute, err1 == nil && err2 == nil && h >= 0 && m >= 0 && m < 60 && minute <= 24*60
}

// hourRule reads mode, length and passage group. A rule without minutes is not assumed to have 60.
func (r *reader) hourRule() (h hourRule) {
	switch v := strings.ToLower(r.get(fieldHour)); v {
	case "første passering gjelder":
		h.mode = tariff.First
	case "dyreste passering gjelder":
		h.mode = tariff.Dearest
	case "standard timesregel":
		h.mode = tariff.Standard
	case "ja":
		h.mode = tariff.Standard
		r.report("has an hour rule (Ja) without its kind; written as standard, ask the toll charger")
	case "ikke timesregel", "nei":
		h.mode = tariff.None
		return h
	case "":
		r.report("says nothing of the hour rule (Timesregel); it is in no passage group, ask the toll charger")
		return h
	default:
		r.report("Timesregel %q is not known; it is in no passage group, ask the toll charger", v)
		return h
	}
	h.minutes = r.whole(fieldMinutes, "Timesregel, varighet", tariff.WindowMinutesMax)
	if h.minutes == 0 {
		r.report("has an hour rule without minutes (Timesregel, varighet); it is incomplete, ask the toll charger and do not assume 60")
	}
	if h.group = slug(r.get(fieldGroup)); h.group == "end" { // a keyword of tariff files
		h.group = "group-end"
	}
	if h.group == "" {
		r.report("has an hour rule without a passage group (Timesregel, passeringsgruppe); it is in none, ask the toll charger")
	}
	return h
}

// slug returns the text as lower-case letters, digits and hyphens.
func slug(s string) string {
	var b strings.Builder
	letters := strings.NewReplacer("æ", "ae", "ø", "o", "å", "a", "ö", "o", "ä", "a", "é", "e", "ü", "u").Replace(strings.ToLower(s))
	for _, r := range letters {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}
