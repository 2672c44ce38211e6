package toll_test

import (
	"strings"
	"testing"

	"bompass/shared/toll"
)

// A passage's identity is stored permanently and computed in several places, so its computation must never
// change.
func TestPassageIdentityNeverChanges(t *testing.T) {
	o := toll.Observation{Station: "oslo-301", Lane: 2, Epoch: 1_700_000_000, Sequence: 42}
	if got, want := o.Key(), "oslo-301/2/1700000000/42"; got != want {
		t.Errorf("got key %s, want %s", got, want)
	}
	id := string(o.ID())
	if want := "44102320-380b-840c-b84b-3b788fbda199"; id != want {
		t.Errorf("got id %s, want %s", id, want)
	}
	if parts := strings.Split(id, "-"); len(parts) != 5 || parts[2][0] != '8' || !strings.ContainsRune("89ab", rune(parts[3][0])) {
		t.Errorf("%s is not a UUID of version 8", id)
	}
}

func TestPassageIdentityCoversEveryPart(t *testing.T) {
	seen := map[toll.PassageID]string{}
	for _, o := range []toll.Observation{
		{Station: "oslo-301", Lane: 1, Epoch: 1, Sequence: 1},
		{Station: "oslo-302", Lane: 1, Epoch: 1, Sequence: 1},
		{Station: "oslo-301", Lane: 2, Epoch: 1, Sequence: 1},
		{Station: "oslo-301", Lane: 1, Epoch: 2, Sequence: 1},
		{Station: "oslo-301", Lane: 1, Epoch: 1, Sequence: 2},
		{Station: "oslo-301", Lane: 11, Epoch: 1, Sequence: 1},
		{Station: "oslo-301", Lane: 1, Epoch: 11, Sequence: 1},
		{Station: "oslo-301", Lane: 1, Epoch: 1, Sequence: 11},
	} {
		if other, twice := seen[o.ID()]; twice {
			t.Errorf("%s and %s are one", o.Key(), other)
		}
		seen[o.ID()] = o.Key()
	}
	again := toll.Observation{Station: "oslo-301", Lane: 1, Epoch: 1, Sequence: 1, Plate: "EK12345", Revision: 3, Withdrawn: true}
	if seen[again.ID()] == "" {
		t.Error("what else is known of a passage makes it another one")
	}
}
