package workbench

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
)

func change(key string) ui.Action { return ui.Change(key, func(app.Context, string) {}) }

var vehicles = []ui.Option{{Text: "All vehicles"}, {Value: "a", Text: "DP 45821, petrol car"}, {Value: "b", Text: "EK 31204, electric car"}}

func fields() []app.UI {
	all := make([]app.UI, 0, 12)
	for i, f := range []ui.Field{
		{Label: "Plain"}, {Label: "With a hint", Hint: "As it stands on the letter."}, {Label: "With a mistake", Error: "Write your e-mail address, such as name@example.no."},
	} {
		f.ID = "field-" + strconv.Itoa(i)
		all = append(all, f.Text("kari@bompass.example", ui.Input{Kind: "email", Complete: "email"}, change(f.ID)))
	}
	return append(all,
		ui.Field{ID: "bench-vehicle", Label: "Vehicle"}.Select("a", vehicles, change("bench-vehicle")),
		ui.Field{ID: "bench-vehicle-wrong", Label: "Vehicle", Error: "Choose a vehicle."}.Select("", vehicles, change("bench-vehicle-wrong")),
		ui.Field{ID: "bench-day", Label: "From"}.Date("2026-11-01", change("bench-day")),
		ui.Field{ID: "bench-clock", Label: "Time of day"}.Time("07:30", change("bench-clock")),
		ui.Field{ID: "bench-search", Label: "Search", Hint: "Name of a station."}.Search("Maritim", change("bench-search")),
		ui.Field{ID: "bench-box", Label: "Send me letters by e-mail", Hint: "You can change your mind."}.Checkbox(true, ui.Toggle("bench-box", func(app.Context, bool) {})),
		ui.Field{ID: "bench-file", Label: "Receipt", Hint: "PDF or picture, at most 10 MB."}.File(".pdf,image/*", "", change("bench-file")),
		ui.Field{ID: "bench-file-wrong", Label: "Receipt", Error: "The file is larger than 10 MB. Choose a smaller one."}.File(".pdf", "receipt.pdf, 14 MB", change("bench-file-wrong")),
		ui.ReadOnly("Name", "Kari Lund", "From the national register."),
	)
}

func question() app.UI {
	return ui.StackedForm("A question", ui.Submit("bench-form", func(app.Context) {}),
		ui.Field{ID: "bench-why", Label: "Why do you want another tag?", Hint: "We ask because a lost tag must be blocked.", Error: "Choose an answer."}.
			Radios("", []ui.Option{{Value: "lost", Text: "The old one is lost"}, {Value: "worn", Text: "The old one is not read"}, {Value: "unsure", Text: "I do not know"}}, func(app.Context, string) {}),
		ui.ErrorSummary("Correct this to go on", []ui.FormError{{Field: "bench-why-lost", Text: "Choose an answer."}}),
		ui.SubmitButton("Go on"))
}

func task() []app.UI {
	return []app.UI{
		ui.Stepper{Name: "Step 2 of 3", Current: 1, Steps: []ui.Crumb{{Href: "/", Text: "Vehicle"}, {Href: "/", Text: "Tag"}, {Href: "/", Text: "Check answers"}}}.UI(),
		ui.Answers("Change", []ui.Answer{
			{Question: "Vehicle", Text: "DP 45821", Href: "/"}, {Question: "Send to", Text: "Kari Lund, Storgata 1, 0155 Oslo", Href: "/"}, {Question: "Price", Text: "NOK 0.00"},
		}),
	}
}

func tabs(here string, chart ui.Chart) app.UI {
	return app.Elem("div").Class("bp-card").Body(ui.Tabs{
		ID: "bench-" + here, Name: "Spending", Current: here, OnSelect: func(app.Context, string) {}, Body: chart.UI(),
		Tabs: []ui.Tab{{ID: "sum", Text: "So far"}, {ID: "day", Text: "Day by day"}},
	}.UI())
}

