package file

import (
	"fmt"
	"io"
	"strings"

	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
)

// explain writes a passage and its reasons in English. The buffered writer keeps a write error until it is
// flushed.
func explain(w io.Writer, l Line, st tariff.Station) {
	fmt.Fprintf(w, "%s  %s  %s %s (%s)  vehicle %s\n", l.ID, oslo.In(l.At).Format("2006-01-02 15:04:05"), st.ID, st.Name, st.ChargerName, l.Vehicle)
	for _, s := range l.Steps {
		fmt.Fprintf(w, "%12s  %s\n", s.Ore, sentence(s))
	}
	fmt.Fprintf(w, "%12s  %s\n\n", l.Net, strings.TrimSpace("to pay "+l.Currency))
}

// sentence returns a step in English. Command output is not translated, unlike the texts of the portal.
func sentence(s rating.Step) string {
	switch s.Rule {
	case rating.RuleList:
		return fmt.Sprintf("list price for %s, %s (%s)", s.Class, bandWords(s.Band), s.Tariff)
	case rating.RuleExempt:
		return "exempt: " + s.Text
	case rating.RuleDirection:
		return fmt.Sprintf("not charged in this direction (%s)", s.Tariff)
	case rating.RuleTag, rating.RuleSupplement, rating.RuleZeroEmission, rating.RuleToll, rating.RuleVAT:
		return priceWords(s)
	case rating.RulePair, rating.RuleAnnul, rating.RuleWaive, rating.RulePending:
		return linkWords(s)
	case rating.RuleWithdrawn, rating.RuleMoved: // only when charges are posted; not used for files
	case rating.RuleDuplicate:
		return fmt.Sprintf("the same passage as %s, which is charged", s.By)
	case rating.RuleDay:
		return fmt.Sprintf("beyond %s, the most of a day", s.Amount)
	case rating.RuleHour:
		return fmt.Sprintf("hour rule: within %d minutes from %s, charged once, on passage %s", s.Mins, oslo.In(s.From).Format("15:04:05"), s.By)
	case rating.RuleCap:
		return fmt.Sprintf("monthly cap: number %d of the month, only %d are paid", s.Count, s.Of)
	case rating.RuleCounted:
		return fmt.Sprintf("number %d of at most %d paid passages this month", s.Count, s.Of)
	}
	return string(s.Rule)
}

// priceWords returns the text of a step that changes the price by a fraction or splits it.
func priceWords(s rating.Step) string {
	switch s.Rule {
	case rating.RuleSupplement:
		return fmt.Sprintf("supplementary agreement %s, %d/%d off", s.Text, s.Num, s.Den)
	case rating.RuleZeroEmission:
		return fmt.Sprintf("zero-emission vehicle, pays %d/%d of that", s.Num, s.Den)
	case rating.RuleToll:
		return "toll part, outside VAT"
	case rating.RuleVAT:
		return fmt.Sprintf("the fare includes %s of VAT (%d/%d)", s.Amount, s.Num, s.Den)
	default:
		if s.Text == "plate" {
			return fmt.Sprintf("tag discount, %d/%d off, although only the plate was read", s.Num, s.Den)
		}
		return fmt.Sprintf("tag discount, %d/%d off", s.Num, s.Den)
	}
}

// linkWords returns the text of a step of linked stations.
func linkWords(s rating.Step) string {
	switch {
	case s.Rule == rating.RulePending:
		return fmt.Sprintf("not settled: a passage within %d minutes can still change it", s.Mins)
	case s.Rule == rating.RuleWaive:
		return fmt.Sprintf("linked stations: waived by passage %s within %d minutes, which was paid", s.By, s.Mins)
	case s.Rule == rating.RuleAnnul:
		return fmt.Sprintf("linked stations: free together with passage %s within %d minutes", s.By, s.Mins)
	case s.By == "":
		return fmt.Sprintf("linked stations: free, no other one was passed within %d minutes", s.Mins)
	}
	return fmt.Sprintf("linked stations: charged together with passage %s within %d minutes", s.By, s.Mins)
}

func bandWords(band string) string {
	if band == tariff.Base {
		return "base time"
	}
	return band + " hours"
}
