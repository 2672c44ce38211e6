package file_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/assets"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/rating/file"
	"bompass/shared/tariff"
)

// compareOn compares the tariffs in force with those of a day.
func compareOn(t *testing.T, text string, day oslo.Day, people bool) (out, problems string, all []file.Total, err error) {
	t.Helper()
	book, _ := tariff.Load(assets.Tariff)
	on, _ := book.On(day)
	plan, err := rating.Compile(book)
	if err != nil {
		t.Fatal(err)
	}
	other, err := rating.Compile(on)
	if err != nil {
		t.Fatal(err)
	}
	var o, p bytes.Buffer
	all, err = file.Comparison{
		Job:   file.Job{Plan: plan, Name: "-", In: strings.NewReader(text), Out: &o, Problems: &p, Explain: people},
		Other: other,
	}.Run()
	return o.String(), p.String(), all, err
}

// A window of mode dearest with the prices of 2023, compared with those of 2025: 28.00 becomes 34.40.
func TestComparisonRatesWholeWindowsWithBoth(t *testing.T) {
	out, problems, all, err := compareOn(t, ndjson, oslo.Date(2025, time.January, 1), false)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(problems, "line 3: field") || strings.Count(problems, "\n") != 1 {
		t.Errorf("got %q", problems)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var d file.Difference
	if err := json.Unmarshal([]byte(lines[0]), &d); err != nil {
		t.Fatal(err)
	}
	want := file.Difference{
		ID: "x1", Vehicle: "SV 61733", Station: "oslo-301", Scheme: "oslo", Class: "light diesel", At: time.Date(2023, 3, 7, 5, 50, 0, 0, time.UTC),
		Tariff: "oslo@2023-03-01", OtherTariff: "oslo@2025-01-01", Net: 3800, OtherNet: 4600, Change: 800,
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
	var totals []file.Total
	for _, l := range lines[2:] {
		var total file.Total
		if err := json.Unmarshal([]byte(l), &total); err != nil {
			t.Fatal(err)
		}
		totals = append(totals, total)
	}
	wantTotals := []file.Total{
		{Of: "class", Scheme: "oslo", Class: "light diesel", Passages: 1, Changed: 1, Net: 3800, OtherNet: 4600, Change: 800},
		{Of: "class", Scheme: "oslo", Class: "light petrol", Passages: 3, Changed: 1, Net: 2800, OtherNet: 3440, Change: 640},
		{Of: "scheme", Scheme: "oslo", Passages: 4, Changed: 2, Net: 6600, OtherNet: 8040, Change: 1440},
		{Of: "all", Passages: 4, Changed: 2, Net: 6600, OtherNet: 8040, Change: 1440},
	}
	if diff := cmp.Diff(wantTotals, totals); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(wantTotals[3:], all); diff != "" {
		t.Error(diff)
	}
}

func TestComparisonWithTheSameTariffsHasNoDifference(t *testing.T) {
	out, _, all, err := compareOn(t, ndjson, oslo.Date(2023, time.March, 7), false)
	if err != nil || all[0].Changed != 0 || all[0].Net != all[0].OtherNet || strings.Contains(out, `"id"`) {
		t.Errorf("got %v %v\n%s", all, err, out)
	}
}

func TestComparisonOmitsPassagesPricedByOneSideOnly(t *testing.T) {
	// The tariff has no heavy prices of 2025, and no tariff has the second station.
	text := `{"id":"h","vehicle":"H","station":"oslo-301","at":"2023-03-07T10:00:00Z","class":"heavy euro6"}
{"id":"n","vehicle":"H","station":"oslo-999","at":"2023-03-07T10:00:00Z","class":"heavy euro6"}
{"id":"p","vehicle":"P","station":"oslo-301","at":"2023-03-07T10:00:00Z","class":"light petrol"}
`
	_, problems, all, err := compareOn(t, text, oslo.Date(2025, time.January, 1), false)
	if refused, ok := errors.AsType[file.RefusedError](err); !ok || refused.Lines != 2 {
		t.Errorf("got %v, want 2 lines refused", err)
	}
	want := "with the other tariffs: line 1: tariff.missing: no price is known at station oslo-301 on 2023-03-07T10:00:00Z\n" +
		"line 2: station.unknown: no tariff knows station oslo-999\n"
	if problems != want || all[0].Passages != 1 {
		t.Errorf("got %d passages and %q, want %q", all[0].Passages, problems, want)
	}
}

func TestComparisonCanBeWrittenAsTable(t *testing.T) {
	out, _, _, err := compareOn(t, ndjson, oslo.Date(2025, time.January, 1), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"p2  2023-03-07 06:45:00  oslo-301  vehicle EK 12345  light petrol  28.00 to 34.40  +6.40 (oslo@2023-03-01 to oslo@2025-01-01)\n",
		"scheme  class         passages  changed  now    other  difference  per cent  currency\n",
		"oslo    light petrol  3         1        28.00  34.40  +6.40       +22.9     NOK\n",
		"all     all           4         2        66.00  80.40  +14.40      +21.8     NOK\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

func TestComparisonKeepsCurrenciesApart(t *testing.T) {
	text := ndjson + `{"id":"g","vehicle":"SE ABC123","station":"gothenburg-6","at":"2023-03-07T07:30:00+01:00","class":"light petrol"}` + "\n"
	_, problems, all, err := compareOn(t, text, oslo.Date(2023, time.March, 7), false)
	if err != nil {
		t.Fatal(err, problems)
	}
	if len(all) != 2 || all[0].Currency != "" || all[0].Passages != 4 || all[1].Currency != "SEK" || all[1].Passages != 1 {
		t.Errorf("got %v", all)
	}
}
