package rating_test

import (
	"bufio"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bompass/assets"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Text cases can be read and extended without knowledge of Go. Each begins with "case". "vehicle" describes the
// vehicle. A line with a time is a passage, followed after = by its price and optionally the rules applied. "again"
// repeats the passage above. "days" is many passages. "total" is the sum of all. "known" is the instant until which
// passages are complete. Times are Norwegian wall clock, or have an offset.
//
//go:embed testdata
var testdata embed.FS

type textCase struct {
	name    string
	vehicle rating.Input
	inputs  []rating.Input
	wants   []want // beside inputs; those without an amount are zero
	total   string
	known   time.Time // zero: everything is known
}

type want struct {
	net   string // 23.20, or missing
	rules string
	line  int
}

func TestCases(t *testing.T) {
	book := wholeBook(t)
	plan := compile(t, book)
	files, err := testdata.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".txt") {
			continue
		}
		for _, c := range readCases(t, "testdata/"+f.Name()) {
			t.Run(strings.TrimSuffix(f.Name(), ".txt")+"/"+c.name, func(t *testing.T) { c.check(t, plan) })
		}
	}
}

func (c textCase) check(t *testing.T, plan *rating.Plan) {
	t.Helper()
	got := rate(plan, c.inputs)
	if !c.known.IsZero() {
		got = rateKnown(plan, c.inputs, c.known)
	}
	var total money.Ore
	for i, w := range c.wants {
		g := got[i]
		total += g.net
		net := g.net.String()
		if g.err != nil {
			net = "missing"
		}
		if g.err == nil && rating.Sum(g.steps) != g.net {
			t.Errorf("line %d: steps come to %s, net is %s: %v", w.line, rating.Sum(g.steps), g.net, g.steps)
		}
		if w.net != "" && net != w.net {
			t.Errorf("line %d: got %s %v, want %s", w.line, net, rules(g.steps), w.net)
		}
		if w.rules != "" && rules(g.steps) != w.rules {
			t.Errorf("line %d: got rules %q, want %q", w.line, rules(g.steps), w.rules)
		}
	}
	if c.total != "" && total.String() != c.total {
		t.Errorf("got a total of %s, want %s", total, c.total)
	}
}

