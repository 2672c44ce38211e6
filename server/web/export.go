package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/api"
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
func (s *server) exportPage(c *fiber.Ctx, actor access.Actor, v view) error {
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
			shown := sheetOf(v, name, rows[:min(sheetMax, len(rows))])
			if len(rows) > sheetMax {
				shown.Note = v.T("ways.export.part", "shown", v.Number(sheetMax), "count", v.Number(int64(len(rows))))
			}
			v.Sheets = append(v.Sheets, shown)
		}
	}
	return s.pages.send(c, fiber.StatusOK, "export", v)
}

func sheetOf(v view, name string, rows []map[string]any) sheet {
	out := sheet{Title: v.T("export." + name), Heads: slices.Sorted(maps.Keys(rows[0]))}
	for _, row := range rows {
		line := make([]string, len(out.Heads))
		for i, head := range out.Heads {
			if row[head] != nil {
				line[i] = strings.TrimSuffix(fmt.Sprint(row[head]), ".000000")
			}
		}
		out.Lines = append(out.Lines, line)
	}
	for i, head := range out.Heads {
		out.Heads[i] = strings.ReplaceAll(head, "_", " ")
		if key := "export.head." + head; v.Has(key) {
			out.Heads[i] = v.T(key)
		}
	}
	return out
}
