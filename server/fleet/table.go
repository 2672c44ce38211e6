package fleet

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/sheet"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// field is a column of the table of vehicles and tags. The text of its title is in the catalogues under "sheet.".
type field struct {
	name  string
	kind  sheet.Kind
	width int
	cell  func(*i18n.Words, api.FleetLine) sheet.Cell
}

// text returns the function of a column of texts.
func text(of func(*i18n.Words, api.FleetLine) string) func(*i18n.Words, api.FleetLine) sheet.Cell {
	return func(w *i18n.Words, l api.FleetLine) sheet.Cell { return sheet.Cell{Text: of(w, l)} }
}

// fields returns the columns of the table, in their order.
func fields() []field {
	return []field{
		{"agreement", sheet.Text, 12, text(func(_ *i18n.Words, l api.FleetLine) string { return l.Agreement })},
		{"country", sheet.Text, 8, text(func(_ *i18n.Words, l api.FleetLine) string { return l.Plate.Country })},
		{"plate", sheet.Text, 14, text(func(_ *i18n.Words, l api.FleetLine) string { return l.Plate.Text })},
		{"kind", sheet.Text, 30, text(kindText)},
		{"fuel", sheet.Text, 26, text(fuelText)},
		{"euro", sheet.Text, 8, text(euroText)},
		{"tag", sheet.Text, 24, text(func(_ *i18n.Words, l api.FleetLine) string { return string(l.Tag) })},
		{"status", sheet.Text, 14, text(statusText)},
		{"since", sheet.Day, 12, func(_ *i18n.Words, l api.FleetLine) sheet.Cell {
			return sheet.Cell{Day: oslo.DayOf(l.Since), Empty: l.Since.IsZero()}
		}},
		{"passages", sheet.Count, 12, func(_ *i18n.Words, l api.FleetLine) sheet.Cell {
			return sheet.Cell{Count: int64(l.Passages), Empty: l.Vehicle == ""}
		}},
		{"cost", sheet.Amount, 14, func(_ *i18n.Words, l api.FleetLine) sheet.Cell {
			return sheet.Cell{Amount: l.Net, Empty: l.Vehicle == ""}
		}},
		{"centre", sheet.Text, 20, text(func(_ *i18n.Words, l api.FleetLine) string { return l.Centre })},
		{"reference", sheet.Text, 20, text(func(_ *i18n.Words, l api.FleetLine) string { return l.Reference })},
	}
}

// stated returns what a person would state about a vehicle, from its facts.
func stated(f toll.Facts) (s toll.StatedVehicle) {
	switch {
	case f.Category == "":
		return s
	case f.Category[0] == 'L':
		s.Kind = toll.KindMotorcycle
	case f.Category == "M1":
		s.Kind = toll.KindCar
	case f.Class(true).Heavy():
		s.Kind = toll.KindHeavy
	default:
		s.Kind = toll.KindVan
	}
	if !s.AsksFuel() {
		return s
	}
	switch {
	case f.PlugIn:
		s.Fuel = toll.StatedPlugIn
	case f.Fuel == toll.FuelUnknown:
		s.Fuel = toll.StatedOther
	default:
		s.Fuel = string(f.Fuel)
	}
	if s.AsksEuro() {
		s.Euro = f.Euro
	}
	return s
}

func kindText(w *i18n.Words, l api.FleetLine) string {
	if s := stated(l.Facts); s.Kind != "" {
		return w.T("agree.kind." + string(s.Kind))
	}
	return ""
}

func fuelText(w *i18n.Words, l api.FleetLine) string {
	if s := stated(l.Facts); s.Fuel != "" {
		return w.T("agree.fuel." + s.Fuel)
	}
	return ""
}

func euroText(_ *i18n.Words, l api.FleetLine) string {
	if s := stated(l.Facts); s.Euro > 0 {
		return strconv.Itoa(s.Euro)
	}
	return ""
}

func statusText(w *i18n.Words, l api.FleetLine) string {
	switch {
	case l.Status != "":
		return w.T("vehicles.tag." + string(l.Status))
	case l.Tag == "":
		return w.T("overview.tag.none")
	}
	return ""
}

// unpack returns the ids of api.FleetExportRequest.
func unpack(text string) (map[toll.VehicleID]bool, error) {
	all, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(all)%len(uuid.UUID{}) != 0 {
		return nil, fault.New(fault.FieldWrong).At("vehicles")
	}
	ids := map[toll.VehicleID]bool{}
	for part := range slices.Chunk(all, len(uuid.UUID{})) {
		ids[toll.VehicleID(uuid.UUID(part).String())] = true
	}
	return ids, nil
}

// Export writes the vehicles and tags of the actor's agreements, with the cost of this month, in the actor's language.
// The request may select vehicles.
func (s *Service) Export(ctx context.Context, actor access.Principal, req api.FleetExportRequest, w io.Writer) error {
	format := sheet.Format(req.Format)
	if format != sheet.XLSX && format != sheet.CSV {
		return fault.New(fault.FieldWrong).At("format")
	}
	wanted, err := unpack(req.Vehicles)
	if err != nil {
		return err
	}
	reply, err := s.store.Fleet(ctx, actor.Customer, s.now(), 0)
	if err != nil {
		return err
	}
	if len(wanted) > 0 {
		reply.Lines = slices.DeleteFunc(reply.Lines, func(l api.FleetLine) bool { return !wanted[l.Vehicle] })
	}
	words, now := i18n.For(actor.Language), s.now()
	t := sheet.Table{
		Name: words.T("sheet.name"),
		About: [][2]string{
			{words.T("sheet.about.party"), actor.Name},
			{words.T("sheet.about.person"), actor.Person},
			{words.T("sheet.about.at"), words.Instant(now)},
			{words.T("sheet.about.month"), words.Month(oslo.MonthOf(now))},
			{words.T("sheet.about.rows"), words.Number(int64(len(reply.Lines)))},
		},
	}
	all := fields()
	for _, f := range all {
		t.Columns = append(t.Columns, sheet.Column{Title: words.T("sheet." + f.name), Kind: f.kind, Width: f.width})
	}
	t.Each = func(row func([]sheet.Cell) error) error {
		cells := make([]sheet.Cell, len(all))
		for _, l := range reply.Lines {
			for i, f := range all {
				cells[i] = f.cell(words, l)
			}
			if err := row(cells); err != nil {
				return err
			}
		}
		return nil
	}
	if err := format.Write(w, t, actor.Language); err != nil {
		return fmt.Errorf("export vehicles of %s: %w", actor.Customer, err)
	}
	return nil
}
