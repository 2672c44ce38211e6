package vehicles

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page/fleet"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// The years after which a tag is exchanged because of its battery, A-13.
const (
	batteryMin = 5
	batteryMax = 7
)

// vehiclePage shows one vehicle: its tag, what it has cost, the register's facts, and what was before.
type vehiclePage struct {
	app.Compo
	base

	query frame.Query[api.VehicleReply]
}

// NewVehicle returns the page of one vehicle.
func NewVehicle(s *session.Session) app.Composer { return &vehiclePage{base: frame.New(s)} }

// OnNav asks for the vehicle in the address.
func (p *vehiclePage) OnNav(ctx app.Context) {
	req := api.VehicleRequest{Vehicle: toll.VehicleID(ctx.Page().URL().Query().Get("vehicle"))}
	p.Enter(ctx, p.Words().T("vehicles.single"))
	p.query.Load(ctx, &p.base, frame.Request[api.VehicleReply]{
		Get: func(ctx context.Context) (api.VehicleReply, error) { return p.Session.Client.Vehicle(ctx, req) },
		Answered: func(_ app.Context, reply api.VehicleReply) {
			p.SetTitle(p.Words().T("vehicles.single.title", "plate", reply.Plate))
		},
	})
}

// Render shows the vehicle.
func (p *vehiclePage) Render() app.UI {
	return frame.Show(&p.base, site.Vehicle, p.Words().T("vehicles.single"), &p.query, p.body)
}

func (p *vehiclePage) body(v api.VehicleReply) []app.UI {
	w := p.Words()
	parts := []app.UI{ui.Title(w.T("vehicles.single.title", "plate", v.Plate))}
	if !v.Current {
		parts = append(parts, ui.Alert("info", w.T("vehicles.former"), w.T("vehicles.former.why")))
	}
	if v.Unread.Passages > 0 {
		parts = append(parts, p.unread(v))
	}
	parts = append(parts, blocked(&p.base, v))
	parts = append(parts, ui.Columns(p.tag(v), p.facts(v)), p.costs(v))
	if len(v.Caps) > 0 {
		parts = append(parts, p.caps(v))
	}
	if v.Current {
		parts = append(parts, p.exemptions(v))
	}
	return append(parts, p.changes(v), p.history(v), app.Elem("p").Body(app.A().Class("ds-link").Href(site.Vehicles).Text(w.T("vehicles.back"))))
}

// mounted returns the period in which the vehicle is on an agreement now.
func mounted(v api.VehicleReply, now time.Time) (m api.VehicleMount, ok bool) {
	for _, m := range v.Mounts {
		if m.Contains(now) {
			return m, true
		}
	}
	return m, false
}

// unread says that the tag was not read at the latest passages, and what that has cost.
func (p *vehiclePage) unread(v api.VehicleReply) app.UI {
	w := p.Words()
	return ui.Alert("warning", w.N("vehicles.unread", v.Unread.Passages), fleet.UnreadText(w, v.Unread),
		app.Elem("p").Body(app.A().Class("ds-link").Href(site.TagMounting).Text(w.T("vehicles.mounting"))))
}

// blocked says since when the vehicle's agreement is blocked, what that has cost, and what ends it. It is hidden if it is not.
func blocked(p *base, v api.VehicleReply) app.UI {
	w := p.Words()
	if v.Blocked.Since.IsZero() {
		return app.Elem("div").Hidden(true)
	}
	day := w.Day(oslo.DayOf(v.Blocked.Since))
	return ui.Alert("danger", w.T("vehicles.blocked", "day", day, "lost", w.Kroner(v.Blocked.Lost)), w.T("overview.blocked.why"),
		app.Elem("p").Body(ui.NextLink(site.Invoices, w.T("vehicles.blocked.do"))))
}

