package bank_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bompass/server/bank"
	"bompass/shared/ident"
)

// Whatever one slip makes of a KID of ours, the right one is among those that are proposed.
func TestSlipOfOneDigitIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kid, problem := ident.NewKID(rapid.StringMatching("[0-9]{9}").Draw(t, "number"), ident.KIDMod10)
		if problem != ident.None {
			t.Fatal(problem)
		}
		at := rapid.IntRange(0, len(kid)-1).Draw(t, "at")
		digit := rapid.StringMatching("[0-9]").Draw(t, "digit")
		slips := []string{kid[:at] + kid[at+1:], kid[:at] + digit + kid[at:], kid[:at] + digit + kid[at+1:]}
		if at > 0 {
			slips = append(slips, kid[:at-1]+kid[at:at+1]+kid[at-1:at]+kid[at+1:])
		}
		for _, typed := range slips {
			near := bank.NearKIDs(typed)
			if typed != kid && !slices.Contains(near, kid) {
				t.Fatalf("%s is not found for %s: %s", kid, typed, strings.Join(near, " "))
			}
			for _, other := range near {
				if _, problem := ident.KID(other, ident.KIDMod10); problem != ident.None || other == typed {
					t.Fatalf("%s is proposed for %s", other, typed)
				}
			}
		}
	})
}
