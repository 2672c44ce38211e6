package recheck

import (
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page/fleet"
	"bompass/app/page/passagelist"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/recheck"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// Render shows the form and the verdict.
func (p *page) Render() app.UI {
	w := p.Words()
	title, lead := ui.Title(w.T("check.title")), ui.Lead(w.T("check.lead"))
	if p.Session.Neutral() {
		return p.Layout(site.Passages, title, lead)
	}
	return p.Layout(site.Passages, title, lead,
		p.form(),
		app.Elem("section").Class("bp-result bp-stack").Aria("label", w.T("check.title")).Body(p.result()...),
	)
}

// result shows the report, or the state of loading it. It is empty while the form shows an error.
func (p *page) result() []app.UI {
	w := p.Words()
	switch r := p.query.Answer(); {
	case p.all != nil:
		return p.allReport(p.all)
	case p.refused != nil:
		return nil // the form says why
	case p.asked.vehicle == "" && p.overview.Err() != nil:
		return []app.UI{p.overview.State(&p.base)}
	case p.asked.vehicle == "" && p.Session.Overview() != nil:
		return []app.UI{ui.Empty(w.T("check.none.vehicle"), "")}
	case r == nil || p.query.Err() != nil:
		return []app.UI{p.query.State(&p.base)}
	case len(r.report.Lines) == 0:
		return []app.UI{ui.Empty(w.T("check.none"), w.T("check.none.hint"))}
	default:
		return p.report(*r)
	}
}

// form chooses vehicle and month.
func (p *page) form() app.UI {
	w, today := p.Words(), p.Session.Today()
	var months []ui.Option
	for m := today.Month(); m > today.Month()-monthsMax; m-- {
		months = append(months, ui.Option{Value: m.String(), Text: i18n.Sentence(w.Month(m))})
	}
	// A month from the address may be outside the list; it is added, or the browser would show another one as chosen.
	if p.draft.month <= today.Month()-monthsMax || p.draft.month > today.Month() {
		months = append(months, ui.Option{Value: p.draft.month.String(), Text: i18n.Sentence(w.Month(p.draft.month))})
	}
	return app.Elem("div").Class("bp-choose").Body(
		ui.Form(w.T("check.choose"), ui.Submit("check", p.submit),
			fleet.Picker{
				Field: p.WithError(p.refused, ui.Field{ID: vehicleField, Label: w.T("passages.vehicle")}), Words: w, Options: p.vehicles(),
				Chosen: string(p.draft.vehicle), Search: &p.search, Focus: p.Session.Window.Focus,
				Choose: func(_ app.Context, v string) { p.draft.vehicle = toll.VehicleID(v) },
			}.UI(),
			p.WithError(p.refused, ui.Field{ID: monthField, Label: w.T("check.month")}).Select(p.draft.month.String(), months,
				ui.Change("month", func(_ app.Context, v string) {
					if m, err := oslo.ParseMonth(v); err == nil {
						p.draft.month = m
					}
				})),
			p.ErrorSummary(p.refused, vehicleField, monthField),
			ui.SubmitButton(w.T("check.do")),
		),
	)
}

// vehicles lists the vehicles of the agreement shown, after the choice of all of them when there are several.
func (p *page) vehicles() []ui.Option {
	w := p.Words()
	options := fleet.Options(w, p.Session.Overview(), p.Session.Agreement())
	if len(options) > 1 {
		options = append([]ui.Option{{Value: allVehicles, Text: w.T("passages.vehicle.all")}}, options...)
	}
	return options
}

// verdict says in one sentence how many lines are right.
func (p *page) verdict(r recheck.Report) string {
	w := p.Words()
	if r.Agrees() {
		return w.N("check.agree", len(r.Lines), "amount", w.Kroner(r.Posted))
	}
	return w.N("check.differ", r.Differ, "all", w.Number(int64(len(r.Lines))))
}

// report shows the verdict, each line that differs, and on demand all lines.
func (p *page) report(r result) []app.UI {
	body := []app.UI{p.summary(r)}
	for _, l := range r.report.Lines {
		if len(l.Differs) > 0 {
			body = append(body, p.difference(r, l))
		}
	}
	text := p.Words().T("check.all")
	if p.showsAll {
		text = p.Words().T("check.all.hide")
	}
	body = append(body, app.Elem("p").Body(ui.Button("secondary", text, ui.On("all", func(app.Context) { p.showsAll = !p.showsAll })).ID("all")))
	if p.showsAll {
		body = append(body, p.table(r).UI(p.Words().T("check.title")))
	}
	return body
}

// summary shows the verdict and the tariffs it rests on.
func (p *page) summary(r result) app.UI {
	w, report := p.Words(), r.report
	color, notes := "success", []app.UI{}
	note := func(text string) { notes = append(notes, app.Elem("p").Text(text)) }
	if !report.Agrees() {
		color = "warning"
		note(w.T("check.sums", "posted", w.Kroner(report.Posted), "own", w.Kroner(report.Own)))
		// The sum that was debited is stored separately and can differ from the sum of the charges.
		if report.Debited != report.Posted {
			note(w.T("check.debited", "debited", w.Kroner(report.Debited), "posted", w.Kroner(report.Posted)))
		}
		if tell := p.Contact("check.tell", "check.tell.call"); tell != "" {
			note(tell)
		}
	}
	if r.reply.Hidden > 0 {
		note(w.N("check.hidden", r.reply.Hidden))
	}
	for _, scheme := range r.tariffs.Book.Schemes {
		for _, v := range scheme.Versions {
			if slices.Contains(report.Tariffs, v.ID) {
				note(w.T("check.list", "scheme", scheme.Name, "date", w.Day(v.From)))
			}
		}
	}
	return app.Elem("div").Class("bp-stack").Body(
		app.Elem("div").ID("verdict").DataSet("took", r.took.String()).DataSet("ready", r.tariffs.Took.String()).Body(
			ui.Alert(color, p.verdict(report), w.T("check.device"), notes...)),
		ui.Technical(w.T("app.technical"), ui.Facts(p.sources(r))),
	)
}

// sources lists the tariffs that the month was rated by.
func (p *page) sources(r result) (facts []ui.Fact) {
	w := p.Words()
	for _, scheme := range r.tariffs.Book.Schemes {
		for _, v := range scheme.Versions {
			if slices.Contains(r.report.Tariffs, v.ID) {
				facts = append(facts, ui.Fact{Name: scheme.Name, Value: w.T("check.source", "date", w.Day(v.From), "source", v.Source)})
			}
		}
	}
	return append(facts,
		ui.Fact{Name: w.T("check.book"), Value: r.tariffs.Version},
		ui.Fact{Name: w.T("check.took"), Value: frame.Millis(w, r.took)})
}

// difference shows a line that differs: both amounts, and the reasons for both.
func (p *page) difference(r result, l recheck.Line) app.UI {
	w := p.Words()
	title, reasons := w.T("check.unknown"), []app.UI{}
	if l.Passage != nil {
		shown := p.passageLine(r, l, l.Own)
		title = w.T("check.line", "name", shown.Name, "date", w.Weekday(passagelist.DayOf(shown)), "time", w.Clock(shown.At))
	}
	for _, d := range l.Differs {
		reasons = append(reasons, app.Elem("li").Text(w.T("check.differs."+string(d))))
	}
	return app.Elem("article").ID("differs-"+string(l.ID)).Class("bp-card bp-differs").Body(
		app.Elem("h3").Class("bp-card-title").Text(title),
		app.Elem("ul").Class("bp-reasons").Body(reasons...),
		app.Elem("div").Class("bp-beside").Body(
			p.charge(w.T("check.posted"), r, l, l.Posted),
			p.charge(w.T("check.own"), r, l, l.Own),
		),
		app.Elem("p").Class("bp-sub").Text(w.T("check.number", "id", l.ID)),
	)
}

// charge shows one of the two charges of a line, nil when there is none.
func (p *page) charge(name string, r result, l recheck.Line, c *recheck.Charge) app.UI {
	w := p.Words()
	if c == nil {
		text := w.T("check.nothing")
		if l.Why != nil {
			text = w.Fault(l.Why)
		}
		return ui.Receipt{Title: name, Notes: []string{text}}.UI()
	}
	receipt := p.table(r).Receipt(p.passageLine(r, l, c))
	receipt.Title, receipt.Facts = name, nil
	return receipt.UI()
}

// table lists all lines as they were posted, the newest first.
func (p *page) table(r result) passagelist.Table {
	var lines []api.PassageLine
	for _, l := range slices.Backward(r.report.Lines) {
		if l.Passage != nil {
			lines = append(lines, p.passageLine(r, l, l.Posted))
		}
	}
	return passagelist.Table{Words: p.Words(), View: p.rows, Days: passagelist.ByDay(lines)}
}

// passageLine returns a line with one of its charges, as lists of passages show it.
func (p *page) passageLine(r result, l recheck.Line, c *recheck.Charge) api.PassageLine {
	shown := api.PassageLine{ID: l.ID, Vehicle: p.asked.vehicle}
	if l.Passage != nil {
		shown.At, shown.Station, shown.Name = l.Passage.At, l.Passage.Station, string(l.Passage.Station)
		shown.Direction, shown.MatchedBy, shown.Tag = l.Passage.Direction, l.Passage.MatchedBy, l.Passage.Tag
		if s, ok := r.tariffs.Plan.Station(shown.Station); ok {
			shown.Name, shown.Charger = s.Name, s.ChargerName
		}
	}
	for _, v := range fleet.Vehicles(p.Session.Overview()) {
		if v.ID == shown.Vehicle {
			shown.Plate = v.Plate
			// A vehicle without a tag is recognised by its plate alone.
			shown.Unread = v.Tag != "" && shown.MatchedBy == toll.ByPlate && l.Passage != nil && l.Passage.Agreement
		}
	}
	if c != nil {
		shown.Priced, shown.List, shown.Net, shown.Steps = true, c.List, c.Net, c.Steps
		if shown.Unread {
			shown.Lost = r.tariffs.Plan.LostDiscount(c.Steps, c.Net)
		}
	}
	return shown
}
