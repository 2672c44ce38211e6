//go:build !js

package passagelist_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/maxence-charriere/go-app/v9/pkg/app"
	"pgregory.net/rapid"

	"bompass/app/page/passagelist"
	"bompass/app/pagetest"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

var noon = pagetest.Noon

func TestOrderOfArrivalDoesNotChangeTheList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(1, 12).Draw(t, "count")
		arrivals := []api.PassageLine{}
		var want money.Ore
		for i := range count {
			last := pagetest.Line(toll.PassageID(fmt.Sprint(i)), noon.Add(-time.Duration(i)*time.Hour))
			last.Net = money.Ore(rapid.IntRange(0, 9000).Draw(t, "net"))
			last.Priced = rapid.Bool().Draw(t, "priced")
			if last.Priced {
				want += last.Net
			}
			arrivals = append(arrivals, last)
		}
		var l passagelist.List
		for _, arrived := range rapid.Permutation(arrivals).Draw(t, "order") {
			earlier := arrived
			earlier.Net += 100
			l.Put(earlier)
			l.Put(arrived)
		}
		if l.Count != count || l.Total != want || len(l.Lines) != count {
			t.Fatalf("got %d lines, count %d, total %d; want %d and %d", len(l.Lines), l.Count, l.Total, count, want)
		}
		if !slices.IsSortedFunc(l.Lines, func(a, b api.PassageLine) int { return b.At.Compare(a.At) }) {
			t.Fatal("the newest does not come first")
		}
	})
}

func TestNextPageDoesNotRepeatWhatArrivedMeanwhile(t *testing.T) {
	var l passagelist.List
	at := func(id toll.PassageID, after time.Duration) api.PassageLine {
		return pagetest.Line(id, noon.Add(after))
	}
	l.Append(api.PassageListReply{Lines: []api.PassageLine{at("d", 0), at("c", -time.Hour)}, Count: 4, Total: 4 * 2320, Next: "n"})
	if isNew, counted := l.Put(at("e", time.Minute)); !isNew || !counted {
		t.Error("a newer passage is not inserted")
	}
	if isNew, counted := l.Put(at("old", -5*time.Hour)); isNew || counted {
		t.Error("a passage beyond the fetched pages is counted although it may have been counted before")
	}
	if l.Count != 5 || l.Total != 5*2320 {
		t.Errorf("count %d, total %d before the next page", l.Count, l.Total)
	}
	l.Append(api.PassageListReply{Lines: []api.PassageLine{at("c", -time.Hour), at("b", -2*time.Hour)}, Count: 5, Total: 5 * 2320})
	if len(l.Lines) != 4 || l.Count != 5 || l.Total != 5*2320 || l.Next != "" {
		t.Errorf("got %d lines, count %d, total %d, next %q", len(l.Lines), l.Count, l.Total, l.Next)
	}
}

func TestResyncLeavesNoGap(t *testing.T) {
	at := func(hours int) api.PassageLine {
		return pagetest.Line(toll.PassageID(fmt.Sprint(hours)), noon.Add(time.Duration(hours)*time.Hour))
	}
	cases := []struct {
		name string
		page api.PassageListReply
		want []toll.PassageID
		next string
	}{
		{"the pages overlap", api.PassageListReply{Lines: []api.PassageLine{at(3), at(2)}, Count: 9, Next: "x"}, []toll.PassageID{"3", "2", "1"}, "older"},
		{"the pages do not overlap", api.PassageListReply{Lines: []api.PassageLine{at(9), at(8)}, Count: 9, Next: "x"}, []toll.PassageID{"9", "8"}, "x"},
		{"the page is the only one", api.PassageListReply{Lines: []api.PassageLine{at(5)}, Count: 9}, []toll.PassageID{"5", "2", "1"}, "older"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var l passagelist.List
			l.Append(api.PassageListReply{Lines: []api.PassageLine{at(2), at(1)}, Count: 2, Next: "older"})
			l.Resync(c.page)
			got := []toll.PassageID{}
			for _, line := range l.Lines {
				got = append(got, line.ID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" || l.Count != 9 || l.Next != c.next {
				t.Errorf("count %d, next %q, lines (-want +got):\n%s", l.Count, l.Next, diff)
			}
		})
	}
}

func TestOnlyTheLatestArrivalIsFresh(t *testing.T) {
	var l passagelist.List
	l.Append(api.PassageListReply{Lines: []api.PassageLine{pagetest.Line("old", noon)}, Count: 1})
	for i, id := range []toll.PassageID{"a", "b"} {
		l.BeginArrival()
		l.Put(pagetest.Line(id, noon.Add(time.Duration(i+1)*time.Minute)))
		if diff := cmp.Diff(map[toll.PassageID]int{id: i + 1}, l.Fresh); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", id, diff)
		}
	}
}

// html shows passages with the first row open.
func html(lines ...api.PassageLine) string {
	view := passagelist.NewView()
	view.Toggle(lines[0].ID)
	table := passagelist.Table{Words: i18n.For("nb"), View: view, Days: passagelist.ByDay(lines)}
	return strings.ReplaceAll(app.HTMLString(app.Elem("div").Body(table.UI("Passeringer"))), "\u00a0", " ")
}

