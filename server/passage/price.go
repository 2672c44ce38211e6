package passage

import (
	"errors"
	"time"

	"bompass/shared/fault"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Resolve computes the price of a matched passage on its own and stores it in c. It returns why there is no
// price, or nil. The passage's vehicle must be in the directory.
func (d *Directory) Resolve(plan *rating.Plan, rec *Record, c *rating.Crossing) *fault.Error {
	station, ok := plan.StationIndex(rec.Station)
	if !ok {
		return fault.New(fault.StationUnknown, "station", string(rec.Station), "at", rec.At.Format(time.RFC3339))
	}
	v, at := d.vehicles[rec.Vehicle], rec.At.UnixMilli()
	traits := v.traits(rec)
	var err error
	if len(v.products) == 0 {
		err = plan.ResolveInto(c, station, at, &traits)
	}
	if len(v.products) > 0 || err != nil && len(v.lengths) > 0 { // only a ferry needs a length, and has no price without it
		*c, err = plan.ResolveWith(station, at, traits, plan.Extra(v.extra(rec.At)))
	}
	if reason, ok := errors.AsType[*fault.Error](err); ok {
		return reason
	}
	return nil
}

// traits returns the input of rating for a matched passage. A blocked agreement keeps its passages but loses
// discounts (Takstretningslinjene); blocking it later does not change earlier passages.
func (v *vehicle) traits(r *Record) rating.Traits {
	return rating.Traits{
		Classes: v.classes(r.At), Have: tariff.Have(r.Agreement != ID{} && !r.Blocked, r.MatchedBy == toll.ByTag),
		Direction: rating.DirectionOf(r.Direction), Exempt: v.exemption(r.At),
		Key: rating.KeyOf(toll.FormatPassageID(r.ID)), // the order of simultaneous passages must be the same wherever they are rated
	}
}

// classes returns the classes at an instant. A vehicle without facts pays the highest price of its group.
func (v *vehicle) classes(at time.Time) rating.Classes {
	for i := range v.facts {
		if v.facts[i].Contains(at) {
			return v.facts[i].classes
		}
	}
	return rating.ClassesOf(toll.Facts{})
}

// exemption returns the vehicle's exemption at an instant.
func (v *vehicle) exemption(at time.Time) (kind rating.Exemption) {
	for i := range v.exempt {
		if v.exempt[i].Contains(at) {
			return v.exempt[i].kind
		}
	}
	return kind
}

// extra returns the input that few passages have: the length and the products held, which ferries are priced by.
func (v *vehicle) extra(at time.Time) (in rating.Input) {
	for i := range v.lengths {
		if v.lengths[i].Contains(at) {
			in.LengthMM = v.lengths[i].mm
		}
	}
	for i := range v.products {
		if v.products[i].Contains(at) {
			in.Products = append(in.Products, v.products[i].id)
		}
	}
	return in
}
