package fleet

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// ScaleMin is the minimum of the upper end of a scale of costs: 100 kroner.
const ScaleMin = 100_00

// MonthsChart returns the cost of each of the api.OverviewMonths months until last. Id distinguishes the charts of a page.
func MonthsChart(w *i18n.Words, id string, last oslo.Month, months []api.MonthSpend) ui.Chart {
	first := last - api.OverviewMonths + 1
	values := make([]int64, api.OverviewMonths)
	total := money.Ore(0)
	for _, m := range months {
		if m.Month >= first && m.Month <= last {
			values[m.Month-first] += int64(m.Net)
			total += m.Net
		}
	}
	c := ui.Chart{
		ID: id, Slots: len(values), ShowTable: w.T("overview.spend.table"), Bars: true,
		Name:   w.T("overview.spend.name.months", "from", w.Month(first), "to", w.Month(last), "amount", w.Kroner(total)),
		Series: []ui.Series{{Name: w.T("overview.spend.months.sum"), Sum: w.Kroner(total), Values: values}},
	}
	rows := make([]ui.Row, 0, len(values))
	most := int64(0)
	for i, v := range values {
		month := first + oslo.Month(i)
		most = max(most, v)
		c.Axis = append(c.Axis, w.MonthShort(month))
		rows = append(rows, ui.Row{Cells: []app.UI{
			app.Elem("span").Text(i18n.Sentence(w.Month(month))), app.Elem("span").Class("bp-amount").Text(w.Kroner(money.Ore(v))),
		}})
	}
	c.Top = ui.RoundUp(most, ScaleMin)
	c.Scale = []string{w.Whole(money.Ore(c.Top)), w.Whole(money.Ore(c.Top / 2)), w.Whole(0)}
	c.Table = ui.Table{
		Kind: "figures", Caption: w.T("overview.spend"), Groups: []ui.Group{{Rows: rows}},
		Columns: []ui.Column{{Text: w.T("overview.spend.month")}, {Text: w.T("overview.spend.cost"), Number: true}},
	}
	return c
}
