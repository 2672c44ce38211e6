package rating

import (
	"time"

	"bompass/shared/fault"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Input is the data of one passage at its instant.
type Input struct {
	Station   toll.StationID
	At        time.Time
	Direction toll.Direction
	Facts     toll.Facts
	Agreement bool               // an agreement in force and not blocked
	TagRead   bool               // the agreement's tag was read
	Exempt    toll.ExemptionKind // the exemption in force, "" for none
	Key       uint32             // orders passages of one instant at one station; see KeyOf

	Products  []tariff.ProductID // products of the supplementary agreements in force
	LengthMM  int                // length of the vehicle with its load, for ferries; 0 when unknown
	TrailerMM int                // additional length of a trailer
}

// Traits are the data of a passage that ResolveAt needs besides station and instant. They are usually equal for
// all passages of a vehicle.
type Traits struct {
	Classes   Classes
	Have      tariff.Needs // tariff.Have(agreement, tag read)
	Direction Direction
	Exempt    Exemption
	Key       uint32
}

// Extra is the data that few passages have: supplementary agreements and the lengths used by ferries.
type Extra struct {
	Products        Products
	Length, Trailer int32 // millimetres
}

// Products is a set of supplementary products, made by Plan.Products.
type Products uint64

// productsMax is the maximum number of products of a plan.
const productsMax = 64

// Classes are a vehicle's price classes where an M1 over 3,500 kg counts as light, and where it does not.
type Classes struct{ Car, Weight toll.Class }

// ClassesOf derives a vehicle's classes.
func ClassesOf(f toll.Facts) Classes { return Classes{f.Class(true), f.Class(false)} }

// Traits returns the traits of an input.
func (in Input) Traits() Traits {
	return Traits{
		Classes: ClassesOf(in.Facts), Have: tariff.Have(in.Agreement, in.TagRead),
		Direction: DirectionOf(in.Direction), Exempt: ExemptionOf(in.Exempt), Key: in.Key,
	}
}

// Resolve finds the price of one passage on its own. Its error is a fault: station.unknown, or tariff.missing
// when no version is in force or the version has no price, each with the station and the instant.
func (p *Plan) Resolve(in Input) (Crossing, error) {
	i, ok := p.index[in.Station]
	if !ok {
		return Crossing{}, fault.New(fault.StationUnknown, "station", string(in.Station), "at", in.At.UTC().Format(time.RFC3339))
	}
	return p.ResolveWith(i, in.At.UnixMilli(), in.Traits(), p.Extra(in))
}

// Extra returns the data that ResolveWith needs besides the traits of an input.
func (p *Plan) Extra(in Input) Extra {
	return Extra{Products: p.Products(in.Products), Length: metric(in.LengthMM), Trailer: metric(in.TrailerMM)}
}

// metric limits a length to a value that is beyond every fare class.
func metric(mm int) int32 { return int32(min(max(mm, -1), tariff.LengthMax+1)) }

// ResolveAt is Resolve for a station by index and an instant in Unix milliseconds.
func (p *Plan) ResolveAt(i StationIndex, at int64, t Traits) (c Crossing, err error) {
	if err := p.ResolveInto(&c, i, at, &t); err != nil {
		return Crossing{}, err
	}
	return c, nil
}

// ResolveInto is ResolveAt into an existing crossing. Writing its fields in place takes half the time of a copy.
// After an error the content of the crossing is undefined.
func (p *Plan) ResolveInto(c *Crossing, i StationIndex, at int64, t *Traits) (err error) {
	pl := &p.places[i]
	v := p.inForce(pl, at)
	if v == nil {
		return p.missing(i, at)
	}
	if v.own {
		*c, err = p.ResolveWith(i, at, *t, Extra{})
		return err
	}
	minute, kind, month := p.days.at(at)
	class := t.Classes.Car
	if !v.cars.Met(t.Have) {
		class = t.Classes.Weight
	}
	band := p.clocks[p.clockOf[v.clocks+int32(pl.profile)*dayKinds+int32(kind)]][minute]
	price := v.rows + ((int32(pl.profile)*v.bands+int32(band))*classCount+int32(class))*states + int32(t.Have)
	r := &p.rows[price]
	c.at, c.key, c.price, c.station, c.month, c.treatment = at, t.Key, uint32(price), i, month, charged
	// All other passages are charged, which is the common case; treatment is called only if something can make them
	// free.
	if pl.special != 0 || t.Exempt != noKind || class == toll.Motorcycle {
		c.treatment = v.treatment(pl, t, class)
	}
	c.hour, c.cap = r.hour, r.cap
	if !c.chargeable() {
		c.hour, c.cap = 0, 0
	} else if r.list == unpriced {
		return p.missing(i, at)
	}
	return nil
}

// inForce returns the version of the station's scheme at an instant, nil if there is none. It searches from the
// end, because most passages are recent.
func (p *Plan) inForce(pl *place, at int64) *version {
	for n := int(pl.end) - 1; n >= int(pl.first); n-- {
		if v := &p.versions[n]; at >= v.from {
			if at < v.to {
				return v
			}
			return nil
		}
	}
	return nil
}

// treatment decides the rare cases: first a direction that is not charged, then exemptions.
func (v *version) treatment(pl *place, t *Traits, class toll.Class) treatment {
	if pl.charged != 0 && t.Direction != 0 && t.Direction != pl.charged {
		return otherDirection
	}
	kind := t.Exempt
	if class == toll.Motorcycle {
		kind = motorcycle
	}
	if kind == noKind || kind == disabled && !pl.disabledFree || !v.exempt[kind].Met(t.Have) {
		if pl.special&neighbours != 0 {
			return tied
		}
		return charged
	}
	return exemptBy + treatment(kind)
}

func (p *Plan) missing(i StationIndex, at int64) error {
	when := time.UnixMilli(at).UTC().Format(time.RFC3339)
	return fault.New(fault.TariffMissing, "station", string(p.stations[i].ID), "at", when)
}
