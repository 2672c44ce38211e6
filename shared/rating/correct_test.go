package rating_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// A late passage moves a window: the earlier charges are credited and charged again.
func TestLatePassageYieldsCorrections(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after []rating.Rated
		want          []rating.Correction
	}{
		{"nothing changes", []rating.Rated{{"a", 2800}, {"b", 0}}, []rating.Rated{{"b", 0}, {"a", 2800}}, nil},
		{
			"a late passage",
			[]rating.Rated{{"b", 2800}, {"c", 0}},
			[]rating.Rated{{"a", 0}, {"b", 2800}, {"c", 2800}},
			[]rating.Correction{{"c", 0, 2800}},
		},
		{"a withdrawn one", []rating.Rated{{"a", 2800}, {"b", 0}}, []rating.Rated{{"b", 2320}}, []rating.Correction{{"a", -2800, 0}, {"b", 0, 2320}}},
		{"a tag known late", []rating.Rated{{"a", 3500}}, []rating.Rated{{"a", 2800}}, []rating.Correction{{"a", -3500, 2800}}},
		{"a first rating", nil, []rating.Rated{{"a", 2800}, {"b", 0}}, []rating.Correction{{"a", 0, 2800}}},
	} {
		if diff := cmp.Diff(c.want, rating.Correct(c.before, c.after)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// For any change, the corrections sum to the difference and lead from one rating to the other.
func TestCorrectionsSumToTheDifference(t *testing.T) {
	plan := compile(t, wholeBook(t))
	rapid.Check(t, func(t *rapid.T) {
		inputs := drawSet(t, plan)
		before := ratedOf(plan, inputs)
		for i := range inputs {
			switch rapid.IntRange(0, 9).Draw(t, "what becomes known") {
			case 0: // withdrawn
				inputs[i].Station = "nowhere-1"
			case 1: // the clock was wrong
				inputs[i].At = inputs[i].At.Add(7 * 60e9)
			case 2: // the tag was read after all, or not
				inputs[i].TagRead = !inputs[i].TagRead
			}
		}
		after := ratedOf(plan, inputs)
		stands := map[toll.PassageID]money.Ore{}
		for _, r := range before {
			stands[r.Passage] = r.Net
		}
		var sum money.Ore
		for _, c := range rating.Correct(before, after) {
			if c.Credit > 0 || c.Debit < 0 || c.Sum() == 0 || stands[c.Passage] != -c.Credit {
				t.Fatalf("%+v corrects %s", c, stands[c.Passage])
			}
			stands[c.Passage] += c.Sum()
			sum += c.Sum()
		}
		if want := total(after) - total(before); sum != want {
			t.Fatalf("corrections sum to %s, the difference is %s", sum, want)
		}
		for _, r := range after {
			if stands[r.Passage] != r.Net {
				t.Fatalf("passage %s stands at %s, rated %s", r.Passage, stands[r.Passage], r.Net)
			}
		}
		if again := rating.Correct(after, ratedOf(plan, inputs)); again != nil {
			t.Fatalf("rating again corrects %v", again)
		}
	})
}

func ratedOf(plan *rating.Plan, inputs []rating.Input) (list []rating.Rated) {
	for i, a := range rate(plan, inputs) {
		if a.err == nil {
			list = append(list, rating.Rated{Passage: toll.PassageID(strconv.Itoa(i)), Net: a.net})
		}
	}
	return list
}

func total(list []rating.Rated) (sum money.Ore) {
	for _, r := range list {
		sum += r.Net
	}
	return sum
}
