package sheet_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"bompass/server/sheet"
	"bompass/shared/oslo"
)

// hostile are texts that spreadsheet programs take for formulas or numbers.
var hostile = []string{
	`=HYPERLINK("http://evil.example","x")`, "+1+1", "-2+3", "@SUM(A1)", "\tx", "'quoted", "9578010000000000012", "007", "12E34", "1E5", "DP45821", "Ås, \"nord\"; 3", "12", "",
}

func table(texts []string) sheet.Table {
	return sheet.Table{
		Name:    "Vehicles",
		Columns: []sheet.Column{{Title: "Text", Width: 20}, {Title: "Kost", Kind: sheet.Amount, Width: 12}, {Title: "Antall", Kind: sheet.Count, Width: 8}, {Title: "Dag", Kind: sheet.Day, Width: 12}},
		About:   [][2]string{{"Kunde", "=1+1"}},
		Each: func(row func([]sheet.Cell) error) error {
			for _, text := range texts {
				if err := row([]sheet.Cell{{Text: text}, {Amount: -123456}, {Count: 7}, {Day: oslo.Date(2026, time.November, 30)}}); err != nil {
					return err
				}
			}
			return row([]sheet.Cell{{Empty: true}, {Empty: true}, {Empty: true}, {Empty: true}})
		},
	}
}

func write(t *testing.T, f sheet.Format, language string, texts []string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := f.Write(&out, table(texts), language); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Every text comes back as it was, from either format, and no cell of a file begins like a formula.
func TestTextsSurviveBothFormats(t *testing.T) {
	for _, f := range []sheet.Format{sheet.XLSX, sheet.CSV} {
		for _, language := range []string{"nb", "en", "sv", "de"} {
			rows, err := sheet.Read(write(t, f, language, hostile), 100)
			if err != nil || len(rows) != len(hostile)+1 {
				t.Fatalf("%s %s: %d rows, %v", f, language, len(rows), err)
			}
			for i, want := range hostile {
				if got := rows[i+1][0]; strings.TrimSpace(got) != strings.TrimSpace(want) {
					t.Errorf("%s %s: got %q, want %q", f, language, got, want)
				}
			}
		}
	}
}

func TestTextFileIsInTheFormOfTheLanguage(t *testing.T) {
	for language, want := range map[string]string{
		"nb": "\ufeffText;Kost;Antall;Dag\r\nDP45821;-1234,56;7;2026-11-30\r\n;;;\r\n",
		"en": "\ufeffText,Kost,Antall,Dag\r\nDP45821,-1234.56,7,2026-11-30\r\n,,,\r\n",
	} {
		if got := string(write(t, sheet.CSV, language, []string{"DP45821"})); got != want {
			t.Errorf("%s: got %q, want %q", language, got, want)
		}
	}
	for line := range strings.Lines(string(write(t, sheet.CSV, "nb", hostile))) {
		if strings.ContainsRune("=+-@\t", rune(strings.Trim(line, `"`)[0])) {
			t.Errorf("begins like a formula: %q", line)
		}
	}
}

// A spreadsheet has texts, numbers and dates, a fixed heading with a filter, and no formula.
func TestSpreadsheetHasTypedCells(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(write(t, sheet.XLSX, "nb", hostile)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if sheets := f.GetSheetList(); !slices.Equal(sheets, []string{"Vehicles", "Info"}) {
		t.Errorf("sheets: %v", sheets)
	}
	for _, cell := range []string{"A2", "A8", "A9", "A11"} {
		if kind, err := f.GetCellType("Vehicles", cell); err != nil || kind != excelize.CellTypeInlineString {
			t.Errorf("%s is of kind %v, %v", cell, kind, err)
		}
		if formula, err := f.GetCellFormula("Vehicles", cell); err != nil || formula != "" {
			t.Errorf("%s has the formula %q, %v", cell, formula, err)
		}
	}
	for cell, want := range map[string]string{"B2": "-1,234.56", "C2": "7", "D2": "2026-11-30"} {
		if got, err := f.GetCellValue("Vehicles", cell); err != nil || got != want {
			t.Errorf("%s: got %q, want %q, %v", cell, got, want, err)
		}
	}
	panes, err := f.GetPanes("Vehicles")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes: %+v, %v", panes, err)
	}
	if names := f.GetDefinedName(); len(names) != 1 || !strings.Contains(names[0].Name, "FilterDatabase") {
		t.Errorf("filter: %+v", names)
	}
}

func TestTextFilesOfOthersAreRead(t *testing.T) {
	want := [][]string{{"Land", "Sted"}, {"NO", "Ålesund"}}
	for name, file := range map[string]string{
		"semicolons": "Land;Sted\nNO;Ålesund\n", "commas": "Land,Sted\r\n\r\nNO,\"Ålesund\"\r\n", "tabs": "Land\tSted\nNO\tÅlesund",
		"old Windows": "Land;Sted\nNO;\xc5lesund\n", "mark": "\ufeffLand;Sted\n;\nNO; Ålesund \n",
	} {
		rows, err := sheet.Read([]byte(file), 10)
		if err != nil || len(rows) != 2 || !slices.Equal(rows[0], want[0]) || !slices.Equal(rows[1], want[1]) {
			t.Errorf("%s: %q, %v", name, rows, err)
		}
	}
	if _, err := sheet.Read([]byte("a\nb\nc\n"), 2); !errors.Is(err, sheet.ErrTooLong) {
		t.Errorf("three rows of two: %v", err)
	}
	for _, file := range []string{"\x89PNG\r\n\x1a\n\x00", "PK\x03\x04 not a spreadsheet"} {
		if _, err := sheet.Read([]byte(file), 2); !errors.Is(err, sheet.ErrForm) {
			t.Errorf("%q: %v", file, err)
		}
	}
}
