// Package prices is the page that says beforehand what a trip will cost. It is for everyone, and works
// without a network once it has been opened.
package prices

import (
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/site"
	"bompass/shared/tariff"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

type base = frame.Page

type page struct {
	app.Compo
	base

	tariffs       frame.Query[*session.Tariffs] // kept in the session: other pages use them too
	trip          trip.Trip
	search        string         // in the search field
	scheme        toll.SchemeID  // whose stations are listed; empty while a search decides
	vehicle       toll.VehicleID // the reader's own vehicle that is priced; empty for another
	refused       *fault.Error   // a field with an invalid value
	with, without trip.Quote     // with agreement and tag, and with neither
	took          time.Duration
	open          map[toll.PassageID]bool
}

// New returns the page.
func New(s *session.Session) app.Composer {
	if !s.Neutral() {
		frame.PrimeOverview(s) // own vehicles come first
	}
	return &page{base: frame.NewPublic(s), open: map[toll.PassageID]bool{}}
}

// OnMount asks for the tariffs, unless another page has done so.
func (p *page) OnMount(ctx app.Context) {
	p.Subscribe(ctx, frame.Handlers{})
	if p.Session.Tariffs() == nil {
		p.tariffs.Load(ctx, &p.base, frame.Request[*session.Tariffs]{
			Get: p.Session.FetchTariffs,
			Answered: func(ctx app.Context, t *session.Tariffs) {
				p.Session.SetTariffs(t)
				p.price()
				p.askVehicles(ctx)
			},
		})
		return
	}
	p.askVehicles(ctx)
}

// askVehicles asks for the reader's own vehicles, which come first in the list of vehicles, when somebody is signed in.
func (p *page) askVehicles(ctx app.Context) {
	if _, known := p.Session.Me(); known && p.Session.Overview() == nil && p.May(api.Overview.Endpoint) {
		p.RefreshOverview(ctx)
	}
}

// OnNav takes the trip from the address.
func (p *page) OnNav(ctx app.Context) {
	p.trip = parseTrip(ctx.Page().URL(), p.Session.Today())
	p.price()
	p.Enter(ctx, p.Words().T("prices.title"))
}

// price computes the trip with an agreement and tag, and with neither.
func (p *page) price() {
	t := p.Session.Tariffs()
	if t == nil {
		return
	}
	took := p.Session.Stopwatch()
	p.with, p.without = trip.Price(t.Plan, p.trip, true), trip.Price(t.Plan, p.trip, false)
	p.took = took()
}

// change changes the trip, its price and the address: the address can be shared.
func (p *page) change(do func(*trip.Trip)) {
	p.trip.Stops = slices.Clone(p.trip.Stops)
	do(&p.trip)
	p.price()
	p.Session.Window.ReplaceAddress(tripAddress(p.trip))
	w := p.Words()
	if len(p.with.Sums) > 0 {
		p.Announce(w.T("prices.said", "with", sums(w, p.with), "without", sums(w, p.without)))
	}
}

// add puts a station at the end of the trip.
func (p *page) add(id toll.StationID) {
	p.search = ""
	p.clearError(stationField)
	p.change(func(t *trip.Trip) {
		if len(t.Stops) < trip.StopsMax {
			t.Stops = append(t.Stops, trip.Stop{Station: id, Minute: p.nextMinute(*t, id)})
		}
	})
}

// setField changes the trip by a field's value, or marks the field when its value is not valid.
func (p *page) setField(field string, valid bool, do func(*trip.Trip)) {
	if !valid {
		p.refused = fault.New(fault.FieldWrong).At(field)
		return
	}
	p.clearError(field)
	p.change(do)
}

// clearError removes the error of a field.
func (p *page) clearError(field string) {
	if p.refused != nil && p.refused.Field == field {
		p.refused = nil
	}
}

// submitSearch sends the form of the search.
func (p *page) submitSearch(ctx app.Context) {
	if p.clearError(stationField); p.search == "" && p.scheme == "" {
		p.refused = fault.New(fault.FieldMissing).At(stationField)
		p.FocusErrors(ctx, p.Words().T("prices.title"))
	}
}

// remove takes a station out of the trip and offers to put it back.
func (p *page) remove(i int) {
	before := slices.Clone(p.trip.Stops)
	name, _ := p.stationName(before[i].Station)
	p.change(func(t *trip.Trip) { t.Stops = append(t.Stops[:i], t.Stops[i+1:]...) })
	p.ToastWithUndo(p.Words().T("prices.removed", "name", name), func(app.Context) {
		p.change(func(t *trip.Trip) { t.Stops = before })
	})
	p.Session.Window.Focus(stationField)
}

// resultsMax is the maximum number of stations that a search shows.
const resultsMax = 12

// find searches by the names of stations, schemes and toll companies. More is the number of stations found
// beyond resultsMax.
func (p *page) find() (found []tariff.Station, more int) {
	query, t := strings.ToLower(strings.TrimSpace(p.search)), p.Session.Tariffs()
	if p.scheme != "" { // all stations of a scheme
		return slices.DeleteFunc(slices.Clone(t.Plan.Stations()), func(s tariff.Station) bool { return s.Scheme != p.scheme }), 0
	}
	if query == "" {
		return nil, 0
	}
	for _, s := range t.Plan.Stations() {
		text := strings.ToLower(s.Name + " " + schemeName(t.Book, s.Scheme) + " " + s.ChargerName + " " + string(s.ID))
		if !strings.Contains(text, query) {
			continue
		}
		if len(found) < resultsMax {
			found = append(found, s)
		} else {
			more++
		}
	}
	return found, more
}

// schemeName returns the name of a scheme, or its id if the tariffs do not have it.
func schemeName(b *tariff.Book, id toll.SchemeID) string {
	for _, s := range b.Schemes {
		if s.ID == id {
			return s.Name
		}
	}
	return string(id)
}

// isFerry reports whether a station is a ferry crossing, priced by the vehicle's length.
func (p *page) isFerry(id toll.StationID) bool {
	t := p.Session.Tariffs()
	s, ok := t.Plan.Station(id)
	return ok && slices.ContainsFunc(t.Book.Schemes, func(scheme *tariff.Scheme) bool { return scheme.ID == s.Scheme && scheme.Ferry })
}

// Render shows the trip and what it costs.
func (p *page) Render() app.UI {
	w := p.Words()
	body := []app.UI{ui.Title(w.T("prices.title")), ui.Lead(w.T("prices.lead"))}
	switch {
	case p.Session.Neutral():
	case p.Session.Tariffs() != nil:
		body = append(body, p.form(), app.Elem("section").Class("bp-result bp-stack").Aria("label", w.T("prices.result")).Body(p.result()...))
	default:
		body = append(body, p.tariffs.State(&p.base))
	}
	return p.Layout(site.Prices, body...)
}
