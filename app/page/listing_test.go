//go:build !js

package page_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bompass/app/browser"
	"bompass/app/page"
	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Whatever order passages arrive and are changed in, the list ends in the same state.
func TestItEndsInTheSameListWhateverTheOrderOfArrival(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(1, 12).Draw(t, "count")
		arrivals := []api.PassageLine{}
		var want money.Ore
		for i := range count {
			last := line(toll.PassageID(fmt.Sprint(i)), noon.Add(-time.Duration(i)*time.Hour))
			last.Net = money.Ore(rapid.IntRange(0, 9000).Draw(t, "net"))
			last.Priced = rapid.Bool().Draw(t, "priced")
			if last.Priced {
				want += last.Net
			}
			arrivals = append(arrivals, last)
		}
		var l page.Listing
		for _, arrived := range rapid.Permutation(arrivals).Draw(t, "order") {
			earlier := arrived
			earlier.Net += 100
			l.Take(earlier)
			l.Take(arrived)
		}
		lines, n, total := l.State()
		if n != count || total != want || len(lines) != count {
			t.Fatalf("got %d lines, count %d, total %d; want %d and %d", len(lines), n, total, count, want)
		}
		if !slices.IsSortedFunc(lines, func(a, b api.PassageLine) int { return b.At.Compare(a.At) }) {
			t.Fatal("the newest does not come first")
		}
	})
}

func TestItAddsAPageWithoutDoublingWhatArrivedMeanwhile(t *testing.T) {
	var l page.Listing
	l.Add(api.PassageListReply{Lines: []api.PassageLine{line("d", noon), line("c", noon.Add(-time.Hour))}, Count: 4, Total: 4 * 2320, Next: "n"})
	if isNew, sure := l.Take(line("e", noon.Add(time.Minute))); !isNew || !sure {
		t.Error("a newer passage is not taken in")
	}
	if isNew, sure := l.Take(line("old", noon.Add(-5*time.Hour))); isNew || sure {
		t.Error("a passage beyond the fetched pages is counted without knowing")
	}
	l.Add(api.PassageListReply{Lines: []api.PassageLine{line("c", noon.Add(-time.Hour)), line("b", noon.Add(-2*time.Hour))}, Count: 5, Total: 5 * 2320})
	lines, n, total := l.State()
	if len(lines) != 4 || n != 5 || total != 5*2320 {
		t.Errorf("got %d lines, count %d, total %d", len(lines), n, total)
	}
}

func TestItCatchesUpWithoutAHole(t *testing.T) {
	at := func(hours int) api.PassageLine {
		return line(toll.PassageID(fmt.Sprint(hours)), noon.Add(time.Duration(hours)*time.Hour))
	}
	cases := []struct {
		name string
		page api.PassageListReply
		want []toll.PassageID
	}{
		{"it meets what was fetched", api.PassageListReply{Lines: []api.PassageLine{at(3), at(2)}, Count: 9, Next: "x"}, []toll.PassageID{"3", "2", "1"}},
		{"it does not meet it", api.PassageListReply{Lines: []api.PassageLine{at(9), at(8)}, Count: 9, Next: "x"}, []toll.PassageID{"9", "8"}},
		{"it is all there is", api.PassageListReply{Lines: []api.PassageLine{at(5)}, Count: 9}, []toll.PassageID{"5", "2", "1"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var l page.Listing
			l.Add(api.PassageListReply{Lines: []api.PassageLine{at(2), at(1)}, Count: 2, Next: "older"})
			l.CatchUp(c.page)
			lines, count, _ := l.State()
			got := []toll.PassageID{}
			for _, line := range lines {
				got = append(got, line.ID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" || count != 9 {
				t.Errorf("count %d, lines (-want +got):\n%s", count, diff)
			}
		})
	}
}

// S1.20: a ready choice is always one that may be asked for.
func TestItOffersOnlyPeriodsThatMayBeAskedFor(t *testing.T) {
	first := oslo.Date(2023, time.December, 31)
	for day := first; day < first+800; day++ {
		s := session.New(&browser.Window{}, func() time.Time { return oslo.At(day, 8, 0, 0) })
		for _, href := range page.Presets(s) {
			u, err := url.Parse(href)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := page.Chosen(u, day); err != nil {
				t.Errorf("%s offers %s: %v", day, href, err)
			}
		}
		if _, err := page.Chosen(&url.URL{Path: "/passages"}, day); err != nil {
			t.Errorf("%s: the page without a choice: %v", day, err)
		}
	}
}
