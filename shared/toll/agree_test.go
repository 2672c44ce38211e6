package toll_test

import (
	"testing"

	"bompass/shared/toll"
)

// tolling.md A-1: what a person states of a vehicle gives its price class; what is not known pays the
// highest of its group.
func TestWhatIsStatedGivesAClass(t *testing.T) {
	for _, c := range []struct {
		stated toll.Stated
		class  toll.Class
		wrong  string
	}{
		{toll.Stated{Kind: toll.KindCar, Fuel: "petrol"}, toll.LightPetrol, ""},
		{toll.Stated{Kind: toll.KindCar, Fuel: "plug-in"}, toll.LightPlugIn, ""},
		{toll.Stated{Kind: toll.KindVan, Fuel: "electric"}, toll.LightElectricVan, ""},
		{toll.Stated{Kind: toll.KindCar, Fuel: "unknown"}, toll.LightUnknown, ""},
		{toll.Stated{Kind: toll.KindHeavy, Fuel: "diesel", Euro: 6}, toll.HeavyEuro6, ""},
		{toll.Stated{Kind: toll.KindHeavy, Fuel: "diesel", Euro: 4}, toll.HeavyEuro5, ""},
		{toll.Stated{Kind: toll.KindHeavy, Fuel: "diesel"}, toll.HeavyUnknown, ""},
		{toll.Stated{Kind: toll.KindHeavy, Fuel: "electric", Euro: 3}, toll.HeavyElectric, ""},
		{toll.Stated{Kind: toll.KindMotorcycle, Fuel: "diesel"}, toll.Motorcycle, ""},
		{toll.Stated{}, 0, "kind"},
		{toll.Stated{Kind: "tank", Fuel: "diesel"}, 0, "kind"},
		{toll.Stated{Kind: toll.KindCar}, 0, "fuel"},
		{toll.Stated{Kind: toll.KindCar, Fuel: "coal"}, 0, "fuel"},
		{toll.Stated{Kind: toll.KindHeavy, Fuel: "diesel", Euro: 7}, 0, "euro"},
	} {
		facts, wrong := c.stated.Facts()
		if wrong != c.wrong {
			t.Errorf("%+v: wrong field %q, want %q", c.stated, wrong, c.wrong)
		}
		if wrong == "" && facts.Class(true) != c.class {
			t.Errorf("%+v: got %s, want %s", c.stated, facts.Class(true), c.class)
		}
	}
}