func rules(steps []rating.Step) string {
	var words []string
	for _, s := range steps {
		word := string(s.Rule)
		switch s.Rule {
		case rating.RuleHour, rating.RuleDuplicate, rating.RulePair, rating.RuleAnnul, rating.RuleWaive:
			word += strings.TrimSuffix(":"+string(s.By), ":")
		case rating.RuleDay, rating.RuleVAT:
			word += ":" + s.Amount.String()
		case rating.RuleCap, rating.RuleCounted:
			word += fmt.Sprintf(":%d/%d", s.Count, s.Of)
		case rating.RuleExempt, rating.RuleSupplement, rating.RuleTag:
			word += strings.TrimSuffix(":"+s.Text, ":")
		case rating.RuleList, rating.RuleDirection, rating.RuleZeroEmission, rating.RuleToll, rating.RulePending,
			rating.RuleWithdrawn, rating.RuleMoved:
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// rated is the result of one input. Passages of a case are identified by their number from 1.
type rated struct {
	list, net money.Ore
	steps     []rating.Step
	pending   bool
	err       error
}

// rate resolves, sorts, rates and explains inputs of one vehicle and returns the results in their order.
func rate(plan *rating.Plan, inputs []rating.Input) []rated {
	return rateKnown(plan, inputs, time.Unix(1<<40, 0))
}

// rateKnown is rate with passages that are complete only before an instant.
func rateKnown(plan *rating.Plan, inputs []rating.Input, known time.Time) []rated {
	answers := make([]rated, len(inputs))
	var all []rating.Crossing
	var places []int
	for i, in := range inputs {
		c, err := plan.Resolve(in)
		if err != nil {
			answers[i].err = err
			continue
		}
		all, places = append(all, c), append(places, i)
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	rating.SortIndex(order, all)
	set, charges := make([]rating.Crossing, len(all)), make([]rating.Charge, len(all))
	for i, o := range order {
		set[i] = all[o]
	}
	plan.RateKnown(set, charges, known)
	ids := func(i int) toll.PassageID { return toll.PassageID(strconv.Itoa(places[order[i]] + 1)) }
	for i := range set {
		answers[places[order[i]]] = rated{
			list: charges[i].List(), net: charges[i].Net(), pending: charges[i].Pending(),
			steps: plan.Explain(set, charges, i, ids, nil),
		}
	}
	return answers
}

func wholeBook(tb testing.TB) *tariff.Book {
	tb.Helper()
	shipped, problems := tariff.Load(assets.Tariff)
	extra, more := tariff.Load(testdata)
	for _, p := range append(problems, more...) {
		tb.Fatal(p)
	}
	return tariff.NewBook(append(shipped.Schemes, extra.Schemes...)...)
}

func compile(tb testing.TB, book *tariff.Book) *rating.Plan {
	tb.Helper()
	plan, err := rating.Compile(book)
	if err != nil {
		tb.Fatal(err)
	}
	return plan
}

func readCases(t *testing.T, name string) (cases []textCase) {
	t.Helper()
	text, err := testdata.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	scan := bufio.NewScanner(strings.NewReader(string(text)))
	for n := 1; scan.Scan(); n++ {
		line, _, _ := strings.Cut(scan.Text(), "#")
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		rest = strings.TrimSpace(rest)
		if word == "case" {
			cases = append(cases, textCase{name: rest})
		}
		if word == "" || word == "case" {
			continue
		}
		if len(cases) == 0 {
			t.Fatalf("%s:%d: a line before the first case", name, n)
		}
		if err := cases[len(cases)-1].read(word, rest, n); err != nil {
			t.Fatalf("%s:%d: %v", name, n, err)
		}
	}
	return cases
}

func (c *textCase) read(word, rest string, line int) (err error) {
	switch word {
	case "vehicle":
		c.vehicle = rating.Input{}
		return traits(&c.vehicle, rest)
	case "total":
		c.total = rest
		return nil
	case "known":
		c.known, err = instant(rest)
		return err
	case "days":
		return c.days(strings.Fields(rest))
	case "again":
		_, right, _ := strings.Cut(rest, "=")
		last := c.inputs[len(c.inputs)-1]
		c.add(last, wantOf(right, line))
		c.inputs[len(c.inputs)-1].Key = last.Key
		return nil
	}
	in := c.vehicle
	left, right, _ := strings.Cut(rest, "=")
	words := strings.Fields(left)
	at := word
	if !strings.Contains(word, "T") && len(words) > 0 {
		at, words = word+" "+words[0], words[1:]
	}
	if in.At, err = instant(at); err != nil {
		return err
	}
	if len(words) == 0 {
		return fmt.Errorf("no station")
	}
	in.Station = toll.StationID(strings.TrimSuffix(words[0], ","))
	if err := traits(&in, strings.Join(words[1:], " ")); err != nil {
		return err
	}
	c.add(in, wantOf(right, line))
	return nil
}

func wantOf(text string, line int) want {
	net, rules, _ := strings.Cut(strings.TrimSpace(text), " ")
	return want{net: net, rules: strings.Join(strings.Fields(rules), " "), line: line}
}

// millimetres reads a length in metres with two decimals, such as 5.20 m.
func millimetres(text string) int {
	o, err := money.Parse(strings.TrimSuffix(text, " m"))
	if err != nil {
		return -1
	}
	return int(o) * 10
}

func (c *textCase) add(in rating.Input, w want) {
	in.Key = uint32(len(c.inputs))
	c.inputs, c.wants = append(c.inputs, in), append(c.wants, w)
}

// days adds: FIRST COUNT HH:MM … STATION, a passage at each time of each day.
func (c *textCase) days(words []string) error {
	if len(words) < 4 {
		return fmt.Errorf("days FIRST COUNT HH:MM STATION")
	}
	first, err := oslo.ParseDay(words[0])
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(words[1])
	if err != nil {
		return err
	}
	station := words[len(words)-1]
	for day := first; day < first+oslo.Day(count); day++ {
		for _, clock := range words[2 : len(words)-1] {
			in := c.vehicle
			if in.At, err = instant(day.String() + " " + clock); err != nil {
				return err
			}
			in.Station = toll.StationID(station)
			c.add(in, want{})
		}
	}
	return nil
}

func instant(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			day := oslo.Date(t.Date())
			return oslo.At(day, t.Hour(), t.Minute(), t.Second()), nil
		}
	}
	return time.Time{}, fmt.Errorf("time %q is not like 2023-03-07 06:20", s)
}

// traits parses words that describe a vehicle, or how one passage differs.
func traits(in *rating.Input, text string) error {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		part = strings.TrimSpace(part)
		if class, ok := toll.ParseClass(part); ok {
			in.Facts = factsOf(class)
			continue
		}
		word, rest, _ := strings.Cut(part, " ")
		switch word {
		case "agreement":
			in.Agreement = rest != "none"
		case "tag":
			in.TagRead = rest != "unread"
		case "in", "out":
			in.Direction = toll.Direction(word)
		case "exempt":
			in.Exempt = toll.ExemptionKind(rest)
		case "M1", "M2", "M3", "N1", "N2", "N3", "L3e":
			in.Facts.Category = word
			in.Facts.WeightKG, _ = strconv.Atoi(strings.TrimSuffix(rest, " kg"))
		case "holds":
			in.Products = append(slices.Clip(in.Products), tariff.ProductID(rest))
		case "length":
			in.LengthMM = millimetres(rest)
		case "trailer":
			in.TrailerMM = millimetres(rest)
		case "fuel":
			in.Facts.Fuel = toll.Fuel(rest)
		default:
			return fmt.Errorf("%q is not understood", part)
		}
	}
	return nil
}

func factsOf(c toll.Class) toll.Facts {
	f := toll.Facts{Category: "M1", WeightKG: 1800}
	if c.Heavy() {
		f = toll.Facts{Category: "N3", WeightKG: 19000}
	}
	switch c {
	case toll.LightPetrol:
		f.Fuel = toll.FuelPetrol
	case toll.LightPlugIn, toll.HeavyPlugIn:
		f.Fuel, f.PlugIn = toll.FuelPetrol, true
	case toll.LightDiesel:
		f.Fuel = toll.FuelDiesel
	case toll.LightElectric, toll.HeavyElectric:
		f.Fuel = toll.FuelElectric
	case toll.LightElectricVan:
		f.Category, f.Fuel = "N1", toll.FuelElectric
	case toll.LightHydrogen, toll.HeavyHydrogen:
		f.Fuel = toll.FuelHydrogen
	case toll.HeavyEuro5:
		f.Fuel, f.Euro = toll.FuelDiesel, 5
	case toll.HeavyEuro6:
		f.Fuel, f.Euro = toll.FuelDiesel, 6
	case toll.HeavyGas:
		f.Fuel = toll.FuelGas
	case toll.Motorcycle:
		f = toll.Facts{Category: "L3e"}
	case toll.LightUnknown, toll.HeavyUnknown:
	}
	return f
}
