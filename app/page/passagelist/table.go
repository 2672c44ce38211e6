package passagelist

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// Table shows passages as rows that open into the reason for their charge.
type Table struct {
	Words  *i18n.Words
	View   *View
	Days   []Day                  // the newest first
	Fresh  map[toll.PassageID]int // as in List
	Plates bool                   // each row names its vehicle
	Wrong  bool                   // the reader may say that a passage is wrong
	Shown  int                    // the number of rows that are shown; 0 for all
}

// View is what a person has done to a table: the rows that are open. A page keeps one for as long as it lives.
type View struct {
	open  map[toll.PassageID]bool
	table Table // shown last
	days  map[oslo.Day]*day
}

// NewView returns a view with all rows closed.
func NewView() *View { return &View{open: map[toll.PassageID]bool{}, days: map[oslo.Day]*day{}} }

// Close closes all rows of a table that is no longer shown.
func (v *View) Close() { clear(v.open) }

// Toggle opens or closes a row. Nothing but the rows of its day is rendered.
func (v *View) Toggle(id toll.PassageID) {
	v.open[id] = !v.open[id]
	for _, d := range v.days {
		if d.Mounted() && slices.ContainsFunc(d.Lines, func(line api.PassageLine) bool { return line.ID == id }) {
			d.Update()
		}
	}
}

// UI groups the rows by day.
func (t Table) UI(caption string) app.UI {
	t.View.table = t
	groups, left := make([]ui.Group, 0, len(t.Days)), t.Shown
	for _, d := range t.Days {
		if t.Shown > 0 {
			d.Lines = d.Lines[:min(left, len(d.Lines))]
			left -= len(d.Lines)
		}
		if len(d.Lines) > 0 {
			groups = append(groups, ui.Group{UI: t.day(d)})
		}
	}
	return table(t.Words, caption, groups...).UI()
}

// table returns the table with its columns.
func table(w *i18n.Words, caption string, groups ...ui.Group) ui.Table {
	return ui.Table{
		Kind: "passages", Caption: caption, Groups: groups,
		Columns: []ui.Column{
			{Text: w.T("passages.time")},
			{Text: w.T("passages.station")},
			{Text: w.T("passages.direction")},
			{Text: w.T("passages.amount"), Number: true},
		},
	}
}

// RowID returns the id of the button of a passage's row, for moving focus to it.
func RowID(id toll.PassageID) string { return "passage-" + string(id) }

// station shows the name of the station, with the toll company and, among several vehicles, the plate.
func (t Table) station(line api.PassageLine) app.UI {
	sub := line.Charger
	if t.Plates {
		sub = strings.ReplaceAll(line.Plate.String(), " ", "\u00a0") + " · " + line.Charger
	}
	return app.Elem("div").Body(
		app.Elem("span").Class("bp-station").Text(line.Name),
		app.Elem("span").Class("bp-sub").Text(sub),
	)
}

// direction shows the direction of travel, by an icon and a word.
func (t Table) direction(d toll.Direction) app.UI {
	switch d {
	case toll.Inbound:
		return app.Elem("span").Class("bp-direction").Body(ui.IconIn.UI(), app.Text(t.Words.T("passages.in")))
	case toll.Outbound:
		return app.Elem("span").Class("bp-direction").Body(ui.IconOut.UI(), app.Text(t.Words.T("passages.out")))
	case toll.DirectionUnknown:
	}
	return app.Elem("span").Class("bp-direction bp-quiet").Text(t.Words.T("passages.unknown"))
}

// spokenAmount returns the charge as the name of a row's button says it.
func (t Table) spokenAmount(line api.PassageLine) string {
	if !line.Priced {
		return t.Words.T("passages.pending")
	}
	return t.Words.Kroner(line.Net)
}

