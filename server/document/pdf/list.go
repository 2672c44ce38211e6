package pdf

import (
	"fmt"
	"strings"
	"time"

	"bompass/shared/i18n"
)

// List is a list of passages, to be read and printed.
type List struct {
	Title    string
	Author   string // the customer's name
	At       time.Time
	Language string
	Rows     []ListRow
	Sum      string
}

// ListRow is a passage in words.
type ListRow struct{ At, Place, Company, Vehicle, Amount string }

// WriteList returns a list as PDF, with the heads of the table on each page.
func WriteList(l List) ([]byte, error) {
	w := i18n.For(i18n.Match(l.Language))
	s := newSheet(w.Lang(), l.Title, l.Author, l.At)
	s.write("H1", bold, sizeTitle, width, l.Title)
	s.write("P", regular, bodySize, width, strings.TrimSpace(l.Author))
	s.write("P", regular, bodySize, width, w.T("sheet.about.at")+" "+w.Instant(l.At))
	s.SetXY(left, s.GetY()+spaceSection)
	t := &table{sheet: s, x: left, size: 8.5, columns: []column{
		{head: w.T("passages.time"), width: 32},
		{head: w.T("passages.station"), width: 47},
		{head: w.T("passages.charger"), width: 40},
		{head: w.T("passages.vehicle"), width: 24},
		{head: w.T("passages.amount"), width: 27, number: true},
	}}
	t.draw(func() {
		for _, r := range l.Rows {
			t.row(regular, cell{text: r.At, head: true}, cell{text: r.Place}, cell{text: r.Company}, cell{text: r.Vehicle}, cell{text: r.Amount})
		}
		t.row(bold, cell{text: w.T("pdf.sum"), head: true}, cell{text: w.N("passages.count", len(l.Rows))}, cell{}, cell{}, cell{text: l.Sum})
	})
	s.number(w, l.Title)
	out, err := s.finish()
	if err != nil {
		return nil, fmt.Errorf("%s as PDF: %w", l.Title, err)
	}
	return out, nil
}
