// Package oracle computes the expected charges of the demo data's passages for tests. It uses the rating core only, on
// complete sets of passages in memory, independently of stream, database and order of arrival.
package oracle

import (
	"fmt"
	"io/fs"
	"time"

	"bompass/assets"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Files returns the tariff files that are embedded in the program.
func Files() ([]tariff.File, error) {
	files, err := fs.Sub(assets.Tariff, "tariff")
	if err != nil {
		return nil, err
	}
	return tariff.Files(files)
}

// Plan compiles the price plans that are embedded in the program.
func Plan() (*rating.Plan, error) {
	files, err := Files()
	if err != nil {
		return nil, err
	}
	book, problems := tariff.Read(files)
	if len(problems) > 0 {
		return nil, fmt.Errorf("price plans: %w", problems[0])
	}
	return rating.Compile(book)
}

// Charges returns the net charges of the passages of the demo data's vehicles.
func Charges(plan *rating.Plan, driven []toll.Observation) (map[toll.PassageID]money.Ore, error) {
	mounted := map[toll.VehicleID]bool{}
	for _, m := range fixture.Mounts() {
		mounted[m.Vehicle] = true
	}
	net := make(map[toll.PassageID]money.Ore, len(driven))
	for _, v := range fixture.Vehicles() {
		if err := charge(plan, v, mounted[v.ID], driven, net); err != nil {
			return nil, err
		}
	}
	return net, nil
}

// charge adds the charges of one vehicle to net. Its passages are rated as one set, in order of time, because hour
// rules and caps depend on the earlier ones.
func charge(
	plan *rating.Plan, v toll.Vehicle, mounted bool, driven []toll.Observation, net map[toll.PassageID]money.Ore,
) error {
	var set []rating.Crossing
	var ids []toll.PassageID
	for _, o := range driven {
		if o.Plate != v.Plate.Text {
			continue
		}
		in := rating.Input{
			Station: o.Station, At: o.At.Truncate(time.Millisecond), Direction: o.Direction, Facts: v.Facts,
			Agreement: mounted, TagRead: o.Tag != "",
			Key: rating.KeyOf(o.ID()),
		}
		if v.ID == fixture.OlavCar {
			in.Exempt = toll.ExemptDisabled
		}
		c, err := plan.Resolve(in)
		if err != nil {
			return fmt.Errorf("passage %s: %w", o.Key(), err)
		}
		set, ids = append(set, c), append(ids, o.ID())
	}
	order := make([]int, len(set))
	for i := range order {
		order[i] = i
	}
	rating.SortIndex(order, set)
	sorted, charges := make([]rating.Crossing, len(set)), make([]rating.Charge, len(set))
	for i, at := range order {
		sorted[i] = set[at]
	}
	plan.Rate(sorted, charges)
	for i, at := range order {
		net[ids[at]] = charges[i].Net()
	}
	return nil
}
