package export

import (
	"strings"
	"time"

	"bompass/server/sheet"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/rating"
)

// column is a column of a table of passages.
type column struct {
	name  string // of the column for programs; after "sheet." the key of its title for people
	kind  sheet.Kind
	width int
	cell  func(*i18n.Words, *api.PassageLine) sheet.Cell
}

// text returns the function of a column of texts.
func text(of func(*i18n.Words, *api.PassageLine) string) func(*i18n.Words, *api.PassageLine) sheet.Cell {
	return func(w *i18n.Words, l *api.PassageLine) sheet.Cell { return sheet.Cell{Text: of(w, l)} }
}

// columns returns the columns for people.
func columns() []column {
	return []column{
		{"date", sheet.Day, 12, func(_ *i18n.Words, l *api.PassageLine) sheet.Cell { return sheet.Cell{Day: day(l)} }},
		{"clock", sheet.Text, 10, text(func(w *i18n.Words, l *api.PassageLine) string { return w.Clock(l.At) })},
		{"station", sheet.Text, 30, text(func(_ *i18n.Words, l *api.PassageLine) string { return l.Name })},
		{"charger", sheet.Text, 24, text(func(_ *i18n.Words, l *api.PassageLine) string { return l.Charger })},
		{"direction", sheet.Text, 12, text(func(w *i18n.Words, l *api.PassageLine) string {
			if key := "passages." + string(l.Direction); w.Has(key) {
				return w.T(key)
			}
			return w.T("passages.unknown")
		})},
		{"country", sheet.Text, 8, text(func(_ *i18n.Words, l *api.PassageLine) string { return l.Plate.Country })},
		{"plate", sheet.Text, 14, text(func(_ *i18n.Words, l *api.PassageLine) string { return l.Plate.Text })},
		{"tag", sheet.Text, 24, text(func(_ *i18n.Words, l *api.PassageLine) string { return string(l.Tag) })},
		{"list", sheet.Amount, 12, func(_ *i18n.Words, l *api.PassageLine) sheet.Cell {
			return sheet.Cell{Amount: l.List, Empty: !l.Priced}
		}},
		{"net", sheet.Amount, 12, func(_ *i18n.Words, l *api.PassageLine) sheet.Cell { return sheet.Cell{Amount: l.Net, Empty: !l.Priced} }},
		{"why", sheet.Text, 60, text(reasons)},
	}
}

// reasons returns the steps of a charge in words.
func reasons(w *i18n.Words, l *api.PassageLine) string {
	if !l.Priced {
		return w.T("passages.pending")
	}
	list := make([]string, len(l.Steps))
	for i, s := range l.Steps {
		list[i] = w.Step(s, nil)
		if s.Ore != 0 || s.Rule == rating.RuleList {
			list[i] += " (" + w.Kroner(s.Ore) + ")"
		}
	}
	return strings.Join(list, "; ")
}

// table returns the passages as a table for people.
func (e *writer) table() sheet.Table {
	w := e.w
	t := e.rows(columns())
	t.Name = w.T("passages.title")
	t.About = [][2]string{
		{w.T("sheet.about.party"), e.reader.Name},
		{w.T("sheet.about.person"), e.reader.Person},
		{w.T("sheet.about.at"), w.Instant(e.at)},
		{w.T("sheet.about.what"), e.title()},
	}
	for i := range t.Columns {
		t.Columns[i].Title = w.T("sheet." + t.Columns[i].Title)
	}
	return t
}

// rows returns a table of columns, whose titles are their names.
func (e *writer) rows(all []column) sheet.Table {
	t := sheet.Table{}
	for _, c := range all {
		t.Columns = append(t.Columns, sheet.Column{Title: c.name, Kind: c.kind, Width: c.width})
	}
	t.Each = func(row func([]sheet.Cell) error) error {
		cells := make([]sheet.Cell, len(all))
		return e.walk(func(lines []api.PassageLine) error {
			for n := range lines {
				for i, c := range all {
					cells[i] = c.cell(e.w, &lines[n])
				}
				if err := row(cells); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return t
}

// plain returns the passages as a table for programs: instants in UTC, amounts in øre, and codes rather than names.
func (e *writer) plain() sheet.Table {
	plain := func(of func(l *api.PassageLine) string) func(*i18n.Words, *api.PassageLine) sheet.Cell {
		return func(_ *i18n.Words, l *api.PassageLine) sheet.Cell { return sheet.Cell{Text: of(l)} }
	}
	return e.rows([]column{
		{"passage", sheet.Text, 0, plain(func(l *api.PassageLine) string { return string(l.ID) })},
		{"at", sheet.Text, 0, plain(func(l *api.PassageLine) string { return l.At.UTC().Format(time.RFC3339Nano) })},
		{"station", sheet.Text, 0, plain(func(l *api.PassageLine) string { return string(l.Station) })},
		{"station_name", sheet.Text, 0, plain(func(l *api.PassageLine) string { return l.Name })},
		{"charger_name", sheet.Text, 0, plain(func(l *api.PassageLine) string { return l.Charger })},
		{"direction", sheet.Text, 0, plain(func(l *api.PassageLine) string { return string(l.Direction) })},
		{"vehicle", sheet.Text, 0, plain(func(l *api.PassageLine) string { return string(l.Vehicle) })},
		{"country", sheet.Text, 0, plain(func(l *api.PassageLine) string { return l.Plate.Country })},
		{"plate", sheet.Text, 0, plain(func(l *api.PassageLine) string { return l.Plate.Text })},
		{"tag", sheet.Text, 0, plain(func(l *api.PassageLine) string { return string(l.Tag) })},
		{"agreement", sheet.Text, 0, plain(func(l *api.PassageLine) string { return string(l.Agreement) })},
		{"matched_by", sheet.Text, 0, plain(func(l *api.PassageLine) string { return string(l.MatchedBy) })},
		{"list_ore", sheet.Count, 0, func(_ *i18n.Words, l *api.PassageLine) sheet.Cell {
			return sheet.Cell{Count: int64(l.List), Empty: !l.Priced}
		}},
		{"net_ore", sheet.Count, 0, func(_ *i18n.Words, l *api.PassageLine) sheet.Cell {
			return sheet.Cell{Count: int64(l.Net), Empty: !l.Priced}
		}},
	})
}
