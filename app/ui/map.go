package ui

import (
	"math"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Map draws points where they are, north up and to scale, without a background: what lies between them is known to those
// who drive there, and no map service learns who looks.
type Map struct {
	Name   string // what the drawing shows, for screen readers
	Points []MapPoint
}

// MapPoint is a point of a Map. Label is short and stands in the point; Name is shown when the pointer is over it.
type MapPoint struct {
	ID, Name, Label string
	Lat, Lon        float64 // degrees
}

// The size of the drawing in its own units.
const (
	mapWidth  = 1000.0
	mapMargin = 50.0
	mapDot    = 26
	mapSpan   = 0.01 // degrees: the least that a map shows
	kmDegree  = 111.2
)

// UI returns the map with a scale.
func (m Map) UI() app.UI {
	south, north, west, east := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, p := range m.Points {
		south, north, west, east = min(south, p.Lat), max(north, p.Lat), min(west, p.Lon), max(east, p.Lon)
	}
	narrow := math.Cos((south + north) / 2 * math.Pi / 180) // degrees of longitude are shorter
	span := max(mapSpan, (east-west)*narrow)
	unit := (mapWidth - 2*mapMargin) / max(span, (north-south)*0.8) // a map is at most a quarter higher than wide
	height := (north-south)*unit + 2*mapMargin + 40
	shift := (mapWidth - 2*mapMargin - (east-west)*narrow*unit) / 2
	parts := make([]app.UI, 0, len(m.Points)+2)
	for _, p := range m.Points {
		x, y := mapMargin+shift+(p.Lon-west)*narrow*unit, mapMargin+(north-p.Lat)*unit
		parts = append(parts, svg("g", "point").Attr("transform", "translate("+whole(x)+" "+whole(y)+")").Body(
			svg("title", "").Text(p.Name), svg("circle", "dot").Attr("r", mapDot), svg("text", "label").Attr("dy", 9).Text(p.Label)))
	}
	km := scaleLength(unit / kmDegree)
	parts = append(parts,
		svg("path", "scale").Attr("d", "M"+whole(mapMargin)+" "+whole(height-18)+"h"+whole(float64(km)*unit/kmDegree)),
		svg("text", "scale-text").Attr("x", whole(mapMargin)).Attr("y", whole(height-26)).Text(strconv.Itoa(km)+" km"))
	return svg("svg", "map").Attr("viewBox", "0 0 1000 "+whole(height)).Role("img").Aria("label", m.Name).Body(parts...)
}

// scaleLength returns a round number of kilometres that is at least a tenth of the width of the map.
func scaleLength(unitsPerKM float64) int {
	for _, km := range []int{1, 2, 5, 10, 20, 50} {
		if float64(km)*unitsPerKM >= mapWidth/10 {
			return km
		}
	}
	return 100
}

func whole(v float64) string { return strconv.Itoa(int(math.Round(v))) }
