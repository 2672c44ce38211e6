package page

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/toll"
)

// vehiclesMax is how many vehicles an agreement shows before it is asked for all.
const vehiclesMax = 6

func (p *overview) balance(reply *api.OverviewReply) app.UI {
	w := p.f.words()
	compared, driven := p.compared(reply), driven(reply)
	amount := app.Elem("p").Class("bp-balance-amount").Text(w.Kroner(reply.Total))
	if p.arrived > 0 { // two names in turn, as for fresh rows
		amount = amount.Class("bp-moved-" + strconv.Itoa(p.arrived%2))
	}
	return app.Elem("section").Class("bp-balance").Aria("labelledby", "balance").Body(
		app.Elem("h2").ID("balance").Class("bp-balance-title").Text(w.T("overview.balance", "month", w.Month(reply.Month))),
		amount,
		app.Elem("p").Class("bp-balance-note").Body(
			app.Elem("span").Text(w.N("overview.passages", counted(reply))),
			app.If(compared != "", app.Elem("span").Text(compared)),
			app.If(p.f.live(), app.Elem("span").Class("bp-live").Text(w.T("app.live"))),
		),
		app.If(driven > 0, app.Elem("p").Class("bp-balance-unbilled").Text(
			w.T("overview.unbilled", "date", w.Day((reply.Month-1).First()), "amount", w.Kroner(driven)))),
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
	return app.Elem("section").Class("bp-card bp-card-flush").Aria("labelledby", "latest").Body(
		app.Elem("div").Class("bp-card-head").Body(
			ui.Heading("latest", w.T("overview.latest")),
			ui.Onward(passagesPath, w.T("overview.latest.all")).Aria("describedby", "latest"),
		),
		body,
	)
}

func (p *overview) agreements(reply *api.OverviewReply) app.UI {
	w := p.f.words()
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
	if p.f.s.Sees(api.AgreementDraft.Right) { // S1.13, S2.48, S2.49
		cards = append(cards, app.Elem("p").Class("bp-buttons").Body(
			ui.Onward(agreePath, w.T("overview.agree")), app.A().Class("ds-link").Href("/agreements/find").Text(w.T("overview.find"))))
	}
	return app.Elem("section").Class("bp-agreements").Aria("labelledby", "agreements").Body(cards...)
}

func (p *overview) agreement(a api.AgreementOverview) app.UI {
	w := p.f.words()
	return app.Elem("article").Class("bp-card bp-card-flush").Body(
		app.Elem("div").Class("bp-card-head").Body(
			app.Elem("div").Body(
				app.Elem("h3").Class("bp-card-title").Body(app.Text(a.Charger+" "), app.If(a.Blocked, ui.Badge("danger", w.T("overview.blocked")))),
				app.Elem("p").Class("bp-sub").Text(w.T("overview.agreement", "number", a.Number)+" · "+w.N("overview.vehicles", len(a.Vehicles))),
			),
			p.spent(a),
		),
		p.vehicles(a),
	)
}

func (p *overview) unagreed(a api.AgreementOverview) app.UI {
	w := p.f.words()
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

func (p *overview) spent(a api.AgreementOverview) app.UI {
	w := p.f.words()
	return app.Elem("p").Class("bp-card-sum").Body(
		app.Elem("span").Class("bp-amount").Text(w.Kroner(a.Balance)),
		app.Elem("span").Class("bp-sub").Text(w.N("overview.passages", a.Passages)),
	)
}

func (p *overview) vehicles(a api.AgreementOverview) app.UI {
	w := p.f.words()
	if len(a.Vehicles) == 0 {
		return app.Elem("div")
	}
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
	return app.Elem("div").Body(table, app.If(len(a.Vehicles) > vehiclesMax,
		p.unfolder(a.ID, w.T("overview.vehicles.all", "n", w.Number(int64(len(a.Vehicles)))), w.T("overview.vehicles.fewer"))))
}

func (p *overview) vehicle(w *i18n.Words, v api.VehicleOverview) []app.UI {
	tag := app.Elem("span").Class("bp-tagnumber").Text(string(v.Tag))
	if v.Tag == "" {
		tag = app.Elem("span").Class("bp-quiet").Text(w.T("overview.tag.none"))
	}
	return []app.UI{
		app.A().Class("bp-plate").Href(p.passagesOf(v.ID)).Text(v.Plate.String()),
		app.Elem("span").Text(i18n.Sentence(w.Class(v.Class))),
		tag,
		app.Elem("span").Text(w.Number(int64(v.Passages))),
		app.Elem("span").Class("bp-amount").Text(w.Kroner(v.Balance)),
	}
}

// unfolder is the button that shows all of a list, or less of it again.
func (p *overview) unfolder(list toll.AgreementID, all, fewer string) app.UI {
	text := all
	if p.unfold[list] {
		text = fewer
	}
	return app.Elem("p").Class("bp-card-foot").Body(
		ui.Button("tertiary", text, ui.On("unfold/"+string(list), func(app.Context) { p.unfold[list] = !p.unfold[list] })).
			Aria("expanded", strconv.FormatBool(p.unfold[list])))
}
