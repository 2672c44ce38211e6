package overview

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page/fleet"
	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// The views of the cost.
const (
	monthsView = "months" // the latest months
	sumView    = "sum"    // running total of this month against the month before
	dayView    = "day"    // each day of this month by itself
)

// dailyAmounts returns the cost of each day of a month, from its first day to last.
func dailyAmounts(days []api.DaySpend, month oslo.Month, last oslo.Day) []int64 {
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

// runningTotals returns the sum of the amounts up to each one.
func runningTotals(amounts []int64) []int64 {
	sums := make([]int64, len(amounts))
	total := int64(0)
	for i, a := range amounts {
		total += a
		sums[i] = total
	}
	return sums
}

// lastAmount returns the last amount, 0 when there are none.
func lastAmount(amounts []int64) money.Ore {
	if len(amounts) == 0 {
		return 0
	}
	return money.Ore(amounts[len(amounts)-1])
}

// dailySpend returns the amounts of this month so far and of the whole month before, day by day.
func (p *page) dailySpend(reply *api.OverviewReply) (now, before []int64) {
	return dailyAmounts(reply.Days, reply.Month, p.Session.Today()), dailyAmounts(reply.Days, reply.Month-1, reply.Month.First())
}

// comparison says how much more or less this month has cost than the month before on the same date.
func (p *page) comparison(reply *api.OverviewReply) string {
	w := p.Words()
	now, before := p.dailySpend(reply)
	month := w.MonthName(reply.Month - 1)
	before = runningTotals(before)
	if lastAmount(before) == 0 || len(now) == 0 {
		return ""
	}
	diff := lastAmount(runningTotals(now)) - lastAmount(before[:min(len(now), len(before))])
	switch {
	case diff > 0:
		return w.T("overview.spend.more", "amount", w.Kroner(diff), "month", month)
	case diff < 0:
		return w.T("overview.spend.less", "amount", w.Kroner(-diff), "month", month)
	}
	return w.T("overview.spend.same", "month", month)
}

// spend shows the cost of the latest months as a chart, or that of this month day by day.
func (p *page) spend(reply *api.OverviewReply) app.UI {
	w := p.Words()
	if len(reply.Months) == 0 {
		return nil
	}
	drawn := p.chart(reply)
	if p.view == monthsView {
		drawn = fleet.MonthsChart(w, "spend", reply.Month, reply.Months)
	}
	tabs := ui.Tabs{
		ID: "spend", Name: w.T("overview.spend"), Current: p.view, OnSelect: func(_ app.Context, id string) { p.view = id },
		Tabs: []ui.Tab{{ID: monthsView, Text: w.T("overview.spend.months")}, {ID: sumView, Text: w.T("overview.spend.sum")}, {ID: dayView, Text: w.T("overview.spend.day")}},
		Body: drawn.UI(),
	}
	return app.Elem("section").Class("bp-card bp-spend").Aria("labelledby", "spend-title").Body(
		app.Elem("div").Class("bp-card-head").Body(ui.Heading("spend-title", w.T("overview.spend"))), tabs.UI())
}

// chart returns the spend of this month and the last: day by day, or added up from the first day.
func (p *page) chart(reply *api.OverviewReply) ui.Chart {
	w := p.Words()
	now, before := p.dailySpend(reply)
	total, whole := lastAmount(runningTotals(now)), lastAmount(runningTotals(before))
	c := ui.Chart{
		ID: "spend", Slots: max(int(reply.Month.Last()-reply.Month.First())+1, len(before)), ShowTable: w.T("overview.spend.table"),
		Series: []ui.Series{{Name: w.Month(reply.Month), Sum: w.Kroner(total), Values: now}},
	}
	c.Name = w.T("overview.spend.name.day", "month", w.Month(reply.Month), "amount", w.Kroner(total))
	c.Bars = p.view == dayView
	if !c.Bars {
		now, before = runningTotals(now), runningTotals(before)
		c.Name = w.T("overview.spend.name.sum", "month", w.Month(reply.Month), "amount", w.Kroner(total), "before", w.Month(reply.Month-1), "whole", w.Kroner(whole))
		c.Series[0].Values = now
		c.Series = append(c.Series, ui.Series{Name: w.Month(reply.Month - 1), Sum: w.Kroner(whole), Values: before})
	}
	// Both months have one scale, so that the lines can be compared.
	most := int64(0)
	for _, s := range c.Series {
		for _, v := range s.Values {
			most = max(most, v)
		}
	}
	c.Top = ui.RoundUp(most, fleet.ScaleMin)
	c.Scale = []string{w.Whole(money.Ore(c.Top)), w.Whole(money.Ore(c.Top / 2)), w.Whole(0)}
	c.Axis = []string{"1", strconv.Itoa((c.Slots + 1) / 2), strconv.Itoa(c.Slots)}
	c.Table = p.chartTable(reply, now, before, c.Slots)
	return c
}

// chartTable returns the chart's amounts as a table with a row for each day of the month.
func (p *page) chartTable(reply *api.OverviewReply, now, before []int64, days int) ui.Table {
	w := p.Words()
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
