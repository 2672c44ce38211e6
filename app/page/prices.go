package page

import (
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/app/ui"
	"bompass/shared/fault"
	"bompass/shared/tariff"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

// prices is the page that says beforehand what a trip will cost. It is for everyone, and works without
// a network once it has been opened.
type prices struct {
	app.Compo
	f frame

	trip          trip.Trip
	query         string // in the search field
	wrong         error
	refused       *fault.Error // what a field cannot be
	with, without trip.Quote   // with agreement and tag, and with neither
	took          time.Duration
	open          map[toll.PassageID]bool
}

func newPrices(s *session.Session) *prices {
	return &prices{f: frame{s: s, public: true}, open: map[toll.PassageID]bool{}}
}

// OnMount asks for the tariffs, unless another page has done so.
func (p *prices) OnMount(ctx app.Context) {
	p.f.mount(ctx, listener{})
	if p.f.s.Tariffs() == nil {
		p.load(ctx)
	}
}

// OnDismount stops listening.
func (p *prices) OnDismount() { p.f.dismount() }

// OnAppUpdate offers the new version.
func (p *prices) OnAppUpdate(app.Context) { p.f.s.Outdate() }

// OnNav takes the trip from the address.
func (p *prices) OnNav(ctx app.Context) {
	p.trip = planned(ctx.Page().URL(), p.f.s.Today())
	p.price()
	p.f.arrive(ctx, p.f.words().T("prices.title"))
}

func (p *prices) load(ctx app.Context) {
	p.wrong = nil
	load(ctx, p.f.s.FetchTariffs, func(_ app.Context, t *session.Tariffs, err error) {
		if err != nil {
			p.wrong = err
			return
		}
		p.f.s.Keep(t)
		p.price()
	})
}

// price works the trip out, both ways of paying.
func (p *prices) price() {
	t := p.f.s.Tariffs()
	if t == nil {
		return
	}
	took := p.f.s.Watch()
	p.with, p.without = trip.Price(t.Plan, p.trip, true), trip.Price(t.Plan, p.trip, false)
	p.took = took()
}

// change changes the trip, its price and the address, so that the trip can be sent to somebody.
func (p *prices) change(do func(*trip.Trip)) {
	p.trip.Stops = slices.Clone(p.trip.Stops)
	do(&p.trip)
	p.price()
	p.f.s.Window.Replace(planHref(p.trip))
	w := p.f.words()
	if len(p.with.Sums) > 0 {
		p.f.said = w.T("prices.said", "with", sums(w, p.with), "without", sums(w, p.without))
	}
}

// add puts a station at the end of the trip.
func (p *prices) add(id toll.StationID) {
	p.query = ""
	p.fixed(stationField)
	p.change(func(t *trip.Trip) {
		if len(t.Stops) < trip.StopsMax {
			t.Stops = append(t.Stops, trip.Stop{Station: id, Minute: nextMinute(*t)})
		}
	})
}

// keep takes a field's value into the trip, or says that it cannot be read.
func (p *prices) keep(field string, ok bool, do func(*trip.Trip)) {
	if !ok {
		p.refused = fault.New(fault.FieldWrong).At(field)
		return
	}
	p.fixed(field)
	p.change(do)
}

// fixed forgets what was wrong with a field.
func (p *prices) fixed(field string) {
	if p.refused != nil && p.refused.Field == field {
		p.refused = nil
	}
}

// search sends the search's form.
func (p *prices) search(ctx app.Context) {
	if p.fixed(stationField); p.query == "" {
		p.refused = fault.New(fault.FieldMissing).At(stationField)
		p.f.blame(ctx, p.f.words().T("prices.title"))
	}
}

// remove takes a station out of the trip, and can put it back.
func (p *prices) remove(i int) {
	before := slices.Clone(p.trip.Stops)
	name, _ := p.place(before[i].Station)
	p.change(func(t *trip.Trip) { t.Stops = append(t.Stops[:i], t.Stops[i+1:]...) })
	p.f.undoable(p.f.words().T("prices.removed", "name", name), func(app.Context) {
		p.change(func(t *trip.Trip) { t.Stops = before })
	})
	p.f.s.Window.Focus(stationField)
}

// foundMax is how many stations a search shows.
const foundMax = 12

// find searches by the names of stations, schemes and toll companies. More tells how many more there are.
func (p *prices) find() (found []tariff.Station, more int) {
	query := strings.ToLower(strings.TrimSpace(p.query))
	if query == "" {
		return nil, 0
	}
	t := p.f.s.Tariffs()
	for _, s := range t.Plan.Stations() {
		text := strings.ToLower(s.Name + " " + schemeName(t.Book, s.Scheme) + " " + s.ChargerName + " " + string(s.ID))
		if !strings.Contains(text, query) {
			continue
		}
		if len(found) < foundMax {
			found = append(found, s)
		} else {
			more++
		}
	}
	return found, more
}

func schemeName(b *tariff.Book, id toll.SchemeID) string {
	for _, s := range b.Schemes {
		if s.ID == id {
			return s.Name
		}
	}
	return string(id)
}

// ferry tells whether a station is a crossing that is priced by length.
func (p *prices) ferry(id toll.StationID) bool {
	t := p.f.s.Tariffs()
	s, ok := t.Plan.Station(id)
	return ok && slices.ContainsFunc(t.Book.Schemes, func(scheme *tariff.Scheme) bool { return scheme.ID == s.Scheme && scheme.Ferry })
}

// Render shows the trip and what it costs.
func (p *prices) Render() app.UI {
	w := p.f.words()
	head := []app.UI{ui.Title(w.T("prices.title")), app.Elem("p").Class("bp-lead").Text(w.T("prices.lead"))}
	switch {
	case p.f.s.Neutral():
	case p.f.s.Tariffs() != nil:
		head = append(head, p.choice(), app.Elem("section").Class("bp-result bp-stack").Aria("label", w.T("prices.result")).Body(p.result()...))
	case p.wrong != nil:
		head = append(head, p.f.failed(p.wrong, p.load))
	default:
		head = append(head, ui.Loading(w.T("app.loading")))
	}
	return p.f.render(pricesPath, head...)
}
