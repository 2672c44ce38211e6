package page

import (
	"net/url"

	"bompass/app/session"
	"bompass/shared/oslo"
	"bompass/shared/toll"
	"bompass/shared/trip"
	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func NewCheck(s *session.Session) app.Composer  { return newCheck(s) }
func NewPrices(s *session.Session) app.Composer { return newPrices(s) }

// ShowAll shows every line of a checked bill, as the button does.
func ShowAll(p app.Composer) { p.(*check).all = true }

// Search looks for stations, and Add takes one of them, as the field and the buttons do.
func Search(p app.Composer, query string)        { p.(*prices).query = query }
func Add(p app.Composer, station toll.StationID) { p.(*prices).add(station) }

// Explain opens a line of the trip.
func Explain(p app.Composer, id toll.PassageID) { p.(*prices).open[id] = true }

func Planned(u *url.URL, today oslo.Day) trip.Trip { return planned(u, today) }
func PlanHref(t trip.Trip) string                  { return planHref(t) }
