package page

import (
	"net/url"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
)

// vehiclesMax is how many vehicles an agreement shows before it is asked for all.
const vehiclesMax = 6

func (p *overview) balance() app.UI {
	w := p.f.words()
	amount := app.P().Class("bp-balance-amount").Text(w.Kroner(p.reply.Total))
	if p.arrived > 0 { // two names in turn, as for fresh rows
		amount = amount.Class("bp-moved-" + strconv.Itoa(p.arrived%2))
	}
	return app.Section().Class("bp-balance").Aria("labelledby", "balance").Body(
		app.H2().ID("balance").Class("bp-balance-title").Text(w.T("overview.balance", "month", w.Month(p.reply.Month))),
		amount,
		app.P().Class("bp-balance-note").Body(
			app.Span().Text(w.N("overview.passages", counted(p.reply))),
			app.If(p.f.s.Live() && !p.f.offline, app.Span().Class("bp-live").Text(w.T("app.live"))),
		),
	)
}

func counted(reply *api.OverviewReply) (n int) {
	for _, a := range reply.Agreements {
		n += a.Passages
	}
	if reply.Unagreed != nil {
		n += reply.Unagreed.Passages
	}
	return n
}

func (p *overview) passages() app.UI {
	w := p.f.words()
	rows := lines{
		words: w, all: p.latest.lines, fresh: p.latest.fresh, open: p.open, plates: true, toggle: p.toggle,
	}
	body := rows.table(w.T("overview.latest"))
	if len(rows.all) == 0 {
		body = ui.Empty(w.T("overview.latest.none"), "")
	}
	return app.Section().Class("bp-card bp-card-flush").Aria("labelledby", "latest").Body(
		app.Div().Class("bp-card-head").Body(
			ui.Heading("latest", w.T("overview.latest")),
			ui.Onward(passagesPath, w.T("overview.latest.all")).Aria("describedby", "latest"),
		),
		body,
	)
}

func (p *overview) agreements() app.UI {
	w := p.f.words()
	cards := []app.UI{ui.Heading("agreements", w.T("overview.agreements"))}
	if p.reply.Unagreed != nil {
		cards = append(cards, p.unagreed(*p.reply.Unagreed))
	}
	for _, a := range p.reply.Agreements {
		cards = append(cards, p.agreement(a))
	}
	if len(cards) == 1 {
		cards = append(cards, ui.Empty(w.T("overview.none"), w.T("overview.none.hint")))
	}
	return app.Section().Class("bp-agreements").Aria("labelledby", "agreements").Body(cards...)
}

func (p *overview) agreement(a api.AgreementOverview) app.UI {
	w := p.f.words()
	return app.Article().Class("bp-card bp-card-flush").Body(
		app.Div().Class("bp-card-head").Body(
			app.Div().Body(
				app.H3().Class("bp-card-title").Text(a.Charger),
				app.P().Class("bp-sub").Text(w.T("overview.agreement", "number", a.Number)+" · "+w.N("overview.vehicles", len(a.Vehicles))),
			),
			p.spent(a),
		),
		app.If(a.Blocked, ui.Alert("warning", w.T("overview.blocked"), w.T("overview.blocked.why"))),
		p.vehicles(a),
	)
}

func (p *overview) unagreed(a api.AgreementOverview) app.UI {
	w := p.f.words()
	return app.Article().Class("bp-card bp-card-flush").Body(
		app.Div().Class("bp-card-head").Body(
			app.Div().Body(
				app.H3().Class("bp-card-title").Text(w.T("overview.unagreed")),
				app.P().Class("bp-sub").Text(w.N("overview.vehicles", len(a.Vehicles))),
			),
			p.spent(a),
		),
		app.Div().Class("bp-card-note").Body(ui.Alert("warning", "", w.T("overview.unagreed.why"))),
		p.vehicles(a),
	)
}

func (p *overview) spent(a api.AgreementOverview) app.UI {
	w := p.f.words()
	return app.P().Class("bp-card-sum").Body(
		app.Span().Class("bp-amount").Text(w.Kroner(a.Balance)),
		app.Span().Class("bp-sub").Text(w.N("overview.passages", a.Passages)),
	)
}

func (p *overview) vehicles(a api.AgreementOverview) app.UI {
	w := p.f.words()
	shown := a.Vehicles
	if !p.unfold[a.ID] {
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
	return app.Div().Body(table, app.If(len(a.Vehicles) > vehiclesMax, p.unfolder(w, a)))
}

func (p *overview) vehicle(w *i18n.Words, v api.VehicleOverview) []app.UI {
	tag := app.Span().Class("bp-tagnumber").Text(string(v.Tag))
	if v.Tag == "" {
		tag = app.Span().Class("bp-quiet").Text(w.T("overview.tag.none"))
	}
	href := address(passagesPath, url.Values{"vehicle": {string(v.ID)}, "from": {p.reply.Month.First().String()}, "to": {p.f.s.Today().String()}})
	return []app.UI{
		app.A().Class("bp-plate").Href(href).Text(v.Plate.String()),
		app.Span().Text(i18n.Sentence(w.Class(v.Class))),
		tag,
		app.Span().Text(w.Number(int64(v.Passages))),
		app.Span().Class("bp-amount").Text(w.Kroner(v.Balance)),
	}
}

func (p *overview) unfolder(w *i18n.Words, a api.AgreementOverview) app.UI {
	text := w.T("overview.vehicles.all", "n", w.Number(int64(len(a.Vehicles))))
	if p.unfold[a.ID] {
		text = w.T("overview.vehicles.fewer")
	}
	return app.P().Class("bp-card-foot").Body(
		ui.Button("tertiary", text, ui.On("unfold/"+string(a.ID), func(app.Context) { p.unfold[a.ID] = !p.unfold[a.ID] })).
			Aria("expanded", strconv.FormatBool(p.unfold[a.ID])))
}
