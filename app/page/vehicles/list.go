// Package vehicles has the pages of a customer's vehicles and their tags: the list of all, and one for each.
package vehicles

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page/fleet"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/site"
	"bompass/shared/toll"
)

type base = frame.Page

// shortList is the maximum number of vehicles that are listed without a search.
const shortList = 5

// The orders of the list.
const (
	byPlate = ""
	byCost  = "cost" // the dearest first
	byTag   = "tag"  // those without a tag first, then the most passages with an unread tag
)

// listPage lists the vehicles of the chosen agreements.
type listPage struct {
	app.Compo
	base

	query    frame.Query[api.OverviewReply]
	fleet    frame.Query[api.FleetReply] // tags on no vehicle and labels, which the overview has not
	listing  ui.Listing
	selected selection
}

// listed is a vehicle with its agreement.
type listed struct {
	api.VehicleOverview
	agreement api.AgreementOverview
}

// New returns the page of all vehicles.
func New(s *session.Session) app.Composer {
	p := &listPage{base: frame.New(s), selected: selection{vehicles: map[toll.VehicleID]bool{}}}
	p.OnAgreement = func(app.Context, toll.AgreementID) { p.listing.Page = 0 }
	if s.Neutral() {
		return p
	}
	if reply, ok := p.query.Prime(s, s.Client.Overview); ok {
		s.SetOverview(reply)
	}
	return p
}

// OnNav asks for the vehicles.
func (p *listPage) OnNav(ctx app.Context) {
	p.Enter(ctx, p.Words().T("vehicles.title"))
	p.query.Load(ctx, &p.base, frame.Request[api.OverviewReply]{
		Get:      p.Session.Client.Overview,
		Answered: func(_ app.Context, reply api.OverviewReply) { p.Session.SetOverview(reply) },
	})
	p.fleet.Load(ctx, &p.base, frame.Request[api.FleetReply]{Get: p.Session.Client.Fleet})
}

// Render shows the list.
func (p *listPage) Render() app.UI {
	return frame.Show(&p.base, site.Vehicles, p.Words().T("vehicles.title"), &p.query, p.body)
}

func (p *listPage) body(reply api.OverviewReply) []app.UI {
	w := p.Words()
	all := vehiclesOf(fleet.Only(&reply, p.Session.Agreement()))
	if len(all) == 0 {
		return []app.UI{ui.Title(w.T("vehicles.title")), ui.Empty(w.T("vehicles.none"), w.T("vehicles.none.why")), p.becomeCustomer(), p.loose()}
	}
	found := p.found(all)
	texts := fleet.ListingTexts(w, p.listing, len(found))
	controls := app.UI(app.Elem("div").Hidden(true))
	if len(all) > shortList {
		controls = ui.ListingControls("vehicles", &p.listing, texts, []ui.Option{
			{Value: byPlate, Text: w.T("overview.order.plate")}, {Value: byCost, Text: w.T("overview.order.cost")}, {Value: byTag, Text: w.T("overview.order.tag")},
		})
	}
	first, end := p.listing.Bounds(len(found))
	table := ui.Empty(w.T("vehicles.nothing"), "")
	if len(found) > 0 {
		table = p.table(found[first:end], len(all))
	}
	return []app.UI{
		ui.Title(w.T("vehicles.title")),
		app.Elem("section").Class("bp-card bp-card-flush").Aria("labelledby", "list").Body(
			app.Elem("div").Class("bp-card-head").Body(ui.Heading("list", w.N("overview.vehicles", len(all)))),
			controls, p.pickAll(found), table, ui.ListingPager("vehicles", &p.listing, len(found), texts)),
		p.bulk(), p.loose(), p.centres(), p.changes(), p.export(),
	}
}

// export links to the list as a file.
func (p *listPage) export() app.UI {
	w := p.Words()
	link := func(format, text string) app.UI {
		address := api.FleetExport.Path + "?format=" + format
		return app.Elem("li").Body(app.A().Class("ds-link").Href(address).Download("").ID("export-" + format).Text(text))
	}
	return app.If(p.May(api.FleetExport.Endpoint), ui.Card("export", w.T("vehicles.export"),
		app.Elem("p").Text(w.T("vehicles.export.hint")), app.Elem("ul").Class("bp-stack").Body(link("xlsx", w.T("vehicles.export.xlsx")), link("csv", w.T("vehicles.export.csv"))),
		app.If(p.selects(), app.Elem("p").Body(app.A().Class("ds-link").ID("import").Href(site.ImportVehicles).Text(w.T("vehicles.import"))))))
}

// found returns the vehicles that the search finds, in the chosen order.
func (p *listPage) found(all []listed) []listed {
	w, labels := p.Words(), p.labels()
	return slices.DeleteFunc(ordered(all, p.listing.Order), func(v listed) bool {
		return !p.listing.Matches(v.Plate.String(), w.Class(v.Class), fleet.FuelText(w, v.Fuel, v.PlugIn), string(v.Tag), v.agreement.Number,
			fleet.TagText(w, v.Tag, v.Status, v.Ordered), labels[v.ID].Centre, labels[v.ID].Reference)
	})
}

// changes links to what can be done with vehicles and tags. It is hidden from roles that may not change them.
func (p *listPage) changes() app.UI {
	links := fleet.Links{Words: p.Words()}
	links.Add(site.AddVehicle, nil, "change.add")
	links.Add(site.MoveTag, nil, "change.move")
	links.Add(site.RemoveVehicle, nil, "change.remove")
	links.Add(site.LostTag, nil, "change.lost")
	links.Add(site.TagOrders, nil, "change.order")
	return app.If(p.May(api.FleetChange.Endpoint), links.Card(p.Words().T("agree.details.do")))
}