func TestReceiptExplainsTheChargeStepByStep(t *testing.T) {
	first, second := pagetest.Line("a", noon.Add(-30*time.Minute)), pagetest.Line("b", noon)
	second.Steps = append(second.Steps, rating.Step{Rule: rating.RuleHour, Ore: -2320, By: "a", Mins: 60})
	second.Net = rating.Sum(second.Steps)
	got := html(second, first)
	for _, want := range []string{
		"Timesregel", "Hvorfor kostet det 0,00 kr?", "Listepris for bensinbil, rushtidstakst", "29,00 kr", "−5,80 kr", "Brikkerabatt, 20 %",
		"Timesregelen: betalt ved passeringen kl. 11:30 på E18 Maritim", "−23,20 kr", "Du betaler", "Oslo, gjelder fra 1. jan. 2025",
		"Med brikke 9578010000000000012",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
}

func TestUnknownPriceIsNeverShownAsAnAmount(t *testing.T) {
	unpriced := pagetest.Line("a", noon)
	unpriced.Priced, unpriced.Net, unpriced.Steps = false, 0, nil
	got := html(unpriced)
	if !strings.Contains(got, "Pris kommer") || !strings.Contains(got, "Hvorfor er det ingen pris ennå?") || strings.Contains(got, "0,00 kr") {
		t.Errorf("a passage without a price: %s", got)
	}
}

func TestRowNamesWhatIsKnownOfThePassage(t *testing.T) {
	for name, c := range map[string]struct {
		change      func(*api.PassageLine)
		shows, lack string
	}{
		"inbound":           {func(*api.PassageLine) {}, "Inn", "Ikke oppgitt"},
		"outbound":          {func(l *api.PassageLine) { l.Direction = toll.Outbound }, "Ut", "Inn"},
		"unknown direction": {func(l *api.PassageLine) { l.Direction = "" }, "Ikke oppgitt", "Inn"},
		"corrected":         {func(l *api.PassageLine) { l.Corrected = true }, "Rettet", ""},
		"not final":         {func(l *api.PassageLine) { l.Net, l.Pending = 0, true }, "Ikke endelig", "Timesregel"},
	} {
		line := pagetest.Line("a", noon)
		c.change(&line)
		if got := html(line); !strings.Contains(got, c.shows) || c.lack != "" && strings.Contains(got, c.lack) {
			t.Errorf("%s: want %q and not %q in %s", name, c.shows, c.lack, got)
		}
	}
}

// The reason why a passage costs more than usual, or nothing, is on the row and in its explanation.
func TestRowAndReceiptSayWhatTheTagAndTheClassMeantForTheCharge(t *testing.T) {
	unread := pagetest.Line("a", noon)
	unread.MatchedBy, unread.Tag, unread.Unread = toll.ByPlate, "", true
	unread.Steps, unread.Net, unread.Lost = unread.Steps[:1], 2900, 580
	for _, want := range []string{"Brikken ikke lest", "Mistet brikkerabatt 5,80 kr, fordi brikken ikke ble lest", "brikken ble ikke lest"} {
		if got := html(unread); !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	without := unread
	without.Unread, without.Lost = false, 0
	if got := html(without); strings.Contains(got, "ikke lest") {
		t.Errorf("a vehicle without a tag has one that was not read: %s", got)
	}
	electric := pagetest.Line("a", noon)
	electric.Net, electric.Steps = 0, []rating.Step{{Rule: rating.RuleList, Class: "light electric", Band: "base", Tariff: "oslo@2017-10-01"}}
	if got := html(electric); !strings.Contains(got, "Nullutslipp") {
		t.Errorf("a free passage without emissions has no badge: %s", got)
	}
}

// A row's button is read out as time, station and amount.
func TestButtonOfRowSaysTimeStationAndAmount(t *testing.T) {
	got := html(pagetest.Line("a", noon))
	_, button, _ := strings.Cut(got, `<button`)
	button, _, _ = strings.Cut(button, "</button>")
	for _, want := range []string{"12:00", ", E18 Maritim, 23,20 kr"} {
		if !strings.Contains(button, want) {
			t.Errorf("no %q in %s", want, button)
		}
	}
}

// A page need not compare the lines of a day that has not changed.
func TestDayKeepsItsLinesUntilItChanges(t *testing.T) {
	var l passagelist.List
	at := func(id toll.PassageID, days int) api.PassageLine { return pagetest.Line(id, noon.AddDate(0, 0, -days)) }
	l.Append(api.PassageListReply{Lines: []api.PassageLine{at("a", 0), at("b", 1), at("c", 1), at("d", 2)}, Count: 6, Next: "n"})
	before := slices.Clone(l.Days())
	l.Put(at("e", 1))
	l.Put(at("a", 0)) // again, unchanged
	l.Append(api.PassageListReply{Lines: []api.PassageLine{at("f", 3)}, Count: 6})
	after := l.Days()
	if len(before) != 3 || len(after) != 4 {
		t.Fatalf("got %d days, then %d", len(before), len(after))
	}
	for i, same := range []bool{true, false, true} {
		if got := &before[i].Lines[0] == &after[i].Lines[0]; got != same {
			t.Errorf("day %d: the same lines is %v, want %v", i, got, same)
		}
	}
	if len(before[1].Lines) != 2 || len(after[1].Lines) != 3 {
		t.Errorf("the changed day has %d lines, before %d", len(after[1].Lines), len(before[1].Lines))
	}
}

func TestTableShowsTheFirstRows(t *testing.T) {
	lines := []api.PassageLine{}
	for i := range 9 {
		lines = append(lines, pagetest.Line(toll.PassageID(fmt.Sprint("p", i)), noon.AddDate(0, 0, -i/4)))
	}
	for shown, want := range map[int]int{0: 9, 3: 3, 4: 4, 6: 6, 20: 9} {
		table := passagelist.Table{Words: i18n.For("nb"), View: passagelist.NewView(), Days: passagelist.ByDay(lines), Shown: shown}
		if got := strings.Count(app.HTMLString(app.Elem("div").Body(table.UI(""))), `id="passage-p`); got != want {
			t.Errorf("shown %d: got %d rows, want %d", shown, got, want)
		}
	}
}
