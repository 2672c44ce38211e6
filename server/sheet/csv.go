package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"bompass/shared/money"
)

// mark is the byte order mark, by which spreadsheet programs recognise UTF-8.
const mark = "\ufeff"

// digitsMax is the number of digits that a spreadsheet program keeps of a number; it replaces those after them by zeros.
const digitsMax = 15

// writeCSV writes a table as text: UTF-8 with a byte order mark, and with the separators of the language.
func writeCSV(w io.Writer, t Table, language string) error {
	if _, err := io.WriteString(w, mark); err != nil {
		return err
	}
	return writeRows(w, t, language)
}

// writeRows writes the rows of a table with the separators of a language.
func writeRows(w io.Writer, t Table, language string) error {
	out := bufio.NewWriter(w)
	lines := csv.NewWriter(out)
	lines.UseCRLF = true
	comma := ","
	if language == "en" {
		comma = "."
	} else {
		lines.Comma = ';'
	}
	line := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = c.Title
	}
	if err := lines.Write(line); err != nil {
		return err
	}
	err := t.Each(func(row []Cell) error {
		for i, cell := range row {
			line[i] = cell.text(t.Columns[i].Kind, comma)
		}
		return lines.Write(line)
	})
	if err != nil {
		return err
	}
	lines.Flush()
	return errors.Join(lines.Error(), out.Flush())
}

// text returns a cell as it stands in a text file, with a decimal comma or point.
func (c Cell) text(kind Kind, comma string) string {
	if c.Empty {
		return ""
	}
	switch kind {
	case Amount:
		return kroner(c.Amount, comma)
	case Count:
		return strconv.FormatInt(c.Count, 10)
	case Day:
		return c.Day.String()
	case Text:
	}
	return quoted(c.Text)
}

// kroner returns an amount as a number without separators of thousands.
func kroner(amount money.Ore, comma string) string {
	sign := ""
	if amount < 0 {
		sign, amount = "-", -amount
	}
	whole, rest := strconv.FormatInt(int64(amount/100), 10), strconv.FormatInt(int64(amount%100), 10)
	if len(rest) == 1 {
		rest = "0" + rest
	}
	return sign + whole + comma + rest
}

// quoted returns a text that no spreadsheet program takes for a formula, a number or a date: with an apostrophe before it
// where that could happen.
func quoted(text string) string {
	if text == "" {
		return ""
	}
	if strings.ContainsRune("=+-@\t\r\x00'", rune(text[0])) || looksLikeNumber(text) {
		return "'" + text
	}
	return text
}

// looksLikeNumber reports whether a spreadsheet program would change a text because it takes it for a number: one with
// more digits than it keeps, with a zero before it, or in the form 12E3.
func looksLikeNumber(text string) bool {
	digits, e := 0, 0
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case (r == 'E' || r == 'e') && i > 0 && i < len(text)-1 && e == 0:
			e++
		default:
			return false
		}
	}
	return digits > digitsMax || e > 0 || text[0] == '0' && digits > 1
}

// readCSV reads a text with any of the usual separators, in UTF-8 or in the encoding of older Windows programs.
func readCSV(file []byte, rowsMax int) ([][]string, error) {
	file = bytes.TrimPrefix(file, []byte(mark))
	if bytes.IndexByte(file, 0) >= 0 {
		return nil, ErrForm
	}
	if !utf8.Valid(file) {
		file = fromWindows(file)
	}
	in := csv.NewReader(bytes.NewReader(file))
	in.Comma, in.FieldsPerRecord, in.LazyQuotes = separator(file), -1, true
	var rows [][]string
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, errors.Join(ErrForm, err)
		}
		if !hasContent(row) {
			continue
		}
		if len(rows) == rowsMax {
			return nil, ErrTooLong
		}
		for i := range row {
			row[i] = unquoted(row[i])
		}
		rows = append(rows, row)
	}
}

// separator returns the separator that the first line has most of.
func separator(file []byte) rune {
	line, _, _ := bytes.Cut(file, []byte("\n"))
	best, most := ';', 0
	for _, r := range ";,\t" {
		if n := bytes.Count(line, []byte(string(r))); n > most {
			best, most = r, n
		}
	}
	return best
}

// unquoted returns a text without the apostrophe that quoted puts before it.
func unquoted(text string) string {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "'"); ok && quoted(rest) == text {
		return rest
	}
	return text
}

// fromWindows returns a text in Windows-1252 as UTF-8. The characters that differ from Latin-1 do not occur in plates and
// references as people write them; they become question marks.
func fromWindows(file []byte) []byte {
	out := make([]byte, 0, len(file)+len(file)/8)
	for _, b := range file {
		if b >= 0x80 && b < 0xa0 {
			b = '?'
		}
		out = utf8.AppendRune(out, rune(b))
	}
	return out
}
