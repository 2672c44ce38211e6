package rating_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/rating/internal/plain"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Generated worlds: a price plan with a random mixture of rules and a vehicle with random passages. All properties
// hold there too.

func TestGeneratedPlansEqualPlainImplementation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		book, plan := drawWorld(t)
		sameAsPlain(t, book, plan, drawSet(t, plan))
	})
}

// FuzzWorld searches for a plan and passages for which the two implementations differ.
func FuzzWorld(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		book, plan := drawWorld(t)
		inputs := drawSet(t, plan)
		sameAsPlain(t, book, plan, inputs)
		sameInAnyOrder(t, plan, inputs)
		sameInBatches(t, plan, inputs)
	}))
}

func TestGeneratedPlansAreIndependentOfOrderAndBatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, plan := drawWorld(t)
		inputs := drawSet(t, plan)
		sameInAnyOrder(t, plan, inputs)
		sameInBatches(t, plan, inputs)
	})
}

func TestGeneratedPlansAddedPassageChangesOnlyChargesWithinReach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, plan := drawWorld(t)
		reachesNoFurther(t, plan, drawSet(t, plan))
	})
}

func sameAsPlain(t *rapid.T, book *tariff.Book, plan *rating.Plan, inputs []rating.Input) {
	known := drawKnown(t, inputs)
	want := plain.Rate(book, inputs, known)
	for i, got := range rateKnown(plan, inputs, known) {
		w := want[i]
		if got.pending != w.Pending {
			t.Fatalf("%d %+v: pending %v (%s), want %v", i, inputs[i], got.pending, rules(got.steps), w.Pending)
		}
		if (got.err != nil) != w.Missing || got.list != w.List || got.net != w.Net {
			t.Fatalf("%d %+v: got %s of %s %v (%s), want %s of %s %v", i, inputs[i], got.net, got.list, got.err, rules(got.steps), w.Net, w.List, w.Missing)
		}
		if got.err == nil && (rating.Sum(got.steps) != got.net || got.net < 0 || got.net > got.list) {
			t.Fatalf("%d: net %s of %s, steps %v", i, got.net, got.list, got.steps)
		}
		var cut money.Ore
		for _, s := range got.steps {
			if s.Rule == rating.RuleDay {
				cut = -s.Ore
			}
		}
		by, count, of := counters(got.steps)
		if cut != w.Cut || count != w.Count || count > 0 && of != w.Of || (by != "") != (w.Carrier != i) {
			t.Fatalf("%d: cut %s, counted %d of %d, by %q (%s); want %+v", i, cut, count, of, by, rules(got.steps), w)
		}
	}
}

func sameInAnyOrder(t *rapid.T, plan *rating.Plan, inputs []rating.Input) {
	first := sumsByKey(rate(plan, inputs), inputs)
	moved := rapid.Permutation(inputs).Draw(t, "order")
	for key, net := range sumsByKey(rate(plan, moved), moved) {
		if first[key] != net {
			t.Fatalf("passage %d: %s in one order, %s in another", key, first[key], net)
		}
	}
}

// sameInBatches rates after each batch and posts corrections. The final charges equal one rating of everything.
func sameInBatches(t *rapid.T, plan *rating.Plan, inputs []rating.Input) {
	var standing []rating.Rated
	var posted money.Ore
	for known := 0; known < len(inputs); {
		known = min(len(inputs), known+rapid.IntRange(1, 40).Draw(t, "batch"))
		now := ratedOf(plan, inputs[:known])
		for _, c := range rating.Correct(standing, now) {
			posted += c.Sum()
		}
		standing = now
	}
	if want := total(ratedOf(plan, inputs)); posted != want {
		t.Fatalf("batches come to %s, all at once is %s", posted, want)
	}
}

// sumsByKey sums the copies of a passage, since it does not matter which copy is charged.
func sumsByKey(answers []rated, inputs []rating.Input) map[uint32]money.Ore {
	nets := map[uint32]money.Ore{}
	for i, a := range answers {
		nets[inputs[i].Key] += a.net
	}
	return nets
}

// drawWorld draws a scheme of a few stations and versions, as text, and compiles it.
func drawWorld(t *rapid.T) (*tariff.Book, *rating.Plan) {
	text := drawTariff(t)
	scheme, problems := tariff.Parse("world.tariff", []byte(text))
	book := tariff.NewBook(scheme)
	if problems = append(problems, book.Check()...); len(problems) > 0 {
		t.Skip(tariff.Summary(problems)) // rapid draws another: a file with problems is no world to rate in
	}
	plan, err := rating.Compile(book)
	if err != nil {
		t.Fatal(err, text)
	}
	return book, plan
}

func drawTariff(t *rapid.T) string {
	var b strings.Builder
	clock := rapid.SampledFrom([]string{"Europe/Oslo", "Europe/Stockholm"}).Draw(t, "clock")
	fmt.Fprintf(&b, "scheme mixed \"World\"\ncharger c \"Charger\"\nclock %s\n", clock)
	for n := range 5 {
		fmt.Fprintf(&b, "station w-%d %d \"W\" %s hour %s cap %s price all\n", n, n, pick(t, "way", "both", "both", "in"),
			[]string{"a", "a", "b", "b", "c"}[n], []string{"x", "x", "x", "y", "y"}[n])
	}
	day := start.AddDate(0, 0, -400)
	for range rapid.IntRange(1, 4).Draw(t, "versions") {
		fmt.Fprintf(&b, "version %s\n source \"w\"\n heavy-cars light\n hour-rule %s\n", day.Format(time.DateOnly), drawHours(t))
		drawPrices(t, &b)
		drawLinks(t, &b)
		drawCaps(t, &b)
		day = day.AddDate(0, 0, rapid.IntRange(1, 4000).Draw(t, "days"))
	}
	return b.String()
}

