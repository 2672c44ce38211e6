package overview

import (
	"cmp"
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/fleet"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/toll"
)

// vehiclesMax is the maximum number of vehicles of an agreement that are shown without a search. Of a longer list, the
// dearest are shown first.
const vehiclesMax = 5

// The orders of a list of vehicles.
const (
	byCost  = "" // the dearest first
	byPlate = "plate"
	byCap   = "cap" // the nearest to a cap first
	byTag   = "tag" // the most passages with an unread tag first
)

// vehicles lists the vehicles of an agreement. Of a long list, the dearest are shown at first, and then one page of those
// that a search finds.
func (p *page) vehicles(a api.AgreementOverview) app.UI {
	w, id := p.Words(), "fleet-"+string(a.ID)
	switch {
	case len(a.Vehicles) == 0:
		return app.Elem("div")
	case len(a.Vehicles) <= vehiclesMax:
		return p.vehicleTable(a, a.Vehicles)
	case !p.expanded[string(a.ID)]:
		dearest := ordered(a.Vehicles, byCost)[:vehiclesMax]
		return app.Elem("div").Body(
			app.Elem("div").Body(app.Elem("p").Class("bp-card-note bp-quiet").Text(w.N("overview.dearest", vehiclesMax))),
			p.vehicleTable(a, dearest),
			app.Elem("div").Hidden(true),
			p.expandButton(string(a.ID), w.T("overview.vehicles.all", "n", w.Number(int64(len(a.Vehicles)))), ""))
	}
	l := p.listing(string(a.ID))
	found := slices.DeleteFunc(ordered(a.Vehicles, l.Order), func(v api.VehicleOverview) bool {
		return !l.Matches(v.Plate.String(), w.Class(v.Class), string(v.Tag))
	})
	first, end := l.Bounds(len(found))
	texts := fleet.ListingTexts(w, *l, len(found))
	// The parts have the places of those above, so that the button and its focus stay when the list grows.
	table := app.UI(app.Elem("div").Hidden(true))
	if len(found) > 0 {
		table = p.vehicleTable(a, found[first:end])
	}
	return app.Elem("div").Body(
		ui.ListingControls(id, l, texts, []ui.Option{
			{Value: byCost, Text: w.T("overview.order.cost")},
			{Value: byPlate, Text: w.T("overview.order.plate")},
			{Value: byCap, Text: w.T("overview.order.cap")},
			{Value: byTag, Text: w.T("overview.order.tag")},
		}),
		table,
		ui.ListingPager(id, l, len(found), texts),
		p.expandButton(string(a.ID), "", w.T("overview.vehicles.fewer")))
}

// listing returns the search, order and page of the list of an agreement's vehicles.
func (p *page) listing(agreement string) *ui.Listing {
	if p.listings[agreement] == nil {
		p.listings[agreement] = &ui.Listing{}
	}
	return p.listings[agreement]
}

// ordered returns the vehicles in an order; those that are equal in it stay ordered by plate.
func ordered(vehicles []api.VehicleOverview, order string) []api.VehicleOverview {
	list := slices.Clone(vehicles)
	slices.SortStableFunc(list, func(a, b api.VehicleOverview) int {
		switch order {
		case byCost:
			return cmp.Compare(b.Balance, a.Balance)
		case byCap:
			return cmp.Compare(nearness(b), nearness(a))
		case byTag:
			return cmp.Compare(b.Unread, a.Unread)
		}
		return 0
	})
	return list
}

// nearness returns how near a vehicle is to the cap to which it is nearest, in thousandths.
func nearness(v api.VehicleOverview) (thousandths int) {
	for _, c := range v.Caps {
		thousandths = max(thousandths, 1000*c.Count/max(1, c.Of))
	}
	return thousandths
}

// vehicleTable shows vehicles with tag, cap and cost.
func (p *page) vehicleTable(a api.AgreementOverview, shown []api.VehicleOverview) app.UI {
	w := p.Words()
	rows := make([]ui.Row, 0, len(shown))
	for _, v := range shown {
		rows = append(rows, ui.Row{ID: "vehicle-" + string(v.ID), Cells: p.vehicle(w, v)})
	}
	return ui.Table{
		Kind: "fleet", Caption: w.N("overview.vehicles", len(a.Vehicles)), Groups: []ui.Group{{Rows: rows}},
		Columns: []ui.Column{
			{Text: w.T("overview.vehicle")}, {Text: w.T("overview.tag")}, {Text: w.T("overview.cap")}, {Text: w.T("overview.month"), Number: true},
		},
	}.UI()
}

// vehicle returns the cells of a vehicle's row.
func (p *page) vehicle(w *i18n.Words, v api.VehicleOverview) []app.UI {
	nearest := app.Elem("span").Class("bp-quiet").Text(w.T("overview.cap.none"))
	if len(v.Caps) > 0 {
		c := v.Caps[0]
		nearest = app.Elem("span").Body(
			app.Elem("span").Class("bp-amount").Text(w.T("overview.cap.of", "count", w.Number(int64(c.Count)), "of", w.Number(int64(c.Of)))),
			app.Elem("span").Class("bp-sub").Text(fleet.CapName(w, c)))
	}
	plate := app.A().Class("bp-plate").Attr("translate", "no").Href(p.passagesAddress(v.ID)).Text(v.Plate.String())
	var name app.UI = plate
	if !p.May(api.PassageList.Endpoint) { // the passages are not for this role
		name = app.Elem("span").Class("bp-plate").Attr("translate", "no").Text(v.Plate.String())
	}
	return []app.UI{
		app.Elem("span").Body(name, app.Elem("span").Class("bp-sub").Text(i18n.Sentence(w.Class(v.Class)))),
		p.tag(v), nearest,
		app.Elem("span").Body(
			app.Elem("span").Class("bp-amount").Text(w.Kroner(v.Balance)), app.Elem("span").Class("bp-sub").Text(w.N("overview.passages", v.Passages))),
	}
}

// tag shows the state of a vehicle's tag: its number, with a badge when it is seldom read; ordered; or none.
func (p *page) tag(v api.VehicleOverview) app.UI {
	w := p.Words()
	switch {
	case v.Ordered:
		return ui.Badge("info", w.T("overview.tag.ordered"))
	case v.Tag == "":
		return app.Elem("span").Class("bp-quiet").Text(w.T("overview.tag.none"))
	}
	return app.Elem("span").Body(
		app.Elem("span").Class("bp-tagnumber").Attr("translate", "no").Text(string(v.Tag)),
		app.If(toll.TagUnread(v.Passages, v.Unread), ui.Badge("warning", w.T("overview.tag.unread"))))
}
