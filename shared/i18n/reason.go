package i18n

import (
	"errors"
	"strings"
	"time"

	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// Fault returns the text of an error: what happened and what to do next. Any error that is not a fault is shown
// as "internal".
func (w *Words) Fault(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return w.T("fault." + string(fault.Internal))
	}
	key := "fault." + string(f.Code)
	if own, ok := strings.CutPrefix(string(f.Code), "field."); ok && w.Has("field."+f.Field+"."+own) {
		return w.T("field." + f.Field + "." + own) // what is wrong with this very field
	}
	if !w.Has(key) {
		key = "fault." + string(fault.Internal)
	}
	pairs := make([]any, 0, 2*len(f.Params))
	for name, value := range f.Params {
		pairs = append(pairs, name, value)
	}
	return w.T(key, pairs...)
}

// PassageLookup returns station and instant of a passage, for steps that refer to another passage.
type PassageLookup func(toll.PassageID) (station string, at time.Time, ok bool)

// Step returns one reason for a charge as a sentence without its amount. A rule that this version does not
// support is shown by its name, so that the steps still sum to the charge.
func (w *Words) Step(s rating.Step, found PassageLookup) string {
	key := "step." + string(s.Rule)
	if !w.Has(key) {
		return w.T("step.other", "rule", s.Rule)
	}
	if (s.Rule == rating.RuleTag || s.Rule == rating.RuleWithdrawn) && s.Text != "" && w.Has(key+"."+s.Text) {
		key += "." + s.Text // discount given although the tag was not read; taken back after a complaint
	}
	pairs := []any{
		"class", w.Class(s.Class), "band", w.Band(s.Band), "kind", w.orSelf("exempt.", s.Text), "product", s.Text,
		"percent", w.Percent(s.Num, s.Den), "count", s.Count, "of", s.Of, "mins", s.Mins, "amount", w.Kroner(s.Amount),
	}
	if !w.Has(key + ".window") {
		return w.T(key, pairs...)
	}
	if s.By == "" && w.Has(key+".alone") {
		return w.T(key+".alone", pairs...)
	}
	if found != nil { // name the passage that the rule refers to, or else the time limit
		if station, at, ok := found(s.By); ok {
			return w.T(key, append(pairs, "station", station, "time", w.Clock(at))...)
		}
	}
	return w.T(key+".window", append(pairs, "time", w.Clock(s.From))...)
}

// Badge returns the label of a rule that made a passage free, or "" for other rules.
func (w *Words) Badge(r rating.Rule) string {
	if key := "badge." + string(r); w.Has(key) {
		return w.T(key)
	}
	return ""
}

// Class returns the name of a price class, given as toll.Class.String.
func (w *Words) Class(class string) string { return w.orSelf("class.", class) }

// Band returns the name of a time band, or the band's identifier when the catalogue has none.
func (w *Words) Band(band string) string { return w.orSelf("band.", band) }

// CapGroup returns the name of a cap group of a scheme, or the group's identifier when the catalogue has none.
func (w *Words) CapGroup(group string) string { return w.orSelf("cap.", group) }

func (w *Words) orSelf(family, name string) string {
	if w.Has(family + name) {
		return w.T(family + name)
	}
	return name
}

// Tariff formats a tariff version such as oslo@2023-03-01 for display.
func (w *Words) Tariff(version string) string {
	scheme, since, ok := strings.Cut(version, "@")
	day, err := oslo.ParseDay(since)
	if !ok || err != nil {
		return version
	}
	return w.T("passages.tariff.since", "scheme", Sentence(scheme), "date", w.Day(day))
}
