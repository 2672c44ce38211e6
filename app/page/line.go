package page

import (
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// lines shows passages as rows that open into the reason for their charge.
type lines struct {
	words  *i18n.Words
	all    []api.PassageLine // newest first
	fresh  map[toll.PassageID]int
	open   map[toll.PassageID]bool
	plates bool // say which vehicle
	toggle func(toll.PassageID)
}

// table groups the rows by day.
func (l lines) table(caption string) app.UI {
	w := l.words
	var groups []ui.Group
	for _, line := range l.all {
		title := i18n.Sentence(w.Weekday(dayOf(line)))
		if len(groups) == 0 || groups[len(groups)-1].Title != title {
			groups = append(groups, ui.Group{Title: title})
		}
		last := &groups[len(groups)-1]
		last.Rows = append(last.Rows, l.row(line))
	}
	return ui.Table{
		Kind: "passages", Caption: caption, Groups: groups,
		Columns: []ui.Column{
			{Text: w.T("passages.time")},
			{Text: w.T("passages.station")},
			{Text: w.T("passages.direction")},
			{Text: w.T("passages.amount"), Number: true},
		},
	}.UI()
}

func (l lines) row(line api.PassageLine) ui.Row {
	label := []app.UI{app.Elem("span").Text(l.words.Clock(line.At))}
	x := &ui.Expand{Open: l.open[line.ID], Label: label, Toggle: ui.On("row/"+string(line.ID), func(app.Context) { l.toggle(line.ID) })}
	if x.Open {
		x.Detail = l.receipt(line).UI()
	}
	return ui.Row{
		ID: rowID(line.ID), Expand: x, Fresh: l.fresh[line.ID],
		Cells: []app.UI{nil, l.station(line), l.direction(line.Direction), l.amount(line)},
	}
}

func rowID(id toll.PassageID) string { return "passage-" + string(id) }

func (l lines) station(line api.PassageLine) app.UI {
	sub := line.Charger
	if l.plates {
		sub = strings.ReplaceAll(line.Plate.String(), " ", "\u00a0") + " · " + line.Charger
	}
	return app.Elem("div").Body(
		app.Elem("span").Class("bp-station").Text(line.Name),
		app.Elem("span").Class("bp-sub").Text(sub),
	)
}

func (l lines) direction(d toll.Direction) app.UI {
	switch d {
	case toll.Inbound:
		return app.Elem("span").Class("bp-direction").Body(ui.IconIn.UI(), app.Text(l.words.T("passages.in")))
	case toll.Outbound:
		return app.Elem("span").Class("bp-direction").Body(ui.IconOut.UI(), app.Text(l.words.T("passages.out")))
	case toll.DirectionUnknown:
	}
	return app.Elem("span").Class("bp-direction bp-quiet").Text(l.words.T("passages.unknown"))
}

func (l lines) amount(line api.PassageLine) app.UI {
	if !line.Priced {
		return app.Elem("div").Class("bp-sum").Body(ui.Badge("neutral", l.words.T("passages.pending")))
	}
	badge := ""
	if line.Net == 0 && !line.Pending {
		badge = l.words.Badge(lastRule(line.Steps))
	}
	return app.Elem("div").Class("bp-sum").Body(
		app.If(line.Pending, ui.Badge("neutral", l.words.T("passages.open"))),
		app.If(line.Corrected, ui.Badge("info", l.words.T("passages.corrected"))),
		app.If(badge != "", ui.Badge("success", badge)),
		app.Elem("span").Class("bp-amount").Text(l.words.Kroner(line.Net)),
	)
}

// lastRule is the rule that took the rest of the price away.
func lastRule(steps []rating.Step) rating.Rule {
	for _, s := range slices.Backward(steps) {
		if s.Ore != 0 || s.Rule == rating.RuleDirection || s.Rule == rating.RuleExempt || s.Rule == rating.RuleWithdrawn {
			return s.Rule
		}
	}
	return ""
}

// receipt tells step by step how the list price became the charge.
func (l lines) receipt(line api.PassageLine) ui.Receipt {
	w := l.words
	r := ui.Receipt{Title: w.T("passages.why.pending"), Facts: l.facts(line)}
	if line.Corrected {
		r.Notes = append(r.Notes, w.T("passages.corrected.why"))
	}
	if !line.Priced {
		r.Notes = append(r.Notes, w.T("passages.no.price"))
		return r
	}
	r.Title = w.T("passages.why", "amount", w.Kroner(line.Net))
	r.Sum, r.Total = w.T("passages.pay"), w.Kroner(line.Net)
	for _, s := range line.Steps {
		step := ui.ReceiptLine{Text: w.Step(s, l.found), Amount: w.Kroner(s.Ore)}
		if s.Ore == 0 && s.Rule != rating.RuleList {
			step.Amount = ""
		}
		r.Lines = append(r.Lines, step)
	}
	return r
}

func (l lines) facts(line api.PassageLine) []ui.Fact {
	w := l.words
	facts := []ui.Fact{}
	for _, s := range line.Steps {
		if s.Tariff != "" {
			facts = append(facts, ui.Fact{Name: w.T("passages.tariff"), Value: w.Tariff(s.Tariff)})
			break
		}
	}
	match := w.T("passages.match."+string(line.MatchedBy), "tag", line.Tag, "plate", line.Plate)
	return append(facts,
		ui.Fact{Name: w.T("passages.charger"), Value: line.Charger},
		ui.Fact{Name: w.T("passages.match"), Value: i18n.Sentence(match)},
	)
}

// found answers for passages on this page; a step that refers to one elsewhere says its time window.
func (l lines) found(id toll.PassageID) (station string, at time.Time, ok bool) {
	for _, line := range l.all {
		if line.ID == id {
			return line.Name, line.At, true
		}
	}
	return "", time.Time{}, false
}
