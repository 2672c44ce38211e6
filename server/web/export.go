package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/money"
)

const exportPath = "/export"

// sheetMax is how many lines of a section the page shows; the file has all.
const sheetMax = 50

// sheet is one section of an export as a table.
type sheet struct {
	Title string
	Note  string // that the rest is in the file
	Heads []string
	Lines [][]string
}

// exportPage is everything we know about a person, to be read; the file beside it is for programs.
func (s *server) exportPage(c *fiber.Ctx, actor access.Principal, v view) error {
	reply, err := s.Profile.Export(c.UserContext(), actor)
	if err != nil {
		return err
	}
	v.Title, v.Next = v.T("ways.export.title"), api.Export.Path
	for _, name := range slices.Sorted(maps.Keys(reply.Sections)) {
		var rows []map[string]any
		if err := json.Unmarshal(reply.Sections[name], &rows); err != nil {
			return fmt.Errorf("export %s: %w", name, err)
		}
		if len(rows) > 0 {
			shown, err := s.sheetOf(v, name, reply.Sections[name], rows[:min(sheetMax, len(rows))])
			if err != nil {
				return fmt.Errorf("export %s: %w", name, err)
			}
			if len(rows) > sheetMax {
				shown.Note = v.T("ways.export.part", "shown", v.Number(sheetMax), "count", v.Number(int64(len(rows))))
			}
			v.Sheets = append(v.Sheets, shown)
		}
	}
	return s.pages.send(c, fiber.StatusOK, "export", v)
}

// sheetOf is one section with its columns in the order in which they are stored.
func (s *server) sheetOf(v view, section string, stored json.RawMessage, rows []map[string]any) (sheet, error) {
	columns, err := columnsOf(stored)
	if err != nil {
		return sheet{}, err
	}
	out := sheet{Title: v.T("export." + section)}
	for _, row := range rows {
		line := make([]string, len(columns))
		for i, column := range columns {
			line[i] = s.cell(v, section, column, row[column])
		}
		out.Lines = append(out.Lines, line)
	}
	for _, column := range columns {
		head := strings.ReplaceAll(column, "_", " ")
		if key := "export.head." + column; v.Has(key) {
			head = v.T(key)
		}
		out.Heads = append(out.Heads, head)
	}
	return out, nil
}

// columnsOf are the names in the first of some stored rows, as they follow each other there.
func columnsOf(stored json.RawMessage) (columns []string, err error) {
	in := json.NewDecoder(bytes.NewReader(stored))
	for range 2 { // [ and {
		if _, err := in.Token(); err != nil {
			return nil, err
		}
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return nil, err
		}
		columns = append(columns, fmt.Sprint(name))
	}
	return columns, nil
}

// cell writes a stored value for a reader: instants and amounts in the reader's form, codes in words.
func (s *server) cell(v view, section, column string, value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case bool:
		if value {
			return v.T("export.yes")
		}
		return v.T("export.no")
	case float64:
		if column == "net" {
			return v.Kroner(money.Ore(value))
		}
		return strconv.FormatFloat(value, 'f', -1, 64)
	case string:
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return v.Instant(at)
		}
		if name, ok := s.tariffs.names[value]; ok && (column == "station" || column == "charger") {
			return name
		}
		for _, key := range []string{"export." + column + "." + value, column + "." + value, codeKey(section, value)} {
			if v.Has(key) {
				return v.T(key)
			}
		}
		return value
	default:
		return fmt.Sprint(value)
	}
}

// codeKey is where the words for a section's codes stand.
func codeKey(section, code string) string {
	switch section {
	case "consents":
		return "consent." + code
	case "history":
		return "event." + code
	case "letters":
		return "mail." + code + ".subject"
	case "terms":
		return "terms." + code
	}
	return ""
}
