package recheck_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bompass/assets"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/recheck"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

var (
	november = oslo.Date(2026, time.November, 1).Month()
	plan     = mustPlan()
)

func mustPlan() *rating.Plan {
	book, problems := tariff.Load(assets.Tariff)
	if len(problems) > 0 {
		panic(tariff.Summary(problems))
	}
	plan, err := rating.Compile(book)
	if err != nil {
		panic(err)
	}
	return plan
}

// right returns the correct statement of Kari's petrol car for November.
func right() recheck.Statement {
	b := recheck.Statement{Month: november}
	facts := fixture.Vehicles()[0].Facts
	for _, o := range fixture.Passages(november.First()-1, november.Last()+1) {
		if o.Plate != fixture.Vehicles()[0].Plate.Text {
			continue
		}
		b.Passages = append(b.Passages, recheck.Passage{
			ID: o.ID(), Station: o.Station, At: o.At, Direction: o.Direction, Facts: facts, Agreement: true, TagRead: o.Tag != "",
		})
	}
	return charged(b)
}

// charged returns the statement with the correct charges.
func charged(b recheck.Statement) recheck.Statement {
	b.Charges, b.Debited = nil, 0
	for _, l := range recheck.Check(plan, b).Lines {
		if l.Own != nil {
			b.Charges = append(b.Charges, *l.Own)
			b.Debited += l.Own.Net
		}
	}
	return b
}

func TestCorrectStatementHasNoDifference(t *testing.T) {
	b := right()
	r := recheck.Check(plan, b)
	if !r.Agrees() || len(r.Lines) < 50 || r.Posted != b.Debited || r.Posted == 0 {
		t.Fatalf("got %d lines, %d differ, %v charged and %v worked out", len(r.Lines), r.Differ, r.Posted, r.Own)
	}
	if !slices.Equal(r.Tariffs, []string{r.Lines[0].Own.Steps[0].Tariff}) {
		t.Errorf("got the tariffs %v", r.Tariffs)
	}
}

func TestEachKindOfCorruptedLineIsFound(t *testing.T) {
	at := 17
	for _, c := range []struct {
		name    string
		corrupt func(*recheck.Statement)
		want    []recheck.Difference
	}{
		{"net", func(b *recheck.Statement) { b.Charges[at].Net += 100 }, []recheck.Difference{recheck.NetDiffers}},
		{"list", func(b *recheck.Statement) { b.Charges[at].List-- }, []recheck.Difference{recheck.ListDiffers}},
		{"a step's amount", func(b *recheck.Statement) { b.Charges[at].Steps[0].Ore++ }, []recheck.Difference{recheck.StepsDiffer}},
		{"a step's window", func(b *recheck.Statement) { b.Charges[at].Steps[0].From = b.Passages[0].At }, []recheck.Difference{recheck.StepsDiffer}},
		{"a step is left out", func(b *recheck.Statement) { b.Charges[at].Steps = b.Charges[at].Steps[1:] }, []recheck.Difference{recheck.StepsDiffer}},
		{"net and list", func(b *recheck.Statement) { b.Charges[at].Net, b.Charges[at].List = 1, 2 }, []recheck.Difference{recheck.ListDiffers, recheck.NetDiffers}},
		{"missing", func(b *recheck.Statement) { b.Charges = slices.Delete(b.Charges, at, at+1) }, []recheck.Difference{recheck.Missing}},
		{"charged twice", func(b *recheck.Statement) { b.Charges = append(b.Charges, b.Charges[at]) }, []recheck.Difference{recheck.Extra}},
		{"for no passage", func(b *recheck.Statement) { b.Charges = append(b.Charges, recheck.Charge{Passage: "x", Net: 1}) }, []recheck.Difference{recheck.Extra}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := right()
			c.corrupt(&b)
			r := recheck.Check(plan, b)
			if r.Differ != 1 || r.Agrees() {
				t.Fatalf("%d lines differ", r.Differ)
			}
			for _, l := range r.Lines {
				if len(l.Differs) > 0 {
					if diff := cmp.Diff(c.want, l.Differs); diff != "" {
						t.Errorf("differences (-want +got):\n%s", diff)
					}
				}
			}
		})
	}
}

func TestSumIsComparedWithDebitedAmount(t *testing.T) {
	b := right()
	b.Debited += 100
	if r := recheck.Check(plan, b); r.Agrees() || r.Differ != 0 {
		t.Errorf("a krone too much was debited: %d lines differ, agrees %v", r.Differ, r.Agrees())
	}
}

