package prices

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/i18n"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/tariff"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

// schemeMap draws the stations of the scheme that is searched for where they are, each with its price now. The list of
// stations below says the same. It is nil without a scheme or when the places are not known.
func (p *page) schemeMap(found []tariff.Station) app.UI {
	w := p.Words()
	if p.scheme == "" || len(found) == 0 {
		return nil
	}
	stations := make([]ui.MapPoint, 0, len(found))
	for _, s := range found {
		if s.Lat == 0 {
			continue
		}
		price, text := p.priceNow(s)
		label := ""
		if price >= 0 {
			label = strconv.FormatInt(int64(price)/100, 10)
		}
		stations = append(stations, ui.MapPoint{
			ID: "map-" + string(s.ID), Name: s.Name + ": " + text, Label: label, Lat: float64(s.Lat) / microdegrees, Lon: float64(s.Lon) / microdegrees,
		})
	}
	if len(stations) == 0 {
		return nil
	}
	return app.Elem("figure").Class("bp-map").Body(
		ui.Map{Name: w.T("prices.map", "scheme", schemeName(p.Session.Tariffs().Book, p.scheme)), Points: stations}.UI(),
		app.Elem("figcaption").Class("bp-quiet").Text(w.T("prices.map.now", "class", w.Class(p.trip.Class.String()), "time", w.Clock(p.Session.Now()))))
}

// priceNow returns the price of a passage now with a tag, and how it is written; price is negative when it is not known.
func (p *page) priceNow(s tariff.Station) (price money.Ore, text string) {
	w := p.Words()
	at := oslo.In(p.Session.Now())
	way := s.Charged
	if way == toll.DirectionUnknown {
		way = p.trip.Way
	}
	quote := trip.Price(p.Session.Tariffs().Plan, trip.Trip{
		Day: p.Session.Today(), Way: way, Class: p.trip.Class, LengthMM: p.trip.LengthMM,
		Stops: []trip.Stop{{Station: s.ID, Minute: at.Hour()*60 + at.Minute()}},
	}, true)
	if !quote.Whole || len(quote.Lines) == 0 {
		return -1, w.T("prices.unknown")
	}
	net := quote.Lines[0].Net
	return net, w.Money(net, s.Currency)
}

// note is what the list of stations says about one: its scheme and company, or in the list of a scheme the price now.
func (p *page) note(s tariff.Station) string {
	w := p.Words()
	if p.scheme == "" {
		return schemeName(p.Session.Tariffs().Book, s.Scheme) + " · " + s.ChargerName
	}
	_, text := p.priceNow(s)
	note := w.T("prices.now", "amount", text)
	if s.Charged == toll.Inbound {
		note += " · " + i18n.Sentence(w.T("prices.charged.in"))
	}
	return note
}
