package passagelist

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
)

// day is the component of a day's rows, and row that of a passage. They have no state of their own, because go-app
// matches components by their place. They are there because go-app renders a component only if a field has changed:
// comparing the elements of a long list takes a browser tenths of a second.
type (
	day struct {
		app.Compo

		Of     oslo.Day
		Lines  []api.PassageLine
		Fresh  []int // of each line, nil if all are 0
		Plates bool
		Words  *i18n.Words
		View   *View
	}
	row struct {
		app.Compo

		Line   *api.PassageLine
		Open   bool
		Fresh  int
		Plates bool
		Words  *i18n.Words
		View   *View
	}
)

// day returns the component of a day.
func (t Table) day(d Day) *day {
	shown := &day{Of: d.Of, Lines: d.Lines, Plates: t.Plates, Words: t.Words, View: t.View}
	for i, line := range d.Lines {
		if n := t.Fresh[line.ID]; n > 0 {
			if shown.Fresh == nil {
				shown.Fresh = make([]int, len(d.Lines))
			}
			shown.Fresh[i] = n
		}
	}
	return shown
}

// Render shows the day's heading and its rows.
func (d *day) Render() app.UI {
	d.View.days[d.Of] = d
	group := ui.Group{Title: i18n.Sentence(d.Words.Weekday(d.Of)), Rows: make([]ui.Row, 0, len(d.Lines))}
	t := Table{Words: d.Words, View: d.View, Days: d.View.table.Days, Wrong: d.View.table.Wrong}
	for i := range d.Lines {
		r := &row{Line: &d.Lines[i], Open: d.View.open[d.Lines[i].ID], Plates: d.Plates, Words: d.Words, View: d.View}
		if d.Fresh != nil {
			r.Fresh = d.Fresh[i]
		}
		x := &ui.Expand{Open: r.Open}
		if x.Open {
			x.Detail = t.Receipt(*r.Line).UI()
		}
		group.Rows = append(group.Rows, ui.Row{ID: RowID(r.Line.ID), Expand: x, UI: r})
	}
	return table(d.Words, "").GroupUI(group)
}

// Render shows a passage. Its button renders the day alone, not the page.
func (r *row) Render() app.UI {
	line, t := *r.Line, Table{Words: r.Words, Plates: r.Plates}
	label := []app.UI{
		app.Elem("span").Text(t.Words.Clock(line.At)),
		app.Elem("span").Class("ds-sr-only").Text(", " + line.Name + ", " + t.spokenAmount(line)), // the button's whole name
	}
	toggle := ui.On("row/"+string(line.ID), func(ctx app.Context) {
		ctx.PreventUpdate()
		r.View.Toggle(line.ID)
	})
	return table(r.Words, "").RowUI(ui.Row{
		ID: RowID(line.ID), Expand: &ui.Expand{Open: r.Open, Label: label, Toggle: toggle}, Fresh: r.Fresh,
		Cells: []app.UI{nil, t.station(line), t.direction(line.Direction), t.amount(line)},
	})
}
