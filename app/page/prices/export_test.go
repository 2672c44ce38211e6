package prices

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/shared/oslo"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

// Search types into the search field; SubmitSearch sends its form.
func Search(c app.Composer, text string)           { c.(*page).search = text }
func SubmitSearch(ctx app.Context, c app.Composer) { c.(*page).submitSearch(ctx) }

// Add and Remove change the trip, as their buttons do; Undo puts the station back.
func Add(c app.Composer, station toll.StationID) { c.(*page).add(station) }
func Remove(c app.Composer, stop int)            { c.(*page).remove(stop) }
func Undo(ctx app.Context, c app.Composer)       { c.(*page).Undo(ctx) }

// Open opens a line of the trip.
func Open(c app.Composer, id toll.PassageID) { c.(*page).open[id] = true }

// SetField gives a field a value that is valid or not.
func SetField(c app.Composer, field string, valid bool) {
	c.(*page).setField(field, valid, func(*trip.Trip) {})
}

// Parse and Address read and write the trip in an address.
func Parse(u *url.URL, today oslo.Day) trip.Trip { return parseTrip(u, today) }
func Address(t trip.Trip) string                 { return tripAddress(t) }

// ChooseScheme lists the stations of a scheme, ChooseVehicle prices another vehicle, Save saves the trip, and Forget removes
// the first saved one, as their controls do.
func ChooseScheme(c app.Composer, id toll.SchemeID) { c.(*page).scheme = id }

func ChooseVehicle(c app.Composer, value string) {
	p := c.(*page)
	p.change(func(t *trip.Trip) { p.setClass(t, value) })
}
func Save(ctx app.Context, c app.Composer) { c.(*page).saveTrip(ctx) }
func Forget(c app.Composer) {
	p := c.(*page)
	p.forgetTrip(p.savedTrips()[0])
}
