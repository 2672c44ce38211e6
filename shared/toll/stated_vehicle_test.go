package toll_test

import (
	"testing"

	"bompass/shared/toll"
)

// The stated data of a vehicle give its price class. Unknown data give the highest price of the group.
func TestStatedVehicleGivesClass(t *testing.T) {
	for _, c := range []struct {
		stated toll.StatedVehicle
		class  toll.Class
		wrong  string
	}{
		{toll.StatedVehicle{Kind: toll.KindCar, Fuel: "petrol"}, toll.LightPetrol, ""},
		{toll.StatedVehicle{Kind: toll.KindCar, Fuel: "plug-in"}, toll.LightPlugIn, ""},
		{toll.StatedVehicle{Kind: toll.KindVan, Fuel: "electric"}, toll.LightElectricVan, ""},
		{toll.StatedVehicle{Kind: toll.KindCar, Fuel: "unknown"}, toll.LightUnknown, ""},
		{toll.StatedVehicle{Kind: toll.KindHeavy, Fuel: "diesel", Euro: 6}, toll.HeavyEuro6, ""},
		{toll.StatedVehicle{Kind: toll.KindHeavy, Fuel: "diesel", Euro: 4}, toll.HeavyEuro5, ""},
		{toll.StatedVehicle{Kind: toll.KindHeavy, Fuel: "diesel"}, toll.HeavyUnknown, ""},
		{toll.StatedVehicle{Kind: toll.KindHeavy, Fuel: "electric", Euro: 3}, toll.HeavyElectric, ""},
		{toll.StatedVehicle{Kind: toll.KindMotorcycle, Fuel: "diesel"}, toll.Motorcycle, ""},
		{toll.StatedVehicle{}, 0, "kind"},
		{toll.StatedVehicle{Kind: "tank", Fuel: "diesel"}, 0, "kind"},
		{toll.StatedVehicle{Kind: toll.KindCar}, 0, "fuel"},
		{toll.StatedVehicle{Kind: toll.KindCar, Fuel: "coal"}, 0, "fuel"},
		{toll.StatedVehicle{Kind: toll.KindHeavy, Fuel: "diesel", Euro: 7}, 0, "euro"},
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