func TestUnpricedPassageHasReason(t *testing.T) {
	b := right()
	b.Passages[3].Station = "nowhere-1"
	id := b.Passages[3].ID
	b = charged(b)
	r := recheck.Check(plan, b)
	i := slices.IndexFunc(r.Lines, func(l recheck.Line) bool { return l.ID == id })
	if !r.Agrees() || r.Lines[i].Why == nil || r.Lines[i].Own != nil {
		t.Fatalf("got %+v", r.Lines[i])
	}
	b.Charges = append(b.Charges, recheck.Charge{Passage: id, Net: 2900})
	if r = recheck.Check(plan, b); r.Differ != 1 || !slices.Equal(r.Lines[i].Differs, []recheck.Difference{recheck.Extra}) {
		t.Errorf("charged without a price: got %v", r.Lines[i].Differs)
	}
}

// The order of passages and charges, and repeated passages, change nothing.
func TestOrderOfLinesDoesNotMatter(t *testing.T) {
	b := right()
	want := recheck.Check(plan, b)
	rapid.Check(t, func(t *rapid.T) {
		shuffled := b
		shuffled.Passages = rapid.Permutation(b.Passages).Draw(t, "passages")
		shuffled.Passages = append(shuffled.Passages, shuffled.Passages[0])
		shuffled.Charges = rapid.Permutation(b.Charges).Draw(t, "charges")
		if diff := cmp.Diff(want, recheck.Check(plan, shuffled)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// Passages outside RelevantRange change no line of the month.
func TestPassagesBeyondRangeChangeNothing(t *testing.T) {
	stations := []toll.StationID{"oslo-104", "oslo-201", "oslo-301", "bergen-1", "trondheim-51"}
	rapid.Check(t, func(t *rapid.T) {
		since, before := (november - 1).Start(), (november + 2).Start()
		all := recheck.Statement{Month: november}
		edges := []time.Time{november.Start(), (november + 1).Start(), (november + 1).Start().AddDate(0, 0, -9)}
		for i := range rapid.IntRange(0, 60).Draw(t, "n") {
			near := rapid.SampledFrom(edges).Draw(t, "near")
			at := near.Add(time.Duration(rapid.IntRange(-300, 300).Draw(t, "minutes")) * time.Minute)
			all.Passages = append(all.Passages, recheck.Passage{
				ID: toll.PassageID(rune('a'+i%26)) + toll.PassageID(rune('a'+i/26)), At: at,
				Station: rapid.SampledFrom(stations).Draw(t, "station"), Facts: toll.Facts{Category: "M1", WeightKG: 1800, Fuel: toll.FuelDiesel},
				Agreement: true, TagRead: true,
			})
		}
		slices.SortStableFunc(all.Passages, func(a, b recheck.Passage) int { return a.At.Compare(b.At) })
		var at []time.Time
		for _, p := range all.Passages {
			at = append(at, p.At)
		}
		first, end, whole := recheck.RelevantRange(at, november, plan.Longest(), since, before)
		if !whole {
			t.Fatal("a month on either side is not enough")
		}
		part := all
		part.Passages = all.Passages[first:end]
		if diff := cmp.Diff(recheck.Check(plan, all), recheck.Check(plan, part)); diff != "" {
			t.Fatalf("(-all +part):\n%s", diff)
		}
	})
}

func TestRelevantRangeReportsWhenMoreMayFollow(t *testing.T) {
	start, hour := november.Start(), time.Hour
	for _, c := range []struct {
		name  string
		at    []time.Time
		since time.Time
		first int
		whole bool
	}{
		{"nothing", nil, start.Add(-hour), 0, true},
		{"nothing, but too little is known", nil, start.Add(-hour + 1), 0, false},
		{"one far before", []time.Time{start.Add(-hour)}, start.Add(-2 * hour), 1, true},
		{"one just before", []time.Time{start.Add(-hour + 1)}, start.Add(-3 * hour), 0, true},
		{"one just before, and perhaps another", []time.Time{start.Add(-hour + 1)}, start.Add(-2*hour + 2), 0, false},
	} {
		first, _, whole := recheck.RelevantRange(c.at, november, hour, c.since, (november + 2).Start())
		if first != c.first || whole != c.whole {
			t.Errorf("%s: got %d %v, want %d %v", c.name, first, whole, c.first, c.whole)
		}
	}
}

func BenchmarkCheckMonthOf200Passages(b *testing.B) {
	month := right()
	for n := len(month.Passages); len(month.Passages) < 200; {
		p := month.Passages[len(month.Passages)%n]
		p.ID, p.At = p.ID+"+", p.At.Add(3*time.Hour)
		month.Passages = append(month.Passages, p)
	}
	month = charged(month)
	for b.Loop() {
		if !recheck.Check(plan, month).Agrees() {
			b.Fatal("differs")
		}
	}
}

func BenchmarkCompileTariffs(b *testing.B) {
	files, err := tariff.Files(assets.Tariff)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		book, _ := tariff.Read(files)
		if _, err := rating.Compile(book); err != nil {
			b.Fatal(err)
		}
	}
}
