package passages

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/fleet"
	"bompass/app/page/passagelist"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// The ids of the fields. They are the names of the request's fields, so that a refusal finds its field.
const (
	vehicleField  = "vehicle"
	fromField     = "from"
	toField       = "to"
	periodErrorID = "period-wrong"
)

// shownID is the id of the line that says how many passages are listed.
const shownID = "passages-shown"

// endID is the id of what follows the rows.
const endID = "passages-end"

// chosen shows what is selected: an invoice, which one press leaves, or the form for vehicle and period.
func (p *page) chosen() app.UI {
	w, number := p.Words(), p.asked.invoice
	if number == "" {
		return p.form()
	}
	return app.Elem("div").ID("of-invoice").Class("bp-choose").Body(
		app.Elem("p").Text(w.T("passages.of.invoice", "number", number)),
		app.Elem("p").Class("bp-buttons").Body(
			ui.NextLink(site.Passages, w.T("passages.all")),
			app.If(p.May(api.Invoice.Endpoint), ui.NextLink(site.With(site.Invoice, url.Values{"number": {number}}), w.T("invoices.single.title", "number", number)))),
	)
}

// export links to the passages of the selection as files.
func (p *page) export() app.UI {
	w := p.Words()
	if !p.May(api.PassageExport.Endpoint) {
		return app.Elem("div")
	}
	if p.list.Count > api.PassageExportMax {
		return ui.Card("export", w.T("passages.export"), app.Elem("p").Text(w.T("passages.export.large", "max", w.Number(api.PassageExportMax))))
	}
	address, _ := url.Parse(p.asked.address())
	q := address.Query()
	links := make([]app.UI, len(api.PassageFormats))
	for i, format := range api.PassageFormats {
		q.Set("format", format)
		links[i] = app.Elem("li").Body(app.A().Class("ds-link").Href(api.PassageExport.Path + "?" + q.Encode()).Download("").ID("export-" + format).Text(w.T("passages.export." + format)))
	}
	return ui.Card("export", w.T("passages.export"), app.Elem("p").Text(w.T("passages.export.hint")), app.Elem("ul").Class("bp-stack").Body(links...))
}

// form chooses vehicle and period.
func (p *page) form() app.UI {
	w := p.Words()
	from, to := ui.Field{ID: fromField, Label: w.T("passages.from")}, ui.Field{ID: toField, Label: w.T("passages.to")}
	var periodError app.UI // below both dates: it is about the period
	if p.refused != nil && p.refused.Field != vehicleField {
		periodError = ui.FieldError(periodErrorID, w.Fault(p.refused))
		field := &to
		if p.refused.Field == fromField {
			field = &from
		}
		field.ErrorID = periodErrorID
	}
	body := []app.UI{
		p.OtherError(p.refused, vehicleField, fromField, toField),
		ui.Form(w.T("passages.choose"), ui.Submit("choose", p.submit),
			fleet.Picker{
				Field: p.WithError(p.refused, ui.Field{ID: vehicleField, Label: w.T("passages.vehicle")}), Words: w, Options: p.vehicles(),
				Chosen: string(p.draft.vehicle), Search: &p.search, Focus: p.Session.Window.Focus,
				Choose: func(_ app.Context, v string) { p.draft.vehicle = toll.VehicleID(v) },
			}.UI(),
			from.Date(p.draft.from, ui.Change("from", func(_ app.Context, v string) { p.draft.from = v })),
			to.Date(p.draft.to, ui.Change("to", func(_ app.Context, v string) { p.draft.to = v })),
			app.Elem("div").Class("bp-refusal").Body(periodError),
			p.ErrorSummary(p.refused, vehicleField, fromField, toField),
			ui.SubmitButton(w.T("passages.show")),
		),
		ui.Presets(w.T("passages.presets"), p.presets()),
		app.Elem("p").Class("bp-quiet").Text(w.T("passages.hint")),
	}
	if p.May(api.Recheck.Endpoint) { // a driver may not see the company's charges
		body = append(body, app.Elem("p").Body(app.A().Class("ds-link").Href(p.recheckAddress()).Text(w.T("check.link"))))
	}
	return app.Elem("div").Class("bp-choose").Body(body...)
}