// tag shows the vehicle's tag: its state, how often it is read, and its battery.
func (p *vehiclePage) tag(v api.VehicleReply) app.UI {
	w := p.Words()
	m, onAgreement := mounted(v, p.Session.Now())
	state := fleet.TagText(w, m.Tag, m.Status, v.Ordered)
	body := []app.UI{}
	if m.Tag == "" {
		why := w.T("vehicles.tag.none.why")
		if v.Ordered {
			why = w.T("vehicles.tag.ordered.why")
		}
		body = append(body, app.Elem("p").Text(state), app.Elem("p").Class("bp-quiet").Text(why))
	} else {
		facts := []ui.Fact{{Name: w.T("vehicles.tag.number"), Value: string(m.Tag)}, {Name: w.T("vehicles.tag.state"), Value: state}}
		if !m.Delivered.IsZero() {
			sent := oslo.DayOf(m.Delivered)
			facts = append(facts,
				ui.Fact{Name: w.T("vehicles.tag.sent"), Value: w.Day(sent)},
				ui.Fact{Name: w.T("vehicles.tag.battery"), Value: w.T("vehicles.tag.battery.between",
					"from", w.Month(sent.Month()+12*batteryMin), "to", w.Month(sent.Month()+12*batteryMax))})
		}
		body = append(body, ui.Facts(facts), p.reads(v))
	}
	if onAgreement {
		body = append(body, app.Elem("p").Body(app.A().Class("ds-link").Href(site.With(site.AgreementDetails, url.Values{"number": {m.Agreement}})).
			Text(w.T("agreement.named", "charger", m.Charger, "number", m.Agreement))))
	}
	body = append(body, app.Elem("p").Body(app.A().Class("ds-link").Href(site.TagHelp).Text(w.T("vehicles.tag.help"))))
	return ui.Card("tag", w.T("overview.tag"), body...)
}

// changes links to what can be done with the vehicle and its tag, and to who has done what.
func (p *vehiclePage) changes(v api.VehicleReply) app.UI {
	links := fleet.Links{Words: p.Words()}
	vehicle := url.Values{"vehicle": {string(v.ID)}}
	if m, on := mounted(v, p.Session.Now()); on && p.May(api.FleetChange.Endpoint) {
		if m.Tag != "" {
			tag := url.Values{"tag": {string(m.Tag)}}
			links.Add(site.MoveTag, tag, "change.move")
			links.Add(site.LostTag, tag, "change.lost")
		}
		links.Add(site.RemoveVehicle, vehicle, "change.remove")
		links.Add(site.TagOrders, vehicle, "change.order")
	}
	links.Add(site.FleetHistory, vehicle, "change.history")
	return links.Card(p.Words().T("vehicles.do"))
}

// reads is a table of how often the tag was read.
func (p *vehiclePage) reads(v api.VehicleReply) app.UI {
	w := p.Words()
	rows := make([]ui.Row, 0, len(v.Reads))
	for _, r := range v.Reads {
		share := w.T("vehicles.reads.none")
		if r.Passages > 0 {
			share = w.Percent(r.Read, r.Passages)
		}
		rows = append(rows, ui.Row{ID: "reads-" + strconv.Itoa(r.Days), Cells: []app.UI{
			app.Elem("span").Text(w.N("vehicles.reads.days", r.Days)), number(w, r.Read), number(w, r.Passages-r.Read), app.Elem("span").Text(share),
		}})
	}
	return ui.Table{
		Kind: "figures", Caption: w.T("vehicles.reads"), Groups: []ui.Group{{Rows: rows}},
		Columns: []ui.Column{
			{Text: w.T("vehicles.reads.period")},
			{Text: w.T("vehicles.reads.tag"), Number: true},
			{Text: w.T("vehicles.reads.camera"), Number: true},
			{Text: w.T("vehicles.reads.share"), Number: true},
		},
	}.UI()
}

func number(w *i18n.Words, n int) app.UI { return app.Elem("span").Text(w.Number(int64(n))) }

// facts shows what the price depends on, and where it comes from.
func (p *vehiclePage) facts(v api.VehicleReply) app.UI {
	w := p.Words()
	facts := []ui.Fact{{Name: w.T("overview.class"), Value: i18n.Sentence(w.Class(v.Class))}}
	if fuel := fleet.FuelText(w, v.Facts.Fuel, v.Facts.PlugIn); fuel != "" {
		facts = append(facts, ui.Fact{Name: w.T("vehicles.fuel"), Value: fuel})
	}
	if v.Facts.WeightKG > 0 {
		facts = append(facts, ui.Fact{Name: w.T("vehicles.weight"), Value: w.T("vehicles.weight.kg", "n", w.Number(int64(v.Facts.WeightKG)))})
	}
	if v.Facts.Euro > 0 {
		facts = append(facts, ui.Fact{Name: w.T("vehicles.euro"), Value: w.T("vehicles.euro.n", "n", v.Facts.Euro)})
	}
	if !v.FactsFrom.IsZero() {
		source := "vehicles.source.register"
		if v.Declared {
			source = "vehicles.source.stated"
		}
		facts = append(facts, ui.Fact{Name: w.T("vehicles.source"), Value: w.T(source, "date", w.Day(oslo.DayOf(v.FactsFrom)))})
	}
	return ui.Card("facts", w.T("vehicles.facts"), ui.Facts(facts))
}

