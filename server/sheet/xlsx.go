package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"bompass/shared/oslo"
)

// Limits of a spreadsheet that is read: a small file can unpack to a large one.
const (
	unzipMax     = 64 << 20 // bytes of all parts together
	unzipPartMax = 16 << 20 // bytes of a part in memory; larger ones go to a temporary file
	columnsMax   = 100      // cells of a row that are read
)

// writeXLSX writes a table as a spreadsheet, row by row.
func writeXLSX(w io.Writer, t Table) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.SetSheetName(f.GetSheetName(0), t.Name); err != nil {
		return err
	}
	if err := writeSheet(f, t); err != nil {
		return fmt.Errorf("sheet %s: %w", t.Name, err)
	}
	if len(t.About) > 0 {
		const name = "Info"
		if _, err := f.NewSheet(name); err != nil {
			return err
		}
		for i, line := range t.About {
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &[]any{line[0], line[1]}); err != nil {
				return err
			}
		}
		if err := f.SetColWidth(name, "A", "B", 32); err != nil {
			return err
		}
	}
	return f.Write(w)
}

// styles are the styles of cells: of the heading and of each kind.
type styles struct {
	head int
	kind map[Kind]int
}

func newStyles(f *excelize.File) (s styles, err error) {
	add := func(style *excelize.Style) int {
		id, wrong := f.NewStyle(style)
		err = errors.Join(err, wrong)
		return id
	}
	day := "yyyy-mm-dd"
	s.head = add(&excelize.Style{Font: &excelize.Font{Bold: true}})
	s.kind = map[Kind]int{
		Text: add(&excelize.Style{NumFmt: 49}), Amount: add(&excelize.Style{NumFmt: 4}), Count: add(&excelize.Style{NumFmt: 1}),
		Day: add(&excelize.Style{CustomNumFmt: &day}),
	}
	return s, err
}

func writeSheet(f *excelize.File, t Table) error {
	style, err := newStyles(f)
	if err != nil {
		return err
	}
	out, err := f.NewStreamWriter(t.Name)
	if err != nil {
		return err
	}
	head := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = excelize.Cell{StyleID: style.head, Value: c.Title}
		if err := out.SetColWidth(i+1, i+1, float64(c.Width)); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := out.SetRow("A1", head); err != nil {
		return err
	}
	n := 1
	line := make([]any, len(t.Columns))
	err = t.Each(func(row []Cell) error {
		n++
		for i, cell := range row {
			line[i] = excelize.Cell{StyleID: style.kind[t.Columns[i].Kind], Value: cell.value(t.Columns[i].Kind)}
		}
		return out.SetRow(fmt.Sprintf("A%d", n), line)
	})
	if err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(len(t.Columns), n)
	if err != nil {
		return err
	}
	if err := f.AutoFilter(t.Name, "A1:"+last, nil); err != nil {
		return err
	}
	return out.Flush()
}

// value returns a cell as a spreadsheet has it: texts stay texts, whatever they look like.
func (c Cell) value(kind Kind) any {
	if c.Empty {
		return nil
	}
	switch kind {
	case Amount:
		return float64(c.Amount) / 100 // a spreadsheet has no other numbers; nothing is computed with it
	case Count:
		return c.Count
	case Day:
		return int64(c.Day-epoch) + 2 // counted from 1899-12-30
	case Text:
	}
	return c.Text
}

// epoch is the first day of 1900, which is day 2 of a spreadsheet.
var epoch = oslo.Date(1900, 1, 1)

// readXLSX reads the first sheet of a spreadsheet, row by row.
func readXLSX(file []byte, rowsMax int) (rows [][]string, err error) {
	f, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{UnzipSizeLimit: unzipMax, UnzipXMLSizeLimit: unzipPartMax})
	if err != nil {
		return nil, errors.Join(ErrForm, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	in, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return nil, errors.Join(ErrForm, err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	for in.Next() {
		row, err := in.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, errors.Join(ErrForm, err)
		}
		if len(row) > columnsMax {
			row = row[:columnsMax]
		}
		if !hasContent(row) {
			continue
		}
		if len(rows) == rowsMax {
			return nil, ErrTooLong
		}
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		rows = append(rows, row)
	}
	return rows, in.Error()
}
