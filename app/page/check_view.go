package page

import (
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/recheck"
	"bompass/shared/toll"
)

func (p *check) form() app.UI {
	w, today := p.f.words(), p.f.s.Today()
	var months []ui.Option
	for m := today.Month(); m > today.Month()-monthsBack; m-- {
		months = append(months, ui.Option{Value: m.String(), Text: i18n.Sentence(w.Month(m))})
	}
	if p.draft.month <= today.Month()-monthsBack || p.draft.month > today.Month() {
		months = append(months, ui.Option{Value: p.draft.month.String(), Text: i18n.Sentence(w.Month(p.draft.month))})
	}
	return app.Elem("div").Class("bp-choose").Body(
		ui.Form(w.T("check.choose"), ui.Submit("check", p.submit),
			p.f.blamed(p.refused, ui.Field{ID: vehicleField, Label: w.T("passages.vehicle")}).Select(string(p.draft.vehicle), vehicleOptions(w, p.f.s.Latest(), ""),
				ui.Change("vehicle", func(_ app.Context, v string) { p.draft.vehicle = toll.VehicleID(v) })),
			p.f.blamed(p.refused, ui.Field{ID: monthField, Label: w.T("check.month")}).Select(p.draft.month.String(), months,
				ui.Change("month", func(_ app.Context, v string) {
					if m, err := oslo.ParseMonth(v); err == nil {
						p.draft.month = m
					}
				})),
			p.f.mistakes(p.refused, vehicleField, monthField),
			ui.Send(w.T("check.do")),
		),
	)
}

// verdict says in one sentence what the check has found.
func (p *check) verdict() string {
	w, r := p.f.words(), p.done.report
	if r.Agrees() {
		return w.N("check.agree", len(r.Lines), "amount", w.Kroner(r.Posted))
	}
	return w.N("check.differ", r.Differ, "all", w.Number(int64(len(r.Lines))))
}

func (p *check) found() []app.UI {
	body := []app.UI{p.summary()}
	for _, l := range p.done.report.Lines {
		if len(l.Differs) > 0 {
			body = append(body, p.difference(l))
		}
	}
	text := p.f.words().T("check.all")
	if p.all {
		text = p.f.words().T("check.all.hide")
	}
	body = append(body, app.Elem("p").Body(ui.Button("secondary", text, ui.On("all", func(app.Context) { p.all = !p.all })).ID("all")))
	if p.all {
		body = append(body, p.lines().table(p.f.words().T("check.title")))
	}
	return body
}

// summary is the verdict, and on what it rests.
func (p *check) summary() app.UI {
	w, r := p.f.words(), p.done.report
	color, notes := "success", []app.UI{}
	note := func(text string) { notes = append(notes, app.Elem("p").Text(text)) }
	if !r.Agrees() {
		color = "warning"
		note(w.T("check.sums", "posted", w.Kroner(r.Posted), "own", w.Kroner(r.Own)))
		if r.Debited != r.Posted {
			note(w.T("check.debited", "debited", w.Kroner(r.Debited), "posted", w.Kroner(r.Posted)))
		}
		note(w.T("check.tell", "address", helpAddress))
	}
	if p.done.reply.Hidden > 0 {
		note(w.N("check.hidden", p.done.reply.Hidden))
	}
	return app.Elem("div").Class("bp-stack").Body(
		app.Elem("div").ID("verdict").DataSet("took", p.done.took.String()).DataSet("ready", p.done.tariffs.Took.String()).Body(
			ui.Alert(color, p.verdict(), w.T("check.device", "time", millis(w, p.done.took)), notes...)),
		ui.Facts(p.sources()),
	)
}

// sources are the price lists that the month was rated by.
func (p *check) sources() (facts []ui.Fact) {
	w := p.f.words()
	for _, scheme := range p.done.tariffs.Book.Schemes {
		for _, v := range scheme.Versions {
			if slices.Contains(p.done.report.Tariffs, v.ID) {
				facts = append(facts, ui.Fact{Name: scheme.Name, Value: w.T("check.source", "date", w.Day(v.From), "source", v.Source)})
			}
		}
	}
	return append(facts, ui.Fact{Name: w.T("check.book"), Value: p.done.tariffs.Version})
}

// difference is a line that is not what it should be: both amounts, and both reasons.
func (p *check) difference(l recheck.Line) app.UI {
	w := p.f.words()
	title, reasons := w.T("check.unknown"), []app.UI{}
	if l.Passage != nil {
		shown := p.line(l, l.Own)
		title = w.T("check.line", "name", shown.Name, "date", w.Weekday(dayOf(shown)), "time", w.Clock(shown.At))
	}
	for _, d := range l.Differs {
		reasons = append(reasons, app.Elem("li").Text(w.T("check.differs."+string(d))))
	}
	return app.Elem("article").ID("differs-"+string(l.ID)).Class("bp-card bp-differs").Body(
		app.Elem("h3").Class("bp-card-title").Text(title),
		app.Elem("ul").Class("bp-reasons").Body(reasons...),
		app.Elem("div").Class("bp-beside").Body(
			p.side(w.T("check.posted"), l, l.Posted),
			p.side(w.T("check.own"), l, l.Own),
		),
		app.Elem("p").Class("bp-sub").Text(w.T("check.number", "id", l.ID)),
	)
}

func (p *check) side(name string, l recheck.Line, c *recheck.Charge) app.UI {
	w := p.f.words()
	if c == nil {
		text := w.T("check.nothing")
		if l.Why != nil {
			text = w.Fault(l.Why)
		}
		return ui.Receipt{Title: name, Notes: []string{text}}.UI()
	}
	r := p.lines().receipt(p.line(l, c))
	r.Title, r.Facts = name, nil
	return r.UI()
}

// lines are all lines as they were charged, newest first.
func (p *check) lines() lines {
	rows := lines{words: p.f.words(), open: p.open, toggle: func(id toll.PassageID) { p.open[id] = !p.open[id] }}
	for _, l := range slices.Backward(p.done.report.Lines) {
		if l.Passage != nil {
			rows.all = append(rows.all, p.line(l, l.Posted))
		}
	}
	return rows
}

// line shows a charge of a line as the passages' page would.
func (p *check) line(l recheck.Line, c *recheck.Charge) api.PassageLine {
	shown := api.PassageLine{ID: l.ID, Vehicle: p.asked.vehicle}
	if l.Passage != nil {
		shown.At, shown.Station, shown.Name = l.Passage.At, l.Passage.Station, string(l.Passage.Station)
		shown.Direction, shown.MatchedBy, shown.Tag = l.Passage.Direction, l.Passage.MatchedBy, l.Passage.Tag
		if s, ok := p.done.tariffs.Plan.Station(shown.Station); ok {
			shown.Name, shown.Charger = s.Name, s.ChargerName
		}
	}
	for _, v := range vehiclesOf(p.f.s.Latest()) {
		if v.ID == shown.Vehicle {
			shown.Plate = v.Plate
		}
	}
	if c != nil {
		shown.Priced, shown.List, shown.Net, shown.Steps = true, c.List, c.Net, c.Steps
	}
	return shown
}

// millis writes a time in milliseconds with one decimal.
func millis(w *i18n.Words, d time.Duration) string {
	return w.Decimal(d.Microseconds()/100, 1) + "\u00a0ms"
}
