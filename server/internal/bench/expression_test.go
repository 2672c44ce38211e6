package bench_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// facts is the input of a price rule, computed before the measurement.
type facts struct {
	Class           string
	Minute, Weekday int
	Holiday, July   bool
	Agreement, Tag  bool
	Inbound         bool
	program         *vm.Program
}

// measureExpressions prices the month with expr-lang/expr: one compiled expression for each station, with the price
// rules of a single passage, without hour rule and cap.
func (w *trafficMonth) measureExpressions(b *testing.B, t *table, core float64) {
	b.Helper()
	programs := w.programs(b)
	all := make([]facts, len(w.At))
	for i := range all {
		all[i] = w.facts(i)
		all[i].program = programs[w.Station[i]]
	}
	got := make([]charge, len(all))
	var machine vm.VM
	cost := w.perPassage(w.bestTime(parts, 2, func(from, to int) {
		for i := w.begin(from); i < w.Ends[to-1]; i++ {
			answer, err := machine.Run(all[i].program, &all[i])
			if err != nil {
				b.Fatal(err)
			}
			got[i].net = money.Ore(answer.(int))
		}
	}))
	want := w.singlePrices()
	w.compare(b, "expr-lang/expr", want, got)
	t.row("expr-lang/expr, price rules without windows", ns(cost), fmt.Sprintf("%.0f", cost/core),
		fmt.Sprint(countDifferences(want, got)), "")
}

// singlePrices returns the core's price of each passage without its neighbours.
func (w *trafficMonth) singlePrices() []charge {
	all := make([]charge, len(w.At))
	set, out := make([]rating.Crossing, 1), make([]rating.Charge, 1)
	for i, v := range w.vehicle {
		t := w.traits[v]
		w.resolveOne(&set[0], i, &t)
		w.plan.Rate(set, out)
		all[i].net = out[0].Net()
	}
	return all
}

func (w *trafficMonth) facts(i int) facts {
	v := w.Vehicles[w.vehicle[i]]
	wall := oslo.In(time.UnixMilli(w.At[i]))
	kind := tariff.KindOf(oslo.DayOf(wall))
	return facts{
		Class: v.Facts.Class(true).String(), Minute: wall.Hour()*60 + wall.Minute(), Weekday: int(kind.Weekday),
		Holiday: kind.Holiday, July: kind.July,
		Agreement: v.Have&tariff.Agreement != 0, Tag: v.Have&tariff.Tag != 0, Inbound: w.Inbound[i],
	}
}

// programs returns the compiled rules of each station, by index.
func (w *trafficMonth) programs(b *testing.B) (list []*vm.Program) {
	b.Helper()
	for _, id := range w.Stations {
		st, _ := w.plan.Station(id)
		for _, s := range w.book.Schemes {
			if s.ID == st.Scheme {
				text := ruleText(st, s.Version(oslo.DayOf(time.UnixMilli(w.At[0]))))
				program, err := expr.Compile(text, expr.Env(&facts{}), expr.AsInt())
				if err != nil {
					b.Fatal(err, text)
				}
				list = append(list, program)
			}
		}
	}
	return list
}

// ruleText returns a version's price rules at a station as an expression.
func ruleText(st tariff.Station, v *tariff.Version) string {
	var b strings.Builder
	switch st.Charged {
	case toll.Inbound:
		b.WriteString("!Inbound ? 0 : ")
	case toll.Outbound:
		b.WriteString("Inbound ? 0 : ")
	case toll.DirectionUnknown:
	}
	b.WriteString("(")
	for _, band := range v.Bands {
		if len(band.Zones) == 0 || contains(band.Zones, st.PriceZone) {
			fmt.Fprintf(&b, "%s ? %s : ", bandText(band), pricesText(st.PriceZone, band.Name, v))
		}
	}
	b.WriteString(pricesText(st.PriceZone, tariff.Base, v))
	b.WriteString(")")
	return b.String()
}

func contains(list []string, name string) bool {
	return strings.Contains(" "+strings.Join(list, " ")+" ", " "+name+" ")
}

// bandText returns the condition of a band of the day.
func bandText(band tariff.Band) string {
	var days, spans []string
	for d, on := range band.Days {
		if on {
			days = append(days, fmt.Sprint(d))
		}
	}
	for _, s := range band.Spans {
		spans = append(spans, fmt.Sprintf("Minute >= %d && Minute < %d", s.From, s.To))
	}
	text := "Weekday in [" + strings.Join(days, ",") + "] && (" + strings.Join(spans, " || ") + ")"
	if band.NotHolidays {
		text += " && !Holiday"
	}
	if band.NotJuly {
		text += " && !July"
	}
	return text
}

// pricesText returns the prices of a zone and band by vehicle class.
func pricesText(zone, band string, v *tariff.Version) string {
	var b strings.Builder
	b.WriteString("(")
	for _, class := range []toll.Class{
		toll.LightPetrol, toll.LightPlugIn, toll.LightDiesel, toll.LightElectric, toll.HeavyEuro6,
	} {
		if list, ok := v.Price(zone, band, class); ok {
			fmt.Fprintf(&b, "Class == %q ? %s : ", class, discountText(v, class, list))
		}
	}
	b.WriteString("-1)")
	return b.String()
}

// discountText returns a list price with the discounts for agreement and tag.
func discountText(v *tariff.Version, class toll.Class, list money.Ore) string {
	net := func(have tariff.Needs) string {
		text := fmt.Sprint(int64(list))
		if off, ok := v.TagDiscount(class, have); ok {
			text += fmt.Sprintf(" * %d / %d", off.Den-off.Num, off.Den)
		}
		if pays, ok := v.ZeroShare(class, have); ok {
			text += fmt.Sprintf(" * %d / %d", pays.Num, pays.Den)
		}
		if strings.Contains(text, "/") {
			return "int(round(" + text + "))"
		}
		return text
	}
	return fmt.Sprintf("(Agreement ? (Tag ? %s : %s) : (Tag ? %s : %s))", net(tariff.Agreement|tariff.Tag),
		net(tariff.Agreement), net(tariff.Tag), net(0))
}