// costs shows what each of the latest months has cost, as a drawing and as a table, and leads to the passages.
func (p *vehiclePage) costs(v api.VehicleReply) app.UI {
	w := p.Words()
	if len(v.Months) == 0 {
		return ui.Card("costs", w.T("vehicles.costs"), app.Elem("p").Class("bp-quiet").Text(w.T("vehicles.costs.none")))
	}
	return ui.Card("costs", w.T("vehicles.costs"), fleet.MonthsChart(w, "costs", v.Month, v.Months).UI(), app.If(p.May(api.PassageList.Endpoint),
		app.Elem("p").Body(ui.NextLink(site.With(site.Passages, url.Values{
			"vehicle": {string(v.ID)}, "from": {v.Month.First().String()}, "to": {p.Session.Today().String()},
		}), w.T("overview.task.silent.see", "plate", v.Plate)))))
}

// caps shows how far the vehicle is from the caps above which passages are free.
func (p *vehiclePage) caps(v api.VehicleReply) app.UI {
	w := p.Words()
	meters := make([]app.UI, 0, len(v.Caps))
	for i, c := range v.Caps {
		m := ui.Meter{
			ID: "cap-" + strconv.Itoa(i), Name: fleet.CapName(w, c), Count: c.Count, Of: c.Of,
			Text: w.T("overview.cap.of", "count", w.Number(int64(c.Count)), "of", w.Number(int64(c.Of))),
		}
		if c.Count >= c.Of {
			m.Done = w.T("overview.cap.reached")
		}
		meters = append(meters, app.Elem("li").Body(m.UI()))
	}
	return app.Elem("section").Class("bp-card").Aria("labelledby", "caps").Body(
		app.Elem("div").Class("bp-card-head").Body(app.Elem("div").Body(
			ui.Heading("caps", w.T("overview.caps")), app.Elem("p").Class("bp-sub").Text(w.T("overview.caps.why")))),
		app.Elem("ul").Class("bp-meters").Body(meters...))
}

// exemptions lists the periods in which the vehicle passes free of charge where its exemption counts.
func (p *vehiclePage) exemptions(v api.VehicleReply) app.UI {
	w := p.Words()
	if len(v.Exemptions) == 0 {
		return ui.Card("exemptions", w.T("vehicles.exemptions"), app.Elem("p").Class("bp-quiet").Text(w.T("vehicles.exemptions.none")))
	}
	facts := make([]ui.Fact, 0, len(v.Exemptions))
	for _, e := range v.Exemptions {
		facts = append(facts, ui.Fact{Name: i18n.Sentence(w.T("exempt." + string(e.Kind))), Value: spanText(w, e.Validity)})
	}
	return ui.Card("exemptions", w.T("vehicles.exemptions"), ui.Facts(facts))
}

// spanText returns the days of a period. Its end is the instant after it.
func spanText(w *i18n.Words, v toll.Validity) string {
	from := w.Day(oslo.DayOf(v.From))
	if v.To.IsZero() {
		return w.T("agree.details.running", "from", from)
	}
	return w.T("agree.details.ended", "from", from, "to", w.Day(oslo.DayOf(v.To.Add(-1))))
}

// history lists the periods on agreements, with the tag of each.
func (p *vehiclePage) history(v api.VehicleReply) app.UI {
	w := p.Words()
	if len(v.Mounts) == 0 {
		return ui.Card("history", w.T("vehicles.history"), app.Elem("p").Class("bp-quiet").Text(w.T("vehicles.history.none")))
	}
	rows := make([]ui.Row, 0, len(v.Mounts))
	for i, m := range v.Mounts {
		tag := w.T("overview.tag.none")
		if m.Tag != "" {
			tag = string(m.Tag)
		}
		rows = append(rows, ui.Row{ID: "mount-" + strconv.Itoa(i), Cells: []app.UI{
			app.Elem("span").Text(spanText(w, m.Validity)), app.Elem("span").Class("bp-tagnumber").Text(tag),
			app.Elem("span").Text(w.T("agreement.named", "charger", m.Charger, "number", m.Agreement)),
		}})
	}
	table := ui.Table{
		Kind: "figures", Caption: w.T("vehicles.history"), Groups: []ui.Group{{Rows: rows}},
		Columns: []ui.Column{{Text: w.T("vehicles.reads.period")}, {Text: w.T("overview.tag")}, {Text: w.T("vehicles.agreement")}},
	}.UI()
	return ui.Card("history", w.T("vehicles.history"), app.Elem("div").Class("bp-scroll").TabIndex(0).Role("group").Aria("labelledby", "history").Body(table))
}
