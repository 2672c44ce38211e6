package sim

import (
	"fmt"
	"strconv"

	"bompass/server/partner/register"
	"bompass/shared/toll"
)

// fleetSize is the number of vehicles that Fleet returns.
const fleetSize = 320

// model is a model of vehicle with the years in which it was sold.
type model struct {
	make, name    string
	from, to      int
	letters       string // that its plates begin with
	lengthMM      int
	category      string
	weightKG      int
	fuel          toll.Fuel
	plugIn        bool
	euroFrom2015  int // Euro class of those registered from 2015 on
	euroUntil2014 int
}

// models are common models on Norwegian roads, with rounded weights and lengths.
func models() []model {
	return []model{
		{"TESLA", "MODEL Y", 2021, 2025, "EE", 4751, "M1", 2430, toll.FuelElectric, false, 0, 0},
		{"VOLKSWAGEN", "GOLF", 2009, 2019, "KH", 4258, "M1", 1830, toll.FuelPetrol, false, 6, 5},
		{"VOLKSWAGEN", "ID.4", 2020, 2025, "EE", 4584, "M1", 2660, toll.FuelElectric, false, 0, 0},
		{"TOYOTA", "RAV4", 2013, 2024, "KH", 4600, "M1", 2225, toll.FuelPetrol, false, 6, 5},
		{"NISSAN", "LEAF", 2012, 2022, "EF", 4490, "M1", 1995, toll.FuelElectric, false, 0, 0},
		{"VOLVO", "XC60", 2010, 2022, "NF", 4688, "M1", 2450, toll.FuelDiesel, false, 6, 5},
		{"MITSUBISHI", "OUTLANDER PHEV", 2014, 2021, "KH", 4695, "M1", 2310, toll.FuelPetrol, true, 6, 5},
		{"SKODA", "OCTAVIA", 2008, 2020, "NF", 4659, "M1", 1950, toll.FuelDiesel, false, 6, 4},
		{"HYUNDAI", "KONA ELECTRIC", 2018, 2024, "EF", 4180, "M1", 2170, toll.FuelElectric, false, 0, 0},
		{"BMW", "X5 XDRIVE45E", 2019, 2023, "KH", 4922, "M1", 3220, toll.FuelPetrol, true, 6, 6},
		{"VOLKSWAGEN", "TRANSPORTER", 2008, 2021, "PN", 5304, "N1", 3000, toll.FuelDiesel, false, 6, 5},
		{"FORD", "E-TRANSIT", 2022, 2025, "EE", 5981, "N1", 3500, toll.FuelElectric, false, 0, 0},
		{"PEUGEOT", "PARTNER", 2012, 2022, "PN", 4403, "N1", 2000, toll.FuelDiesel, false, 6, 5},
		{"TOYOTA", "MIRAI", 2016, 2022, "HY", 4890, "M1", 2180, toll.FuelHydrogen, false, 0, 0},
		{"VOLVO", "FH 460", 2010, 2022, "HJ", 9600, "N3", 27000, toll.FuelDiesel, false, 6, 5},
		{"SCANIA", "R410 LNG", 2019, 2024, "HJ", 9800, "N3", 26000, toll.FuelGas, false, 6, 6},
		{"MAN", "TGE 5.180", 2017, 2023, "PN", 6967, "N2", 5000, toll.FuelDiesel, false, 6, 6},
		{"VOLVO", "FM ELECTRIC", 2022, 2025, "HJ", 9400, "N3", 27000, toll.FuelElectric, false, 0, 0},
		{"HARLEY-DAVIDSON", "SPORTSTER", 2006, 2020, "UA", 2200, "L3e", 430, toll.FuelPetrol, false, 4, 3},
		{"PORSCHE", "TAYCAN", 2020, 2024, "EF", 4963, "M1", 2880, toll.FuelElectric, false, 0, 0},
	}
}

// Fleet returns plausible vehicles: the same ones each time, so that a plate that somebody has noted stays what it was.
func Fleet() map[toll.Plate]register.Vehicle {
	fleet, all := map[toll.Plate]register.Vehicle{}, models()
	for n := range fleetSize {
		m := all[n%len(all)]
		year := m.from + n/len(all)%(m.to-m.from+1)
		euro := m.euroFrom2015
		if year < 2015 {
			euro = m.euroUntil2014
		}
		fleet[toll.NewPlate("NO", fmt.Sprintf("%s %05d", m.letters, 20011+n*37))] = register.Vehicle{
			Make: m.make, Model: m.name, Since: strconv.Itoa(year), LengthMM: m.lengthMM,
			Facts: toll.Facts{Category: m.category, WeightKG: m.weightKG, Fuel: m.fuel, PlugIn: m.plugIn, Euro: euro},
		}
	}
	fleet[toll.NewPlate("NO", NewPlate)] = register.Vehicle{
		Make: "TESLA", Model: "MODEL 3", Since: "2025", LengthMM: 4720, Facts: toll.Facts{Category: "M1", WeightKG: 2300, Fuel: toll.FuelElectric},
	}
	return fleet
}

// Plates with which a developer sees what happens when the register does not answer as usual.
const (
	SlowPlate = "KH 10001" // answered after longer than a look-up waits
	DownPlate = "KH 10002" // answered with an error
	NewPlate  = "KH 10003" // registered a day after the simulator has started
)
