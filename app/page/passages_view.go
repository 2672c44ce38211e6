package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// The ids of the period's fields are the names of the request's, so that a refusal finds its field.
const (
	vehicleField = "vehicle"
	fromField    = "from"
	toField      = "to"
	refusalID    = "period-wrong"
)

func (p *passages) form() app.UI {
	w := p.f.words()
	from, to := ui.Field{ID: fromField, Label: w.T("passages.from")}, ui.Field{ID: toField, Label: w.T("passages.to")}
	var refusal app.UI // below both dates: it concerns the period
	if p.refused != nil && p.refused.Field != vehicleField {
		refusal = ui.Wrong(refusalID, w.Fault(p.refused))
		wrong := &to
		if p.refused.Field == fromField {
			wrong = &from
		}
		wrong.WrongID = refusalID
	}
	parts := []app.UI{
		p.f.refusal(p.refused, vehicleField, fromField, toField),
		ui.Form(w.T("passages.choose"), ui.Submit("choose", p.submit),
			p.f.blamed(p.refused, ui.Field{ID: vehicleField, Label: w.T("passages.vehicle")}).Select(string(p.draft.vehicle), p.vehicles(),
				ui.Change("vehicle", func(_ app.Context, v string) { p.draft.vehicle = toll.VehicleID(v) })),
			from.Day(p.draft.from, ui.Change("from", func(_ app.Context, v string) { p.draft.from = v })),
			to.Day(p.draft.to, ui.Change("to", func(_ app.Context, v string) { p.draft.to = v })),
			app.Elem("div").Class("bp-refusal").Body(refusal),
			p.f.mistakes(p.refused, vehicleField, fromField, toField),
			ui.Send(w.T("passages.show")),
		),
		ui.Presets(w.T("passages.presets"), p.presets()),
		app.Elem("p").Class("bp-quiet").Text(w.T("passages.hint")),
	}
	if p.f.s.Sees(api.Bill.Right) { // a driver's bill is the company's
		parts = append(parts, app.Elem("p").Body(app.A().Class("ds-link").Href(p.billed().href()).Text(w.T("check.link"))))
	}
	return app.Elem("div").Class("bp-choose").Body(parts...)
}

func (p *passages) vehicles() []ui.Option {
	w := p.f.words()
	return append([]ui.Option{{Text: w.T("passages.vehicle.all")}}, vehicleOptions(w, p.f.s.Latest(), p.draft.agreement)...)
}

// presets are the periods most often asked for; each is allowed by toll.CheckPeriod whatever the day.
func (p *passages) presets() []ui.Preset {
	w, today := p.f.words(), p.f.s.Today()
	preset := func(text string, from, to oslo.Day) ui.Preset {
		c := p.asked.between(from, to)
		return ui.Preset{Href: c.href(), Text: text, Here: c == p.asked}
	}
	last := today.Month() - 1
	return []ui.Preset{
		preset(w.T("passages.this.month"), today.Month().First(), today),
		preset(w.T("passages.last.month"), last.First(), last.Last()),
		preset(w.T("passages.last.days"), today-toll.PeriodDaysMax+1, today),
	}
}

// billed is the bill that the choice is part of.
func (p *passages) billed() bond {
	last := p.request.To
	if last == 0 {
		last = p.f.s.Today()
	}
	return bond{vehicle: p.request.Vehicle, month: last.Month()}
}

func (p *passages) result() app.UI {
	w := p.f.words()
	switch {
	case p.refused != nil:
		return app.Elem("div") // the form says why
	case p.wrong != nil && len(p.found.lines) == 0:
		return p.f.failed(p.wrong, p.load)
	case p.loading:
		return ui.Loading(w.T("app.loading"))
	case len(p.found.lines) == 0:
		return ui.Empty(w.T("passages.none"), w.T("passages.none.hint"))
	}
	return p.list()
}

func (p *passages) list() app.UI {
	w := p.f.words()
	rows := lines{
		words: w, all: p.found.lines, fresh: p.found.fresh, open: p.open,
		plates: p.request.Vehicle == "", toggle: p.toggle,
	}
	period := w.T("passages.table", "from", w.Day(p.request.From), "to", w.Day(p.request.To))
	return app.Elem("div").Body(
		app.Elem("h2").Class("ds-sr-only").Text(period),
		app.Elem("div").Class("bp-total").Body(
			app.Elem("p").Body(
				app.Elem("span").Class("bp-quiet").Text(w.T("passages.total")),
				app.Elem("span").Class("bp-total-amount").Text(w.Kroner(p.found.total)),
			),
			app.Elem("p").Class("bp-total-count").Body(
				app.Elem("span").Text(w.N("passages.count", p.found.count)),
				app.If(p.f.live() && p.request.To >= p.f.s.Today(), app.Elem("span").Class("bp-live").Text(w.T("app.live"))),
			),
		),
		rows.table(period),
		p.onward(w),
	)
}

func (p *passages) onward(w *i18n.Words) app.UI {
	shown := w.T("passages.shown", "shown", w.Number(int64(len(p.found.lines))), "count", w.Number(int64(p.found.count)))
	return app.Elem("div").Class("bp-more").Body(
		app.If(p.wrong != nil, app.Elem("p").Body(p.f.failed(p.wrong, p.next))),
		app.Elem("p").Class("bp-quiet").Text(shown),
		app.If(p.found.next != "", ui.Button("secondary", w.T("passages.more"), ui.On("more", p.next))),
	)
}
