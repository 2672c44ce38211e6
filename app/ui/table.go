package ui

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Table is a table. On a narrow screen each row becomes a card; that layout removes the implicit ARIA roles,
// so they are set explicitly.
type Table struct {
	Kind    string // selects the card layout in the stylesheet
	Caption string
	Columns []Column
	Groups  []Group
}

// Column is the head of a column.
type Column struct {
	Text   string
	Number bool
}

// Group is a group of rows under a heading, which may be empty.
type Group struct {
	Title, Note string
	Rows        []Row
	UI          app.UI // the whole group, a component that shows it with GroupUI; nil for the fields above
}

// Row is a row of a table. A row with an Expand can be opened.
type Row struct {
	ID     string
	Cells  []app.UI
	Expand *Expand
	Fresh  int    // the number of the arrival with which the row was added while the page was open; 0 for others
	UI     app.UI // the row, a component that shows it with RowUI; nil for the fields above
}

// Expand is the part of a row that opens below it.
type Expand struct {
	Open   bool
	Toggle Action
	Label  []app.UI // of the button in the first cell
	Detail app.UI   // shown while open
}

// UI returns the table.
func (t Table) UI() app.UI {
	bodies := make([]app.UI, 0, len(t.Groups)+2)
	bodies = append(bodies, app.Elem("caption").Class("ds-sr-only").Text(t.Caption), t.head())
	for _, g := range t.Groups {
		if g.UI == nil {
			g.UI = t.GroupUI(g)
		}
		bodies = append(bodies, g.UI)
	}
	return app.Elem("table").Class("bp-table bp-table-" + t.Kind).Role("table").Body(bodies...)
}

// head returns the headings. Roles are repeated, because the style sheet lays tables out as lists on narrow
// screens, and browsers then drop the roles of the elements.
func (t Table) head() app.UI {
	cells := make([]app.UI, 0, len(t.Columns))
	for _, c := range t.Columns {
		cell := app.Elem("th").Attr("scope", "col").Role("columnheader").Text(c.Text)
		if c.Number {
			cell = cell.Class("bp-number")
		}
		cells = append(cells, cell)
	}
	return app.Elem("thead").Role("rowgroup").Body(app.Elem("tr").Role("row").Body(cells...))
}

// GroupUI returns a group of rows with its heading, and the detail of each open row below it. The place of a detail is
// there while its row is closed: go-app compares children by position, and would otherwise replace every row below.
func (t Table) GroupUI(g Group) app.UI {
	rows := make([]app.UI, 0, 2*len(g.Rows)+1)
	if g.Title != "" {
		rows = append(rows, app.Elem("tr").Class("bp-group").Role("row").Body(
			app.Elem("th").Role("rowheader").Attr("scope", "rowgroup").Attr("colspan", len(t.Columns)).Body(
				app.Elem("span").Text(g.Title), app.Elem("span").Class("bp-group-note").Text(g.Note),
			)))
	}
	for _, r := range g.Rows {
		if r.UI == nil {
			r.UI = t.RowUI(r)
		}
		rows = append(rows, r.UI)
		if r.Expand != nil {
			rows = append(rows, t.detail(r))
		}
	}
	return app.Elem("tbody").Role("rowgroup").Body(rows...)
}

// detail returns what an open row shows below it, and an empty place for a closed one.
func (t Table) detail(r Row) app.UI {
	if !r.Expand.Open {
		return app.Elem("tr").Attr("hidden", true)
	}
	return app.Elem("tr").Class("bp-detail").Role("row").ID(r.ID + "-detail").Body(
		app.Elem("td").Role("cell").Attr("colspan", len(t.Columns)).Body(r.Expand.Detail))
}

// RowUI returns a row. Each cell has its column's heading as data-label, which narrow screens show in the cell.
func (t Table) RowUI(r Row) app.UI {
	cells := make([]app.UI, 0, len(t.Columns))
	for i, content := range r.Cells {
		if i == 0 && r.Expand != nil {
			content = r.Expand.button(r.ID)
		}
		cell := app.Elem("td").Role("cell").Body(content)
		if i < len(t.Columns) {
			cell = cell.DataSet("label", t.Columns[i].Text)
			if t.Columns[i].Number {
				cell = cell.Class("bp-number")
			}
		}
		cells = append(cells, cell)
	}
	class := "bp-row"
	if r.Expand != nil {
		class += " bp-row-opens"
	}
	if r.Fresh > 0 { // two class names in turn: the same name would not start the animation again
		class += " bp-fresh-" + strconv.Itoa(r.Fresh%2)
	}
	return app.Elem("tr").Class(class).Role("row").Body(cells...)
}

// button returns the row's button; the stylesheet stretches it over the row.
func (x Expand) button(id string) app.UI {
	b := app.Button().Type("button").ID(id).Class("bp-expand").
		Aria("expanded", strconv.FormatBool(x.Open)).OnClick(x.Toggle.handler(), x.Toggle.key)
	if x.Open {
		b = b.Aria("controls", id+"-detail")
	}
	return b.Body(append(x.Label, IconDown.UI())...)
}