func line() ui.Chart {
	c := ui.Chart{
		ID: "line", Name: "Line chart: November has cost 1,240 kroner so far", Slots: 31, Top: 200000,
		Axis: []string{"1", "16", "31"}, Scale: []string{"2,000", "1,000", "0"}, ShowTable: "Show as a table", Table: figures(),
	}
	var now, before []int64
	for i := range int64(31) {
		before = append(before, 5000*i+1000*(i%7))
		if i < 20 {
			now = append(now, 6000*i+500*(i%5))
		}
	}
	c.Series = []ui.Series{{Name: "November 2026", Sum: "1,160", Values: now}, {Name: "October 2026", Sum: "1,520", Values: before}}
	return c
}

func bars() ui.Chart {
	c := line()
	c.ID, c.Bars, c.Top = "bars", true, 20000
	c.Scale = []string{"200", "100", "0"}
	var days []int64
	for i := range int64(20) {
		days = append(days, i*7919%19000)
	}
	c.Series = []ui.Series{{Name: "November 2026", Sum: "1,160", Values: days}}
	return c
}

func figures() ui.Table {
	rows := []ui.Row{}
	for i := range 5 {
		rows = append(rows, ui.Row{Cells: []app.UI{app.Elem("span").Text(strconv.Itoa(i + 1)), app.Elem("span").Text("60.00"), app.Elem("span").Text("50.00")}})
	}
	return ui.Table{Kind: "figures", Caption: "Spending", Columns: []ui.Column{{Text: "Date"}, {Text: "November", Number: true}, {Text: "October", Number: true}}, Groups: []ui.Group{{Rows: rows}}}
}

func meters() []app.UI {
	return []app.UI{app.Elem("div").Class("bp-meters").Body(
		ui.Meter{ID: "m-0", Name: "DP 45821", Note: "Oslo, city limits", Text: "0 of 60", Of: 60}.UI(),
		ui.Meter{ID: "m-1", Name: "DP 45821", Note: "Oslo, rings", Text: "42 of 60", Count: 42, Of: 60}.UI(),
		ui.Meter{ID: "m-2", Name: "EK 31204", Note: "Bergen", Text: "60 of 60", Count: 60, Of: 60, Done: "The cap is reached. The rest of the month is free."}.UI(),
	)}
}

func table(open bool) app.UI {
	row := func(id, time, station, way, sum string) ui.Row {
		return ui.Row{
			ID:     id,
			Expand: &ui.Expand{Open: open, Toggle: nothing(id), Label: []app.UI{app.Elem("span").Text(time)}, Detail: receipt().UI()},
			Cells: []app.UI{
				nil, app.Elem("div").Body(app.Elem("span").Class("bp-station").Text(station), app.Elem("span").Class("bp-sub").Text("DP 45821 · Fjellinjen")),
				app.Elem("span").Class("bp-direction").Body(ui.IconIn.UI(), app.Text(way)), app.Elem("div").Class("bp-sum").Body(ui.Badge("success", "Hour rule"), app.Elem("span").Class("bp-amount").Text(sum)),
			},
		}
	}
	id := "r" + strconv.FormatBool(open)
	return app.Elem("div").Class("bp-result").Body(ui.Table{
		Kind: "passages", Caption: "Passages",
		Columns: []ui.Column{{Text: "Time"}, {Text: "Station"}, {Text: "Direction"}, {Text: "Amount", Number: true}},
		Groups:  []ui.Group{{Title: "Friday 20 November", Rows: []ui.Row{row(id, "07:10", "E18 Maritim", "In", "0.00")}}},
	}.UI())
}

func receipt() ui.Receipt {
	return ui.Receipt{
		Title: "Why did it cost 0.00?", Sum: "You pay", Total: "0.00",
		Lines: []ui.ReceiptLine{{Text: "List price for petrol car, rush hour", Amount: "29.00"}, {Text: "Tag discount, 20%", Amount: "-5.80"}, {Text: "Hour rule", Amount: "-23.20"}},
		Facts: []ui.Fact{{Name: "Toll company", Value: "Fjellinjen"}, {Name: "Registered", Value: "With tag 9578010000000000012"}},
	}
}