// amount shows the charge, with badges: pending, corrected, the tag that was not read, or the rule by which the passage
// is free.
func (t Table) amount(line api.PassageLine) app.UI {
	if !line.Priced {
		return app.Elem("div").Class("bp-sum").Body(ui.Badge("neutral", t.Words.T("passages.pending")))
	}
	badge := ""
	if line.Net == 0 && !line.Pending {
		badge = t.Words.Badge(freeBy(line.Steps))
	}
	return app.Elem("div").Class("bp-sum").Body(
		app.If(line.Pending, ui.Badge("neutral", t.Words.T("passages.open"))),
		app.If(line.Corrected, ui.Badge("info", t.Words.T("passages.corrected"))),
		app.If(line.Unread, ui.Badge("warning", t.Words.T("passages.unread"))),
		app.If(badge != "", ui.Badge("success", badge)),
		app.Elem("span").Class("bp-amount").Text(t.Words.Kroner(line.Net)),
	)
}

// freeBy returns the rule that took the rest of the price away, or the zero-emission rule for a vehicle without
// emissions whose list price is nothing.
func freeBy(steps []rating.Step) rating.Rule {
	for _, s := range slices.Backward(steps) {
		if s.Ore != 0 || s.Rule == rating.RuleDirection || s.Rule == rating.RuleExempt || s.Rule == rating.RuleWithdrawn {
			return s.Rule
		}
		if class, ok := toll.ParseClass(s.Class); s.Rule == rating.RuleList && ok && class.ZeroEmission() {
			return rating.RuleZeroEmission
		}
	}
	return ""
}

// Receipt lists step by step how the list price became the charge.
func (t Table) Receipt(line api.PassageLine) ui.Receipt {
	w := t.Words
	r := ui.Receipt{Title: w.T("passages.why.pending"), Facts: t.facts(line)}
	if t.Wrong {
		r.Link = ui.ReceiptLink{Text: w.T("passages.wrong"), Href: site.With(site.Dispute, url.Values{"passage": {string(line.ID)}})}
	}
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
		step := ui.ReceiptLine{Text: w.Step(s, t.find), Amount: w.Kroner(s.Ore)}
		// Some steps change no amount and are there for their text.
		if s.Ore == 0 && s.Rule != rating.RuleList {
			step.Amount = ""
		}
		r.Lines = append(r.Lines, step)
	}
	if line.Lost > 0 { // no amount of the sum, so it stands in the text
		r.Lines = append(r.Lines, ui.ReceiptLine{Text: w.T("passages.lost", "amount", w.Kroner(line.Lost))})
	}
	return r
}

// facts returns the tariff, the toll company, and how the vehicle was recognised.
func (t Table) facts(line api.PassageLine) []ui.Fact {
	w := t.Words
	facts := []ui.Fact{}
	for _, s := range line.Steps {
		if s.Tariff != "" {
			facts = append(facts, ui.Fact{Name: w.T("passages.tariff"), Value: w.Tariff(s.Tariff)})
			break
		}
	}
	match := w.T(matchKey(line), "tag", line.Tag, "plate", line.Plate)
	return append(facts,
		ui.Fact{Name: w.T("passages.charger"), Value: line.Charger},
		ui.Fact{Name: w.T("passages.match"), Value: i18n.Sentence(match)},
	)
}

// matchKey returns the key of the text that says how the vehicle was recognised. A plate is enough for a vehicle that has
// no tag.
func matchKey(line api.PassageLine) string {
	if line.MatchedBy == toll.ByPlate && !line.Unread {
		return "passages.match.none"
	}
	return "passages.match." + string(line.MatchedBy)
}

// find looks up the passage that a step refers to. For one that is not on the list, the step says its time
// window instead.
func (t Table) find(id toll.PassageID) (station string, at time.Time, ok bool) {
	for _, d := range t.Days {
		for _, line := range d.Lines {
			if line.ID == id {
				return line.Name, line.At, true
			}
		}
	}
	return "", time.Time{}, false
}
