package rating_test

import (
	"strings"
	"testing"

	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// Every published price is reproduced without and with agreement and tag. All rush hours contain 08:00.
func TestPublishedPrices(t *testing.T) {
	plan := compile(t, wholeBook(t))
	text, err := testdata.ReadFile("testdata/published.table")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		w := strings.Fields(line)
		if len(w) == 0 || w[0] == "#" {
			continue
		}
		class, ok := toll.ParseClass(w[2] + " " + w[3])
		if !ok || len(w) != 8 {
			t.Fatalf("not understood: %s", line)
		}
		for i, want := range w[4:] {
			in := rating.Input{Station: toll.StationID(w[1]), Facts: factsOf(class), Direction: toll.Inbound, Agreement: i >= 2, TagRead: i >= 2}
			in.At, err = instant(w[0] + " " + []string{"12:00", "08:00"}[i%2])
			if err != nil {
				t.Fatal(err)
			}
			got := rate(plan, []rating.Input{in})[0]
			ore, err := money.Parse(want)
			if err != nil {
				t.Fatal(err)
			}
			if got.err != nil || got.net != ore {
				t.Errorf("%s at %s: got %s %v, want %s", strings.Join(w[:4], " "), in.At, got.net, got.err, ore)
			}
		}
	}
}
