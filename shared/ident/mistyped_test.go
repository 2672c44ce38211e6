package ident_test

import (
	"slices"
	"testing"

	"bompass/shared/ident"
	"bompass/shared/toll"
)

func TestMistypedPlatesLeadToTheOneThatWasMeant(t *testing.T) {
	for _, written := range []string{"BT 9O214", "BT90241", "BT 92014", "BT 902I4", "BT 9o214"} {
		got := ident.Mistyped(toll.NewPlate("NO", written))
		if !slices.Contains(got, toll.NewPlate("NO", "BT 90214")) && written != "BT 902I4" || len(got) > 8 {
			t.Errorf("%s: %v", written, got)
		}
	}
	if got := ident.Mistyped(toll.NewPlate("NO", "BT 902I4")); !slices.Contains(got, toll.NewPlate("NO", "BT 90214")) {
		t.Errorf("I for 1: %v", got)
	}
	for _, p := range []toll.Plate{toll.NewPlate("SE", "ABC 12O"), toll.NewPlate("NO", ""), toll.NewPlate("NO", "Æ1"), toll.NewPlate("NO", "ØØØØ")} {
		if got := ident.Mistyped(p); len(got) != 0 {
			t.Errorf("%v: %v", p, got)
		}
	}
}
