package rating_test

import (
	"testing"

	"bompass/assets"
	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/tariff"
)

func TestLostDiscountIsWhatTheTagWouldHaveGiven(t *testing.T) {
	files, err := tariff.Files(assets.Tariff)
	if err != nil {
		t.Fatal(err)
	}
	book, problems := tariff.Read(files)
	plan, err := rating.Compile(book)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	listed := func(class string, ore money.Ore) []rating.Step {
		return []rating.Step{{Rule: rating.RuleList, Ore: ore, Class: class, Band: "base", Tariff: "oslo@2017-10-01"}}
	}
	for name, c := range map[string]struct {
		steps []rating.Step
		net   money.Ore
		want  money.Ore
	}{
		"a tenth of the price of a petrol car": {listed("light petrol", 4400), 4400, 440},
		"another rule decided the amount":      {append(listed("light petrol", 4400), rating.Step{Rule: rating.RuleHour, Ore: -4400}), 0, 0},
		"no discount for the class":            {listed("heavy euro6", 10200), 10200, 0},
		"a free passage":                       {listed("light electric", 0), 0, 0},
		"an unknown tariff":                    {[]rating.Step{{Rule: rating.RuleList, Ore: 4400, Class: "light petrol", Tariff: "x@2020-01-01"}}, 4400, 0},
	} {
		if got := plan.LostDiscount(c.steps, c.net); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
