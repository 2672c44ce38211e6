// Package sheet writes tables as spreadsheets (XLSX) and as text (CSV) for the spreadsheet program of a reader, and reads
// both.
package sheet

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"bompass/shared/money"
	"bompass/shared/oslo"
)

// Kind is the kind of the cells of a column.
type Kind int

// The kinds.
const (
	Text   Kind = iota // also numbers that are names, such as that of a tag
	Amount             // in kroner
	Count
	Day
)

// Column is a column of a table.
type Column struct {
	Title string
	Kind  Kind
	Width int // in characters
}

// Cell is the content of a cell: the field of its column's kind. Empty is a cell without content.
type Cell struct {
	Text   string
	Amount money.Ore
	Count  int64
	Day    oslo.Day
	Empty  bool
}

// Table is a table. Each calls row with the cells of every row.
type Table struct {
	Name    string // of the sheet, at most 31 characters
	Columns []Column
	About   [][2]string // what the table is, for a sheet of its own: names and values
	Each    func(row func([]Cell) error) error
}

// Format is the format of a file.
type Format string

// The formats.
const (
	XLSX  Format = "xlsx"
	CSV   Format = "csv"
	Plain Format = "plain" // CSV for programs, RFC 4180: commas and decimal points, without a byte order mark
)

// MediaType returns the media type of files in the format.
func (f Format) MediaType() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// Write writes a table in a format. Text files are in the form that the spreadsheet programs of a language expect.
func (f Format) Write(w io.Writer, t Table, language string) error {
	switch f {
	case XLSX:
		return writeXLSX(w, t)
	case CSV:
		return writeCSV(w, t, language)
	case Plain:
		return writeRows(w, t, "en")
	}
	return fmt.Errorf("there is no format %q", f)
}

// Errors of files that cannot be read.
var (
	ErrForm    = errors.New("not a spreadsheet and not a text with separators")
	ErrTooLong = errors.New("too many rows")
)

// Read returns the rows of the first sheet of a file in either format, without those that have no content. It returns
// ErrTooLong for more than rowsMax rows.
func Read(file []byte, rowsMax int) ([][]string, error) {
	if strings.HasPrefix(string(file[:min(4, len(file))]), "PK\x03\x04") {
		return readXLSX(file, rowsMax)
	}
	return readCSV(file, rowsMax)
}

// hasContent reports whether a cell of a row is not empty.
func hasContent(row []string) bool {
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			return true
		}
	}
	return false
}
