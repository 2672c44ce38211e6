package page

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// The views of what the month has cost.
const (
	sumView = "sum" // running total against the month before
	dayView = "day" // each day by itself
)

// scaleMin is the least amount that a drawing reaches to: 100 kroner.
const scaleMin = 100_00

// course is what the days of a month cost, from its first to a last day.
func course(days []api.DaySpend, month oslo.Month, last oslo.Day) []int64 {
	if last = min(last, month.Last()); last < month.First() {
		return nil
	}
	amounts := make([]int64, last-month.First()+1)
	for _, d := range days {
		if d.Day >= month.First() && d.Day <= last {
			amounts[d.Day-month.First()] += int64(d.Net)
		}
	}
	return amounts
}

// running adds amounts up from the first.
func running(amounts []int64) []int64 {
	sums := make([]int64, len(amounts))
	total := int64(0)
	for i, a := range amounts {
		total += a
		sums[i] = total
	}
	return sums
}

// last is the last of a run of amounts, 0 of none.
func last(amounts []int64) money.Ore {
	if len(amounts) == 0 {
		return 0
	}
	return money.Ore(amounts[len(amounts)-1])
}

// months are this month's amounts so far and all of the month before's, day by day.
func (p *overview) months(reply *api.OverviewReply) (now, before []int64) {
	return course(reply.Days, reply.Month, p.f.s.Today()), course(reply.Days, reply.Month-1, reply.Month.First())
}

// driven is what this month and the one before have cost, none of which is on an invoice: there are none.
func driven(reply *api.OverviewReply) (sum money.Ore) {
	for _, d := range reply.Days {
		sum += d.Net
	}
	return sum
}

// compared says how the month stands against the one before on the same date.
func (p *overview) compared(reply *api.OverviewReply) string {
	w := p.f.words()
	now, before := p.months(reply)
	month := w.MonthName(reply.Month - 1)
	before = running(before)
	if last(before) == 0 || len(now) == 0 {
		return ""
	}
	diff := last(running(now)) - last(before[:min(len(now), len(before))])
	switch {
	case diff > 0:
		return w.T("overview.spend.more", "amount", w.Kroner(diff), "month", month)
	case diff < 0:
		return w.T("overview.spend.less", "amount", w.Kroner(-diff), "month", month)
	}
	return w.T("overview.spend.same", "month", month)
}

// spend draws what the month has cost.
func (p *overview) spend(reply *api.OverviewReply) app.UI {
	w := p.f.words()
	if len(reply.Days) == 0 {
		return nil
	}
	tabs := ui.Tabs{
		ID: "spend", Name: w.T("overview.spend"), Here: p.view, Choose: func(_ app.Context, id string) { p.view = id },
		Tabs: []ui.Tab{{ID: sumView, Text: w.T("overview.spend.sum")}, {ID: dayView, Text: w.T("overview.spend.day")}},
		Body: p.chart(reply).UI(),
	}
	return app.Elem("section").Class("bp-card bp-spend").Aria("labelledby", "spend-title").Body(
		app.Elem("div").Class("bp-card-head").Body(ui.Heading("spend-title", w.T("overview.spend"))), tabs.UI())
}

func (p *overview) chart(reply *api.OverviewReply) ui.Chart {
	w := p.f.words()
	now, before := p.months(reply)
	total, whole := last(running(now)), last(running(before))
	c := ui.Chart{
		ID: "spend", Slots: max(int(reply.Month.Last()-reply.Month.First())+1, len(before)), Show: w.T("overview.spend.table"),
		Series: []ui.Series{{Name: w.Month(reply.Month), Sum: w.Kroner(total), Values: now}},
	}
	c.Name = w.T("overview.spend.name.day", "month", w.Month(reply.Month), "amount", w.Kroner(total))
	c.Bars = p.view == dayView
	if !c.Bars {
		now, before = running(now), running(before)
		c.Name = w.T("overview.spend.name.sum", "month", w.Month(reply.Month), "amount", w.Kroner(total), "before", w.Month(reply.Month-1), "whole", w.Kroner(whole))
		c.Series[0].Values = now
		c.Series = append(c.Series, ui.Series{Name: w.Month(reply.Month - 1), Sum: w.Kroner(whole), Values: before})
	}
	most := int64(0)
	for _, s := range c.Series {
		for _, v := range s.Values {
			most = max(most, v)
		}
	}
	c.Top = ui.Nice(most, scaleMin)
	c.Scale = []string{w.Whole(money.Ore(c.Top)), w.Whole(money.Ore(c.Top / 2)), w.Whole(0)}
	c.Axis = []string{"1", strconv.Itoa((c.Slots + 1) / 2), strconv.Itoa(c.Slots)}
	c.Twin = p.twin(reply, now, before, c.Slots)
	return c
}

// twin is the chart as a table: a row for each day of the month.
func (p *overview) twin(reply *api.OverviewReply, now, before []int64, days int) ui.Table {
	w := p.f.words()
	at := func(amounts []int64, i int) app.UI {
		if i >= len(amounts) {
			return app.Elem("span")
		}
		return app.Elem("span").Class("bp-amount").Text(w.Kroner(money.Ore(amounts[i])))
	}
	rows := make([]ui.Row, 0, days)
	for i := range days {
		rows = append(rows, ui.Row{Cells: []app.UI{app.Elem("span").Text(w.Number(int64(i + 1))), at(now, i), at(before, i)}})
	}
	return ui.Table{
		Kind: "figures", Caption: w.T("overview.spend"), Groups: []ui.Group{{Rows: rows}},
		Columns: []ui.Column{{Text: w.T("overview.spend.date")}, {Text: w.Month(reply.Month), Number: true}, {Text: w.Month(reply.Month - 1), Number: true}},
	}
}