func pick(t *rapid.T, what string, words ...string) string {
	return rapid.SampledFrom(words).Draw(t, what)
}

func drawNeeds(t *rapid.T) string {
	return pick(t, "needs", "", "", " needs agreement", " needs tag", " needs agreement tag")
}

func drawHours(t *rapid.T) string {
	if rapid.IntRange(0, 4).Draw(t, "no hour rule") == 0 {
		return "none"
	}
	return fmt.Sprintf("%s %d minutes for %s%s%s", pick(t, "mode", "first", "dearest", "standard"), rapid.IntRange(1, 150).Draw(t, "minutes"),
		pick(t, "groups", "light", "light heavy"), drawNeeds(t), pick(t, "end", "", " end included"))
}

func drawPrices(t *rapid.T, b *strings.Builder) {
	kroner := rapid.IntRange(0, 90)
	fmt.Fprintf(b, " season s %s to %s\n", pick(t, "from", "03-01", "11-15", "midsummer-eve"), pick(t, "to", "08-01", "12-01", "01-20"))
	// Offset, day and month change at night.
	spans := pick(t, "spans", "06:00-10:00 14:00-20:00", "00:00-01:00 01:30-02:10 03:00-04:00", "00:30-02:30 23:00-24:00")
	fmt.Fprintf(b, " band rush %s %s %s%s\n", pick(t, "weekdays", "mon-sun", "mon-fri", "fri-sun"), spans, pick(t, "season", "", "season s "), pick(t, "except", "", "except eves", "except holidays july"))
	for _, group := range []string{"light", "heavy"} {
		fmt.Fprintf(b, " price all %s base %d rush %d\n tag %s 20%%%s\n", group, kroner.Draw(t, "base"), kroner.Draw(t, "rush"), group, drawNeeds(t))
	}
	fmt.Fprintf(b, " exempt motorcycle\n exempt disabled%s\n plate-match %s\n", drawNeeds(t), pick(t, "plate", "none", "discount"))
	if rapid.Bool().Draw(t, "supplement") {
		fmt.Fprintf(b, " supplement %s light 1/2%s\n", pick(t, "product", "prepaid", "commuter"), drawNeeds(t))
	}
}

func drawLinks(t *rapid.T, b *strings.Builder) {
	minutes := rapid.IntRange(1, 120)
	switch pick(t, "link", "", "pair", "pair others", "annul") {
	case "pair":
		fmt.Fprintf(b, " pair %d minutes at w-0 w-3%s\n", minutes.Draw(t, "minutes"), drawNeeds(t))
	case "pair others":
		fmt.Fprintf(b, " pair %d minutes at w-0 w-4 with others%s end included\n", minutes.Draw(t, "minutes"), drawNeeds(t))
	case "annul":
		fmt.Fprintf(b, " annul %d minutes at w-1 w-2%s\n", minutes.Draw(t, "minutes"), drawNeeds(t))
	}
	if rapid.Bool().Draw(t, "waive") {
		fmt.Fprintf(b, " waive %d minutes at w-0 w-1 paid at w-2 w-3%s%s\n", minutes.Draw(t, "minutes"), pick(t, "before", "", " also before"), drawNeeds(t))
	}
}

func drawCaps(t *rapid.T, b *strings.Builder) {
	per := pick(t, "per", "", " per station")
	if rapid.Bool().Draw(t, "month") {
		fmt.Fprintf(b, " cap x %d for light heavy%s%s\n", rapid.IntRange(1, 9).Draw(t, "n"), drawNeeds(t), per)
	}
	if rapid.Bool().Draw(t, "another month") {
		fmt.Fprintf(b, " cap y %d for light heavy%s%s\n", rapid.IntRange(1, 9).Draw(t, "n"), drawNeeds(t), pick(t, "per", "", " per station"))
	}
	if rapid.Bool().Draw(t, "day") {
		fmt.Fprintf(b, " cap x %d kroner per day for light heavy%s%s\n", rapid.IntRange(1, 200).Draw(t, "most"), drawNeeds(t), per)
	}
	if rapid.Bool().Draw(t, "season's day") {
		fmt.Fprintf(b, " cap x %d kroner per day season s for light%s%s\n", rapid.IntRange(1, 200).Draw(t, "most"), drawNeeds(t), per)
	}
}

// A daily maximum limits every day of every vehicle.
func TestDailyMaximumBoundsEveryDay(t *testing.T) {
	plan := compile(t, wholeBook(t))
	rapid.Check(t, func(t *rapid.T) {
		in := rating.Input{Facts: factsOf(toll.LightPetrol)}
		var inputs []rating.Input
		day := rapid.IntRange(0, 3000).Draw(t, "day")
		for range rapid.IntRange(1, 40).Draw(t, "passages") {
			in.Station = toll.StationID(fmt.Sprintf("gothenburg-%d", rapid.IntRange(1, 10).Draw(t, "station")))
			in.At = start.AddDate(0, 0, day).Add(time.Duration(rapid.IntRange(4*60, 20*60).Draw(t, "minute")) * time.Minute)
			in.Key++
			inputs = append(inputs, in)
		}
		if sum := total(ratedOf(plan, inputs)); sum > 6000 {
			t.Fatalf("a day costs %s", sum)
		}
	})
}