// becomeCustomer leads a person without vehicles to a new agreement. It is hidden from roles that may not make one.
func (p *listPage) becomeCustomer() app.UI {
	return app.If(p.May(api.AgreementDraft.Endpoint), app.Elem("p").Body(ui.NextLink(site.NewAgreement, p.Words().T("overview.agree"))))
}

// vehiclesOf lists the vehicles of an overview with their agreements, by plate.
func vehiclesOf(reply *api.OverviewReply) (list []listed) {
	for _, a := range fleet.Agreements(reply) {
		for _, v := range a.Vehicles {
			list = append(list, listed{v, a})
		}
	}
	slices.SortStableFunc(list, func(a, b listed) int { return cmp.Compare(a.Plate.Text, b.Plate.Text) })
	return list
}

// ordered returns the vehicles in an order; those that are equal in it stay ordered by plate.
func ordered(vehicles []listed, order string) []listed {
	list := slices.Clone(vehicles)
	slices.SortStableFunc(list, func(a, b listed) int {
		switch order {
		case byCost:
			return cmp.Compare(b.Balance, a.Balance)
		case byTag:
			return cmp.Or(cmp.Compare(min(len(a.Tag), 1), min(len(b.Tag), 1)), cmp.Compare(b.Unread, a.Unread))
		}
		return 0
	})
	return list
}

// table shows vehicles with tag, agreement and this month's cost.
func (p *listPage) table(shown []listed, n int) app.UI {
	w := p.Words()
	rows := make([]ui.Row, 0, len(shown))
	labels, selects := p.labels(), p.selects()
	for _, v := range shown {
		pick := app.UI(app.Elem("span").Hidden(true))
		if selects {
			pick = p.pick(v)
		}
		rows = append(rows, ui.Row{ID: "vehicle-" + string(v.ID), Cells: []app.UI{
			app.Elem("span").Body(
				pick,
				app.A().Class("bp-plate").Attr("translate", "no").Href(vehicleAddress(v.ID)).Text(v.Plate.String()),
				app.Elem("span").Class("bp-sub").Text(kindText(w, v.VehicleOverview))),
			tagState(w, v.VehicleOverview),
			app.Elem("span").Body(app.Text(agreementText(w, v.agreement)), labelText(w, labels[v.ID])),
			app.Elem("span").Body(
				app.Elem("span").Class("bp-amount").Text(w.Kroner(v.Balance)), app.Elem("span").Class("bp-sub").Text(w.N("overview.passages", v.Passages))),
		}})
	}
	return ui.Table{
		Kind: "fleet", Caption: w.N("overview.vehicles", n), Groups: []ui.Group{{Rows: rows}},
		Columns: []ui.Column{
			{Text: w.T("overview.vehicle")}, {Text: w.T("overview.tag")}, {Text: w.T("vehicles.agreement")}, {Text: w.T("overview.month"), Number: true},
		},
	}.UI()
}

// labelText shows the labels of a vehicle.
func labelText(w *i18n.Words, l api.FleetLine) app.UI {
	var texts []string
	if l.Centre != "" {
		texts = append(texts, w.T("vehicles.label.centre", "text", l.Centre))
	}
	if l.Reference != "" {
		texts = append(texts, w.T("vehicles.label.reference", "text", l.Reference))
	}
	return app.If(len(texts) > 0, app.Elem("span").Class("bp-sub").Text(strings.Join(texts, " · ")))
}

// vehicleAddress returns the address of a vehicle's page.
func vehicleAddress(id toll.VehicleID) string {
	return site.With(site.Vehicle, url.Values{"vehicle": {string(id)}})
}

// kindText returns a vehicle's class and fuel. Most classes name the fuel already.
func kindText(w *i18n.Words, v api.VehicleOverview) string {
	text, fuel := i18n.Sentence(w.Class(v.Class)), fleet.FuelText(w, v.Fuel, v.PlugIn)
	if fuel != "" && (strings.HasPrefix(v.Class, "heavy euro") || v.Class == "motorcycle") {
		text += " · " + fuel
	}
	return text
}

// agreementText names an agreement, or says that there is none.
func agreementText(w *i18n.Words, a api.AgreementOverview) string {
	if a.Number == "" {
		return w.T("overview.unagreed")
	}
	return w.T("agreement.named", "charger", a.Charger, "number", a.Number)
}

// tagState shows a vehicle's tag, its state, and whether it is seldom read.
func tagState(w *i18n.Words, v api.VehicleOverview) app.UI {
	text := fleet.TagText(w, v.Tag, v.Status, v.Ordered)
	if v.Tag == "" && !v.Ordered {
		return app.Elem("span").Class("bp-quiet").Text(text)
	}
	status := v.Status
	if v.Ordered {
		status = toll.TagOrdered
	}
	return app.Elem("span").Body(
		app.If(v.Tag != "", app.A().Class("ds-link bp-tagnumber").Attr("translate", "no").Href(tagAddress(v.Tag)).Text(string(v.Tag))),
		app.Text(" "), ui.Badge(fleet.TagColor(status), text),
		app.If(v.Tag != "" && (v.Run.Passages > 0 || toll.TagUnread(v.Passages, v.Unread)), ui.Badge("warning", w.T("overview.tag.unread"))))
}