func (p *page) vehicles() []ui.Option {
	w := p.Words()
	return append([]ui.Option{{Text: w.T("passages.vehicle.all")}}, fleet.Options(w, p.Session.Overview(), p.draft.agreement)...)
}

// presets are the periods most often asked for. Each is allowed by toll.CheckPeriod on every day.
func (p *page) presets() []ui.Preset {
	w, today := p.Words(), p.Session.Today()
	preset := func(text string, from, to oslo.Day) ui.Preset {
		s := p.asked.between(from, to)
		return ui.Preset{Href: s.address(), Text: text, Current: s == p.asked}
	}
	last := today.Month() - 1
	return []ui.Preset{
		preset(w.T("passages.this.month"), today.Month().First(), today),
		preset(w.T("passages.last.month"), last.First(), last.Last()),
		preset(w.T("passages.last.days"), today-toll.PeriodDaysMax+1, today),
	}
}

// recheckAddress returns the address where the month of the selection is rated again.
func (p *page) recheckAddress() string {
	last := p.request.To
	if last == 0 {
		last = p.Session.Today()
	}
	return site.With(site.Recheck, url.Values{"vehicle": {string(p.request.Vehicle)}, "month": {last.Month().String()}})
}

// result shows the passages, or the state of loading them. It is empty while the form shows an error.
func (p *page) result() app.UI {
	w := p.Words()
	switch {
	case p.refused != nil:
		return app.Elem("div") // the form says why
	case p.first.Answer() == nil:
		return p.first.State(&p.base)
	case len(p.list.Lines) == 0:
		if p.request.Invoice != "" {
			return ui.Empty(w.T("passages.none.invoice"), w.T("passages.none.invoice.hint"))
		}
		return ui.Empty(w.T("passages.none"), w.T("passages.none.hint"))
	}
	return p.table()
}

func (p *page) table() app.UI {
	w := p.Words()
	table := passagelist.Table{
		Words: w, View: p.rows, Days: p.list.Days(), Fresh: p.list.Fresh, Plates: p.request.Vehicle == "", Shown: p.shown, Wrong: p.May(api.FleetChange.Endpoint),
	}
	period, sum := w.T("passages.table", "from", w.Day(p.request.From), "to", w.Day(p.request.To)), w.T("passages.total")
	if number := p.request.Invoice; number != "" {
		period, sum = w.T("passages.of.invoice", "number", number), w.T("passages.total.invoice")
	}
	return app.Elem("div").Body(
		app.Elem("h2").Class("ds-sr-only").Text(period),
		app.Elem("div").Class("bp-total").Body(
			app.Elem("p").Body(
				app.Elem("span").Class("bp-quiet").Text(sum),
				app.Elem("span").Class("bp-total-amount").Text(w.Kroner(p.list.Total)),
			),
			app.Elem("p").Class("bp-total-count").Body(
				app.Elem("span").Text(w.N("passages.count", p.list.Count)),
				app.If(p.Live() && p.request.To >= p.Session.Today(), app.Elem("span").Class("bp-live").Text(w.T("app.live"))),
			),
		),
		table.UI(period),
		app.If(p.visible() < p.list.Count, app.Elem("p").Class("bp-printed").Text(
			w.T("passages.printed", "shown", w.Number(int64(p.visible())), "count", w.Number(int64(p.list.Count))))),
		p.moreButton(w),
		p.export(),
	)
}

// moreButton shows how many passages of the period are listed, and loads more.
func (p *page) moreButton(w *i18n.Words) app.UI {
	shown := w.T("passages.shown", "shown", w.Number(int64(p.visible())), "count", w.Number(int64(p.list.Count)))
	return app.Elem("div").ID(endID).Class("bp-more").Body(
		app.If(p.more.Err() != nil, app.Elem("p").Body(p.Failure(p.more.Err(), p.loadMore))),
		app.Elem("p").ID(shownID).TabIndex(-1).Class("bp-quiet").Text(shown),
		app.If(p.visible() < p.list.Count, app.Elem("div").Class("bp-buttons").Body(
			ui.Button("secondary", w.T("passages.more"), ui.On("more", p.loadMore)),
			ui.Button("tertiary", w.T("passages.print", "count", w.Number(int64(p.list.Count))), ui.On("print", p.printAll)).ID("print-all"),
		)),
	)
}
