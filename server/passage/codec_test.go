package passage_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bompass/server/passage"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// The fast reader is never another opinion on what a line says.
func FuzzScanReadsAsJSONDoes(f *testing.F) {
	for _, line := range []string{
		`{"station":"oslo-301","lane":1,"epoch":2,"sequence":3,"at":"2025-11-01T07:00:00Z","direction":"in","tag":"9578","country":"NO","plate":"DP45821"}`,
		`{"station":"a","at":"2025-11-01T07:00:00.123456+01:00"}`, `{"lane":01}`, `{"lane":1,"lane":2}`, `{"Station":"a"}`, `{"lane":-1}`, `{"lane":1e3}`,
		`{"station":"\u0041"}`, `{}`, `{"station":null}`, ` {"lane":1} `, `{"lane":1}x`, `{"other":1}`, `{"at":"2025-11-01T7:00:00Z"}`, `{"sequence":9223372036854775808}`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		fast, ok := passage.ScanForTest(line)
		if !ok {
			return
		}
		var slow toll.Observation
		if err := json.Unmarshal(line, &slow); err != nil {
			t.Fatalf("%s: the fast reader takes what JSON refuses: %v", line, err)
		}
		if diff := cmp.Diff(slow, fast); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
	})
}

func TestStepsAreWrittenAsJSONDoes(t *testing.T) {
	at := time.Date(2025, 11, 1, 7, 0, 0, 120_000_000, time.UTC)
	for _, steps := range [][]rating.Step{
		{},
		{{Rule: rating.RuleList, Ore: 2900, Tariff: "oslo@2023-03-01", Class: "light petrol", Band: "rush"}, {Rule: rating.RuleTag, Ore: -580, Num: 1, Den: 5}},
		{{Rule: rating.RuleHour, Ore: -2320, From: at, Mins: 60, By: "0027900a-4afb-867f-a956-e71ddee30b2c"}, {Rule: rating.RuleCounted, Count: 3, Of: 60}},
		{full(t, at)},
		{{Rule: rating.RuleExempt, Text: `"rød" <&> \ ` + "\n\u2028"}},
	} {
		want, err := json.Marshal(steps)
		if err != nil {
			t.Fatal(err)
		}
		if got := passage.StepsForTest(steps); strings.Compare(string(want), string(got)) != 0 {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// full has a value in every field, also in those that are added some day.
func full(t *testing.T, at time.Time) (step rating.Step) {
	t.Helper()
	v := reflect.ValueOf(&step).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("word")
		case reflect.Int, reflect.Int64:
			f.SetInt(int64(i + 1))
		case reflect.Struct:
			f.Set(reflect.ValueOf(at))
		default:
			t.Fatalf("a step has a field of kind %s, which appendSteps must learn to write", f.Kind())
		}
	}
	return step
}
