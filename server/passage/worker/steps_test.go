package worker_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"bompass/server/passage/worker"
	"bompass/shared/rating"
)

func TestStepsAreWrittenAsEncodingJSONWritesThem(t *testing.T) {
	at := time.Date(2025, 11, 1, 7, 0, 0, 120_000_000, time.UTC)
	for _, steps := range [][]rating.Step{
		{},
		{{Rule: rating.RuleList, Ore: 2900, Tariff: "oslo@2023-03-01", Class: "light petrol", Band: "rush"}, {Rule: rating.RuleTag, Ore: -580, Num: 1, Den: 5}},
		{{Rule: rating.RuleHour, Ore: -2320, From: at, Mins: 60, By: "0027900a-4afb-867f-a956-e71ddee30b2c"}, {Rule: rating.RuleCounted, Count: 3, Of: 60}},
		{fullStep(t, at)},
		{{Rule: rating.RuleExempt, Text: `"rød" <&> \ ` + "\n\u2028"}},
	} {
		want, err := json.Marshal(steps)
		if err != nil {
			t.Fatal(err)
		}
		if got := worker.StepsForTest(steps); strings.Compare(string(want), string(got)) != 0 {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// fullStep returns a step with a value in every field, including fields that are added later.
func fullStep(t *testing.T, at time.Time) (step rating.Step) {
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
			t.Fatalf("a step has a field of kind %s, which appendSteps does not write", f.Kind())
		}
	}
	return step
}
