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

// Fault says what happened and what to do next. Anything but a fault is "internal" to a person.
func (w *Words) Fault(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return w.T("fault." + string(fault.Internal))
	}
	key := "fault." + string(f.Code)
	if !w.Has(key) {
		key = "fault." + string(fault.Internal)
	}
	pairs := make([]any, 0, 2*len(f.Params))
	for name, value := range f.Params {
		pairs = append(pairs, name, value)
	}
	return w.T(key, pairs...)
}

// Found answers where and when a passage was, for the steps that refer to another passage.
type Found func(toll.PassageID) (station string, at time.Time, ok bool)

// Step is one reason for a charge as a sentence without its amount. A rule this program does not know
// yet is named, so that the steps still sum to the charge.
func (w *Words) Step(s rating.Step, found Found) string {
	key := "step." + string(s.Rule)
	if !w.Has(key) {
		return w.T("step.other", "rule", s.Rule)
	}
	if s.Rule == rating.RuleTag && s.Text != "" && w.Has(key+"."+s.Text) {
		key += "." + s.Text // given although the tag was not read
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
	if found != nil { // the rule refers to another passage: say which, or else within what time
		if station, at, ok := found(s.By); ok {
			return w.T(key, append(pairs, "station", station, "time", w.Clock(at))...)
		}
	}
	return w.T(key+".window", append(pairs, "time", w.Clock(s.From))...)
}

// Badge is the short word for a rule that made a passage free; empty for other rules.
func (w *Words) Badge(r rating.Rule) string {
	if key := "badge." + string(r); w.Has(key) {
		return w.T(key)
	}
	return ""
}

// Class is a price class, given in toll.Class's words.
func (w *Words) Class(class string) string { return w.orSelf("class.", class) }

// Band is a tariff's time band; a band's own name where the catalogue has none.
func (w *Words) Band(band string) string { return w.orSelf("band.", band) }

// CapGroup is what a monthly cap counts within a scheme; the group's own name where the catalogue has none.
func (w *Words) CapGroup(group string) string { return w.orSelf("cap.", group) }

func (w *Words) orSelf(family, name string) string {
	if w.Has(family + name) {
		return w.T(family + name)
	}
	return name
}

// Tariff is a version such as oslo@2023-03-01 for people.
func (w *Words) Tariff(version string) string {
	scheme, since, ok := strings.Cut(version, "@")
	day, err := oslo.ParseDay(since)
	if !ok || err != nil {
		return version
	}
	return w.T("passages.tariff.since", "scheme", Sentence(scheme), "date", w.Day(day))
}
