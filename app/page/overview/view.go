package overview

import (
	"net/url"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/passagelist"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// vehiclesMax is the maximum number of vehicles of an agreement before it is expanded.
const vehiclesMax = 6

// balance shows what this month has cost so far, compared with last month.
func (p *page) balance(reply *api.OverviewReply) app.UI {
	w := p.Words()
	comparison, unbilled := p.comparison(reply), unbilled(reply)
	amount := app.Elem("p").Class("bp-balance-amount").Text(w.Kroner(reply.Total))
	if p.balanceUpdates > 0 { // two class names in turn, as for fresh rows: each starts the animation again
		amount = amount.Class("bp-moved-" + strconv.Itoa(p.balanceUpdates%2))
	}
	return app.Elem("section").Class("bp-balance").Aria("labelledby", "balance").Body(
		app.Elem("h2").ID("balance").Class("bp-balance-title").Text(w.T("overview.balance", "month", w.Month(reply.Month))),
		amount,
		app.Elem("p").Class("bp-balance-note").Body(
			app.Elem("span").Text(w.N("overview.passages", passageCount(reply))),
			app.If(comparison != "", app.Elem("span").Text(comparison)),
			app.If(p.Live(), app.Elem("span").Class("bp-live").Text(w.T("app.live"))),
		),
		app.If(unbilled > 0, app.Elem("p").Class("bp-balance-unbilled").Text(
			w.T("overview.unbilled", "date", w.Day((reply.Month-1).First()), "amount", w.Kroner(unbilled)))),
	)
}

func passageCount(reply *api.OverviewReply) (n int) {
	for _, a := range reply.Agreements {
		n += a.Passages
	}
	if reply.Unagreed != nil {
		n += reply.Unagreed.Passages
	}
	return n
}

// latestPassages shows the latest passages, nil for a role that may not see passages.
func (p *page) latestPassages() app.UI {
	if !p.May(api.PassageList.Endpoint) {
		return nil
	}
	w := p.Words()
	table := passagelist.Table{
		Words: w, Lines: p.latest.Lines, Fresh: p.latest.Fresh, Open: p.open, Plates: true,
		Toggle: func(id toll.PassageID) { p.open[id] = !p.open[id] },
	}
	body := table.UI(w.T("overview.latest"))
	if len(table.Lines) == 0 {
		body = ui.Empty(w.T("overview.latest.none"), "")
	}
	return app.Elem("section").Class("bp-card bp-card-flush").Aria("labelledby", "latest").Body(
		app.Elem("div").Class("bp-card-head").Body(
			ui.Heading("latest", w.T("overview.latest")),
			ui.NextLink(site.Passages, w.T("overview.latest.all")).Aria("describedby", "latest"),
		),
		body,
	)
}

// agreements shows a card for each agreement, and one for vehicles without an agreement.
func (p *page) agreements(reply *api.OverviewReply) app.UI {
	w := p.Words()
	cards := []app.UI{ui.Heading("agreements", w.T("overview.agreements"))}
	if reply.Unagreed != nil {
		cards = append(cards, p.unagreed(*reply.Unagreed))
	}
	for _, a := range reply.Agreements {
		cards = append(cards, p.agreement(a))
	}
	if len(cards) == 1 {
		cards = append(cards, ui.Empty(w.T("overview.none"), w.T("overview.none.hint")))
	}
	if p.May(api.AgreementDraft.Endpoint) { // S1.13, S2.48, S2.49
		cards = append(cards, app.Elem("p").Class("bp-buttons").Body(
			ui.NextLink(site.NewAgreement, w.T("overview.agree")), app.A().Class("ds-link").Href(site.FindAgreements).Text(w.T("overview.find"))))
	}
	return app.Elem("section").Class("bp-agreements").Aria("labelledby", "agreements").Body(cards...)
}

// agreement shows one agreement with its vehicles and what they have cost this month.
func (p *page) agreement(a api.AgreementOverview) app.UI {
	w := p.Words()
	return app.Elem("article").Class("bp-card bp-card-flush").Body(
		app.Elem("div").Class("bp-card-head").Body(
			app.Elem("div").Body(
				app.Elem("h3").Class("bp-card-title").Body(app.Text(a.Charger+" "), app.If(a.Blocked, ui.Badge("danger", w.T("overview.blocked")))),
				app.Elem("p").ID("agreement-"+a.Number).Class("bp-sub").Text(w.T("overview.agreement", "number", a.Number)+" · "+w.T("agree.details.kind."+string(a.Kind))+" · "+w.N("overview.vehicles", len(a.Vehicles))), // S2.44
				app.Elem("p").Body(app.A().Class("ds-link").Href(site.With(site.AgreementDetails, url.Values{"number": {a.Number}})).
					Aria("describedby", "agreement-"+a.Number).Text(w.T("agree.details"))), // S2.47
			),
			p.spent(a),
		),
		p.vehicles(a),
	)
}

// unagreed shows the vehicles that are on no agreement.
func (p *page) unagreed(a api.AgreementOverview) app.UI {
	w := p.Words()
	return app.Elem("article").Class("bp-card bp-card-flush").Body(
		app.Elem("div").Class("bp-card-head").Body(
			app.Elem("div").Body(
				app.Elem("h3").Class("bp-card-title").Text(w.T("overview.unagreed")),
				app.Elem("p").Class("bp-sub").Text(w.N("overview.vehicles", len(a.Vehicles))),
			),
			p.spent(a),
		),
		p.vehicles(a),
	)
}

func (p *page) spent(a api.AgreementOverview) app.UI {
	w := p.Words()
	return app.Elem("p").Class("bp-card-sum").Body(
		app.Elem("span").Class("bp-amount").Text(w.Kroner(a.Balance)),
		app.Elem("span").Class("bp-sub").Text(w.N("overview.passages", a.Passages)),
	)
}

// vehicles lists the vehicles of an agreement; a long list is shown in part at first.
func (p *page) vehicles(a api.AgreementOverview) app.UI {
	w := p.Words()
	if len(a.Vehicles) == 0 {
		return app.Elem("div")
	}
	shown := a.Vehicles
	if !p.expanded[string(a.ID)] {
		shown = shown[:min(vehiclesMax, len(shown))]
	}
	rows := make([]ui.Row, 0, len(shown))
	for _, v := range shown {
		rows = append(rows, ui.Row{ID: "vehicle-" + string(v.ID), Cells: p.vehicle(w, v)})
	}
	table := ui.Table{
		Kind: "vehicles", Caption: w.N("overview.vehicles", len(a.Vehicles)), Groups: []ui.Group{{Rows: rows}},
		Columns: []ui.Column{
			{Text: w.T("overview.vehicle")},
			{Text: w.T("overview.class")},
			{Text: w.T("overview.tag")},
			{Text: w.T("overview.count"), Number: true},
			{Text: w.T("overview.month"), Number: true},
		},
	}.UI()
	return app.Elem("div").Body(table, app.If(len(a.Vehicles) > vehiclesMax,
		p.expandButton(string(a.ID), w.T("overview.vehicles.all", "n", w.Number(int64(len(a.Vehicles)))), w.T("overview.vehicles.fewer"))))
}

// vehicle returns the cells of a vehicle's row.
func (p *page) vehicle(w *i18n.Words, v api.VehicleOverview) []app.UI {
	tag := app.Elem("span").Class("bp-tagnumber").Text(string(v.Tag))
	if v.Tag == "" {
		tag = app.Elem("span").Class("bp-quiet").Text(w.T("overview.tag.none"))
	}
	return []app.UI{
		app.A().Class("bp-plate").Href(p.passagesAddress(v.ID)).Text(v.Plate.String()),
		app.Elem("span").Text(i18n.Sentence(w.Class(v.Class))),
		tag,
		app.Elem("span").Text(w.Number(int64(v.Passages))),
		app.Elem("span").Class("bp-amount").Text(w.Kroner(v.Balance)),
	}
}

// expandButton returns the button that shows a list in full, or its beginning again.
func (p *page) expandButton(list string, all, fewer string) app.UI {
	text := all
	if p.expanded[list] {
		text = fewer
	}
	return app.Elem("p").Class("bp-card-foot").Body(
		ui.Button("tertiary", text, ui.On("unfold/"+list, func(app.Context) { p.expanded[list] = !p.expanded[list] })).
			Aria("expanded", strconv.FormatBool(p.expanded[list])))
}
