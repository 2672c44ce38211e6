package ui

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Chart shows amounts over time as a drawing, and the same amounts as a table for people who cannot see or
// read the drawing.
type Chart struct {
	ID        string // prefix of ids
	Name      string // what the drawing shows, for screen readers
	Bars      bool   // the first series as bars; otherwise every series as a line
	Slots     int    // positions on the time axis
	Series    []Series
	Axis      []string // texts along the time axis, evenly spaced
	Top       int64    // the amount at the upper edge, from RoundUp
	Scale     []string // texts of the amounts from Top to 0, evenly spaced
	Table     Table
	ShowTable string // "Show as a table"
}

// Series is a line or a row of bars: an amount for each slot from the first. It may end before the last slot.
type Series struct {
	Name, Sum string // in the legend
	Values    []int64
}

// The size of the drawing in its own units; it is stretched to the space on the page.
const (
	chartWidth  = 1000
	chartHeight = 200
)

// RoundUp returns the smallest round number that is at least n and least: 1, 2, 4 or 5 times a power of ten of
// least. Half of it is a whole number too.
func RoundUp(n, least int64) int64 {
	for unit := least; ; unit *= 10 {
		for _, k := range []int64{1, 2, 4, 5} {
			if k*unit >= n {
				return k * unit
			}
		}
	}
}

// UI returns the chart with its legend and table.
func (c Chart) UI() app.UI {
	legend := make([]app.UI, 0, len(c.Series))
	for i, s := range c.Series {
		legend = append(legend, app.Elem("li").Body(
			app.Elem("span").Class("bp-key bp-key-"+strconv.Itoa(i)).Aria("hidden", "true"),
			app.Elem("span").Text(s.Name), app.Elem("span").Class("bp-amount").Text(s.Sum)))
	}
	return app.Elem("div").Class("bp-chart").Body(
		app.Elem("ul").Class("bp-legend").Body(legend...),
		app.Elem("div").Class("bp-plot").Body(
			texts("bp-scale", c.Scale),
			c.drawing(),
			texts(c.axisClass(), c.Axis),
		),
		app.Elem("details").Class("bp-twin").Body(app.Elem("summary").Text(c.ShowTable), c.Table.UI()),
	)
}

// axisClass returns the class of the texts along the time axis: one below each slot, or spread evenly.
func (c Chart) axisClass() string {
	if len(c.Axis) == c.Slots {
		return "bp-axis bp-axis-slots"
	}
	return "bp-axis"
}

// texts are the labels along an edge. They are hidden from screen readers, which read the drawing's name and
// the table.
func texts(class string, list []string) app.UI {
	spans := make([]app.UI, 0, len(list))
	for _, text := range list {
		spans = append(spans, app.Elem("span").Text(text))
	}
	return app.Elem("div").Class(class).Aria("hidden", "true").Body(spans...)
}

// svg returns an SVG element. go-app sets classes by a property that SVG elements lack, so the stylesheet
// selects by data-part.
func svg(tag, part string) app.HTMLElem {
	return app.Elem(tag).XMLNS("http://www.w3.org/2000/svg").DataSet("part", part)
}

// stroke returns a path whose width does not change when the drawing is stretched.
func stroke(part, d string) app.UI {
	return svg("path", part).Attr("vector-effect", "non-scaling-stroke").Attr("d", d)
}

// drawing returns the SVG: lines of the scale, then the series. It is stretched to the width of the page.
func (c Chart) drawing() app.UI {
	parts := []app.UI{}
	for i := range c.Scale {
		parts = append(parts, stroke("grid", "M0 "+strconv.Itoa(chartHeight*i/max(1, len(c.Scale)-1))+"H1000"))
	}
	for i := len(c.Series) - 1; i >= 0; i-- { // the first is drawn on top
		if c.Bars && i == 0 {
			parts = append(parts, c.bars()...)
			continue
		}
		parts = append(parts, c.line(i)...)
	}
	return svg("svg", "drawing").Attr("viewBox", "0 0 1000 200").Attr("preserveAspectRatio", "none").
		Role("img").Aria("label", c.Name).Body(parts...)
}

// bars draws the values of the first series as bars, with gaps of a quarter of a slot.
func (c Chart) bars() (parts []app.UI) {
	step := chartWidth / max(1, c.Slots)
	for i, v := range c.Series[0].Values {
		if v > 0 {
			y := c.y(v)
			parts = append(parts, svg("rect", "bar").Attr("x", i*chartWidth/c.Slots+step/8).Attr("y", y).
				Attr("width", step-step/4).Attr("height", chartHeight-y))
		}
	}
	return parts
}

// line draws a series as a line. The first series ends in a dot, which marks today.
func (c Chart) line(series int) []app.UI {
	var d strings.Builder
	var x, y int
	for i, v := range c.Series[series].Values {
		x, y = i*chartWidth/max(1, c.Slots-1), c.y(v)
		mark := "L"
		if i == 0 {
			mark = "M"
		}
		d.WriteString(mark + strconv.Itoa(x) + " " + strconv.Itoa(y))
	}
	if d.Len() == 0 {
		return nil
	}
	parts := []app.UI{stroke("line-"+strconv.Itoa(series), d.String())}
	if series == 0 { // a line without length is a dot however the drawing is stretched
		parts = append(parts, stroke("dot", "M"+strconv.Itoa(x)+" "+strconv.Itoa(y)+"h.01"))
	}
	return parts
}

// y returns the distance of an amount from the upper edge, within the drawing.
func (c Chart) y(v int64) int {
	if c.Top <= 0 {
		return chartHeight
	}
	return int(chartHeight - chartHeight*min(max(v, 0), c.Top)/c.Top)
}
