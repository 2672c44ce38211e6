package prices

import (
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/fleet"
	"bompass/app/ui"
	"bompass/shared/i18n"
	"bompass/shared/oslo"
	"bompass/shared/tariff"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

// The ids of the fields that can have an error.
const (
	stationField = "station"
	dayField     = "day"
	backField    = "back"
)

// timeFields returns the ids of the fields for the day and the times.
func (p *page) timeFields() []string {
	ids := []string{dayField, backField}
	for i := range p.trip.Stops {
		ids = append(ids, "at-"+strconv.Itoa(i))
	}
	return ids
}

// form chooses everything that the price depends on.
func (p *page) form() app.UI {
	w := p.Words()
	return app.Elem("div").Class("bp-choose bp-stack").Body(
		app.Elem("section").Class("bp-stack").Aria("labelledby", "stations").Body(
			ui.Heading("stations", w.T("prices.stations")),
			app.Elem("div").Body(app.If(len(p.trip.Stops) > 0, p.stops())), // above a list that can be long
			p.searchForm(),
		),
		app.Elem("section").Class("bp-stack").Aria("labelledby", "trip").Body(
			ui.Heading("trip", w.T("prices.trip")),
			ui.Form(w.T("prices.trip"), ui.Submit("trip", func(app.Context) {}), p.fields()...),
			p.ErrorSummary(p.refused, p.timeFields()...),
			p.saved(),
		),
	)
}

// searchForm finds stations by name and adds them to the trip.
func (p *page) searchForm() app.UI {
	w := p.Words()
	found, more := p.find()
	rows := make([]app.UI, 0, len(found))
	for _, s := range found {
		rows = append(rows, app.Elem("li").Body(p.searchResult(s)))
	}
	var drawn []app.UI
	if m := p.schemeMap(found); m != nil {
		drawn = append(drawn, m)
	}
	status := ""
	if p.search != "" || p.scheme != "" {
		status = w.N("prices.found", len(found)+more)
		if more > 0 {
			status += " " + w.T("prices.narrow")
		}
	}
	return app.Elem("div").Class("bp-search").Body(
		ui.Form(w.T("prices.search"), ui.Submit("search", p.submitSearch),
			p.WithError(p.refused, ui.Field{ID: stationField, Label: w.T("prices.search"), Hint: w.T("prices.search.hint")}).Search(p.search,
				ui.Change(stationField, func(_ app.Context, v string) { p.search, p.scheme = v, "" })),
			p.ErrorSummary(p.refused, stationField),
			ui.SubmitButton(w.T("prices.search.do")),
		),
		p.schemes(),
		app.Elem("p").Role("status").Class("bp-quiet").Text(status),
		app.Elem("div").Body(drawn...),
		app.Elem("ul").Class("bp-offers").Body(rows...),
	)
}

// schemes lists the toll schemes as ready searches.
func (p *page) schemes() app.UI {
	chips := []app.UI{}
	for _, s := range p.Session.Tariffs().Book.Schemes {
		chips = append(chips, app.Elem("li").Body(p.schemeChip(s)))
	}
	return app.Elem("nav").Class("bp-presets").Aria("label", p.Words().T("prices.schemes")).Body(app.Elem("ul").Body(chips...))
}

// schemeChip lists all stations of a scheme, or none of them again. It stays where it is, and so does its focus.
func (p *page) schemeChip(s *tariff.Scheme) app.UI {
	return ui.PressedChip(s.Name, p.scheme == s.ID, ui.On("scheme/"+string(s.ID), func(app.Context) {
		p.search = ""
		if p.scheme == s.ID {
			p.scheme = ""
			return
		}
		p.scheme = s.ID
	}))
}

// searchResult is a station that was found. Focus goes to its time in the trip when it is added.
func (p *page) searchResult(s tariff.Station) app.UI {
	return ui.ListButton("add-"+string(s.ID), s.Name, p.note(s), p.Words().T("prices.add"),
		ui.On("add/"+string(s.ID), func(ctx app.Context) {
			p.add(s.ID)
			ctx.Dispatch(func(ctx app.Context) {
				ctx.Defer(func(app.Context) { p.Session.Window.Focus("at-" + strconv.Itoa(len(p.trip.Stops)-1)) })
			})
		}))
}

// stops lists the stations chosen, each with the time at which it is passed.
func (p *page) stops() app.UI {
	w := p.Words()
	rows := make([]app.UI, 0, len(p.trip.Stops))
	for i, stop := range p.trip.Stops {
		name, scheme := p.stationName(stop.Station)
		key, field := strconv.Itoa(i)+"/"+string(stop.Station), "at-"+strconv.Itoa(i)
		rows = append(rows, app.Elem("li").Class("bp-stop").Body(
			app.Elem("div").Body(app.Elem("span").Class("bp-station").Text(name), app.Elem("span").Class("bp-sub").Text(scheme)),
			p.WithError(p.refused, ui.Field{ID: field, Label: w.T("prices.at", "name", name)}).Time(formatTime(stop.Minute), ui.Change("at/"+key, func(_ app.Context, v string) {
				minute, ok := parseTime(v)
				p.setField(field, ok, func(t *trip.Trip) { t.Stops[i].Minute = minute })
			})),
			ui.Button("tertiary", w.T("prices.remove"), ui.On("remove/"+key, func(app.Context) { p.remove(i) })).Aria("label", w.T("prices.remove.name", "name", name)),
		))
	}
	return app.Elem("div").Class("bp-stack").Body(
		app.Elem("ol").Class("bp-stops").Body(rows...),
		app.If(len(p.trip.Stops) > 1, app.Elem("p").Class("bp-quiet").Text(w.T("prices.travel"))))
}

func (p *page) stationName(id toll.StationID) (name, scheme string) {
	t := p.Session.Tariffs()
	s, ok := t.Plan.Station(id)
	if !ok {
		return string(id), ""
	}
	return s.Name, schemeName(t.Book, s.Scheme)
}

// fields are the vehicle, the day and the direction of the trip.
func (p *page) fields() []app.UI {
	w := p.Words()
	change := func(key string, do func(t *trip.Trip, v string)) ui.Action {
		return ui.Change(key, func(_ app.Context, v string) { p.change(func(t *trip.Trip) { do(t, v) }) })
	}
	both := ""
	if p.trip.Return {
		both = "both"
	}
	fields := []app.UI{
		ui.Field{ID: "class", Label: w.T("prices.class")}.Select(p.chosenClass(), append(p.ownVehicles(), classOptions(w)...), change("class", p.setClass)),
		p.WithError(p.refused, ui.Field{ID: dayField, Label: w.T("prices.day")}).Date(p.trip.Day.String(), ui.Change(dayField, func(_ app.Context, v string) {
			day, err := oslo.ParseDay(v)
			p.setField(dayField, err == nil, func(t *trip.Trip) { t.Day = day })
		})),
		ui.Field{ID: "way", Label: w.T("prices.way")}.Select(string(p.trip.Way), []ui.Option{
			{Value: string(toll.Inbound), Text: w.T("prices.way.in")}, {Value: string(toll.Outbound), Text: w.T("prices.way.out")},
		}, change("way", func(t *trip.Trip, v string) { t.Way = toll.Direction(v) })),
		ui.Field{ID: "both", Label: w.T("prices.return")}.Select(both, []ui.Option{
			{Text: w.T("prices.return.no")}, {Value: "both", Text: w.T("prices.return.yes")},
		}, change("both", func(t *trip.Trip, v string) { t.Return = v != "" })),
	}
	if p.trip.Return {
		fields = append(fields, p.WithError(p.refused, ui.Field{ID: backField, Label: w.T("prices.back")}).Time(formatTime(p.trip.Back), ui.Change(backField, func(_ app.Context, v string) {
			minute, ok := parseTime(v)
			p.setField(backField, ok, func(t *trip.Trip) { t.Back = minute })
		})))
	}
	if slices.ContainsFunc(p.trip.Stops, func(s trip.Stop) bool { return p.isFerry(s.Station) }) {
		fields = append(fields, ui.Field{ID: "length", Label: w.T("prices.length")}.Select(strconv.Itoa(p.trip.LengthMM), lengthOptions(w),
			change("length", func(t *trip.Trip, v string) { t.LengthMM, _ = strconv.Atoi(v) })))
	}
	return fields
}

// ownPrefix begins the value of an own vehicle in the list of vehicles; other values are classes.
const ownPrefix = "own:"

// ownMax is the maximum number of own vehicles in the list.
const ownMax = 30

// ownVehicles lists the reader's own vehicles, which come first.
func (p *page) ownVehicles() (options []ui.Option) {
	for _, v := range fleet.Vehicles(p.Session.Overview()) {
		if len(options) < ownMax {
			options = append(options, ui.Option{Value: ownPrefix + string(v.ID), Text: v.Plate.String() + ", " + p.Words().Class(v.Class)})
		}
	}
	return options
}

// chosenClass returns the value of the list of vehicles: an own vehicle while its class is the one that is priced.
func (p *page) chosenClass() string {
	for _, v := range fleet.Vehicles(p.Session.Overview()) {
		if v.ID == p.vehicle && v.Class == p.trip.Class.String() {
			return ownPrefix + string(v.ID)
		}
	}
	return p.trip.Class.String()
}

// setClass takes the class of an own vehicle, or a class.
func (p *page) setClass(t *trip.Trip, value string) {
	id, own := strings.CutPrefix(value, ownPrefix)
	p.vehicle = ""
	if !own {
		t.Class, _ = toll.ParseClass(value)
		return
	}
	for _, v := range fleet.Vehicles(p.Session.Overview()) {
		if string(v.ID) == id {
			p.vehicle = v.ID
			t.Class, _ = toll.ParseClass(v.Class)
		}
	}
}

func classOptions(w *i18n.Words) (options []ui.Option) {
	for c := range toll.Class(toll.ClassCount) {
		options = append(options, ui.Option{Value: c.String(), Text: i18n.Sentence(w.Class(c.String()))})
	}
	return options
}

// lengthOptions are the lengths at which ferry prices change, up to the longest vehicle.
func lengthOptions(w *i18n.Words) []ui.Option {
	options := []ui.Option{{Value: "0", Text: w.T("prices.length.choose")}}
	for _, mm := range []int{5_000, 6_000, 8_000, 10_000, 12_000, 14_000, 17_500, 19_500, 22_000} {
		options = append(options, ui.Option{Value: strconv.Itoa(mm), Text: w.T("prices.length.to", "metres", w.Decimal(int64(mm/100), 1))})
	}
	return options
}
