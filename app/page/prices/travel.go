package prices

import (
	"math"

	"bompass/shared/tariff"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

// The assumed time of the first station of a trip, and the time between two stations whose places are not known.
const (
	firstMinute = 7*60 + 30
	stepMinutes = 10
)

// speeds is the average speed in km/h by hour of the day, in a town and over longer distances. It is an estimate, which
// the reader corrects.
var speeds = [24]struct{ town, road float64 }{ //nolint:gochecknoglobals // a table
	{45, 75},
	{45, 75},
	{45, 75},
	{45, 75},
	{45, 75},
	{45, 75},
	{38, 70},
	{25, 45},
	{25, 45},
	{32, 68},
	{35, 70},
	{35, 70},
	{35, 70},
	{35, 70},
	{32, 68},
	{24, 45},
	{24, 45},
	{30, 65},
	{35, 70},
	{38, 70},
	{40, 72},
	{42, 75},
	{45, 75},
	{45, 75},
}

// Distances. Roads are longer than the straight line; up to townKM, traffic is that of a town.
const (
	detour        = 1.3
	townKM        = 15.0
	kmPerDegree   = 111.2
	microdegrees  = 1e6
	travelMinimum = 2 // minutes
)

// travelMinutes returns how long it takes from one station to another when the first is passed at a minute of the day.
func travelMinutes(from, to tariff.Station, minute int) int {
	km := distanceKM(from, to) * detour
	if km == 0 {
		return stepMinutes
	}
	speed := speeds[minute/60%24].town
	if km > townKM {
		speed = speeds[minute/60%24].road
	}
	return max(travelMinimum, int(math.Round(km/speed*60)))
}

// distanceKM returns the distance between two stations as the crow flies, 0 when the place of one is not known.
func distanceKM(a, b tariff.Station) float64 {
	if a.Lat == 0 || b.Lat == 0 {
		return 0
	}
	lat := float64(a.Lat-b.Lat) / microdegrees * kmPerDegree
	lon := float64(a.Lon-b.Lon) / microdegrees * kmPerDegree * math.Cos(float64(a.Lat)/microdegrees*math.Pi/180)
	return math.Hypot(lat, lon)
}

// nextMinute returns the minute at which a station at the end of the trip is assumed to be passed.
func (p *page) nextMinute(t trip.Trip, next toll.StationID) int {
	if len(t.Stops) == 0 {
		return firstMinute
	}
	last := t.Stops[len(t.Stops)-1]
	plan := p.Session.Tariffs().Plan
	from, _ := plan.Station(last.Station)
	to, _ := plan.Station(next)
	return (last.Minute + travelMinutes(from, to, last.Minute)) % trip.MinutesPerDay
}
