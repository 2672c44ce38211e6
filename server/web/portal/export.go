package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/site"
)

func (h *Handlers) mountExport(app *fiber.App) {
	kit.Download(app, h.Kit, api.Export, kit.Limited(h.reading, h.export))
}

func (h *Handlers) mountExportPage(app *fiber.App) {
	app.Get(site.Export, h.SignedIn(h.exportPage, site.Export))
}

// export returns everything that is stored about a person, as a file for programs.
func (h *Handlers) export(ctx context.Context, actor access.Principal, _ api.Empty) (kit.File, error) {
	reply, err := h.Privacy.Export(ctx, actor)
	if err != nil {
		return kit.File{}, err
	}
	text, err := json.Marshal(reply)
	if err != nil {
		return kit.File{}, fmt.Errorf("export account %s: %w", actor.Account, err)
	}
	return kit.File{Name: "bompass.json", Type: fiber.MIMEApplicationJSON, Size: int64(len(text)), Body: io.NopCloser(bytes.NewReader(text))}, nil
}

// sheetLinesMax is the maximum number of lines of a section on the page. The file has all.
const sheetLinesMax = 50

// exportSheet is one section of an export as a table.
type exportSheet struct {
	Title string
	Note  string // that the rest is in the file
	Heads []string
	Lines [][]string
}

// exportView is the content of the page with everything that is stored about a person.
type exportView struct {
	kit.Page
	Sheets []exportSheet
}

// exportPage shows everything that is stored about a person, to be read; the file beside it is for programs.
func (h *Handlers) exportPage(c *fiber.Ctx, actor access.Principal, p *kit.Page) error {
	release, err := h.reading.Acquire(c.UserContext(), actor.Account)
	if err != nil {
		return err
	}
	defer release()
	reply, err := h.Privacy.Stored(c.UserContext(), actor)
	if err != nil {
		return err
	}
	v := &exportView{Page: *p}
	v.Title, v.Next = v.T("export.page.title"), api.Export.Path
	for _, name := range slices.Sorted(maps.Keys(reply.Sections)) {
		var rows []map[string]any
		if err := json.Unmarshal(reply.Sections[name], &rows); err != nil {
			return fmt.Errorf("export %s: %w", name, err)
		}
		if len(rows) > 0 {
			shown, err := h.newSheet(p, name, reply.Sections[name], rows[:min(sheetLinesMax, len(rows))])
			if err != nil {
				return fmt.Errorf("export %s: %w", name, err)
			}
			if len(rows) > sheetLinesMax {
				shown.Note = v.T("export.page.part", "shown", v.Number(sheetLinesMax), "count", v.Number(int64(len(rows))))
			}
			v.Sheets = append(v.Sheets, shown)
		}
	}
	return h.Send(c, fiber.StatusOK, "export", v)
}

// newSheet returns one section with its columns in the order in which they are stored.
func (h *Handlers) newSheet(v *kit.Page, section string, stored json.RawMessage, rows []map[string]any) (exportSheet, error) {
	columns, err := columnsOf(stored)
	if err != nil {
		return exportSheet{}, err
	}
	columns = slices.DeleteFunc(columns, func(column string) bool { // for programs: in the file only
		return slices.ContainsFunc(rows, func(row map[string]any) bool {
			switch row[column].(type) {
			case map[string]any, []any:
				return true
			}
			return false
		})
	})
	out := exportSheet{Title: v.T("export." + section)}
	for _, row := range rows {
		line := make([]string, len(columns))
		for i, column := range columns {
			line[i] = h.cell(v, section, column, row[column])
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

// columnsOf returns the names in the first of some stored rows, in the order of that row.
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

// cell formats a stored value: instants and amounts in the person's language, codes in words.
func (h *Handlers) cell(v *kit.Page, section, column string, value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case bool:
		if value {
			return v.T("export.yes")
		}
		return v.T("export.no")
	case float64:
		switch column {
		case "net", "amount", "total", "claimed", "returned", "deposit", "received":
			return v.Kroner(money.Ore(value))
		}
		return strconv.FormatFloat(value, 'f', -1, 64)
	case string:
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			return v.Instant(at)
		}
		if day, err := oslo.ParseDay(value); err == nil {
			return v.Day(day)
		}
		column, _, _ = strings.Cut(column, "_") // status_before has the words of status
		if name, ok := h.tariffs.names[value]; ok && (column == "station" || column == "charger") {
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

// codeKey returns the key of the words for one of a section's codes.
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
	case "vehicle_changes":
		return "change.reason." + code
	}
	return ""
}
