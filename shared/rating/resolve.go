package rating

import (
	"time"

	"bompass/shared/fault"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Input is what is known of one passage at its instant.
type Input struct {
	Station   toll.StationID
	At        time.Time
	Direction toll.Direction
	Facts     toll.Facts
	Agreement bool               // an agreement in force and not blocked
	TagRead   bool               // its tag was read
	Exempt    toll.ExemptionKind // the exemption in force, "" for none
	Key       uint32             // orders passages of one instant at one station; see KeyOf

	Products  []tariff.ProductID // of supplementary agreements in force
	LengthMM  int                // of the vehicle with its load, for ferries; 0 when unknown
	TrailerMM int                // what a trailer adds to that
}

// Traits are what ResolveAt asks of a passage beside where and when. Most of them stay the same
// from passage to passage of a vehicle.
type Traits struct {
	Classes   Classes
	Have      tariff.Needs // tariff.Have(agreement, tag read)
	Direction Way
	Exempt    Kind
	Key       uint32
}

// Extra is what few passages have: supplementary agreements, and the lengths that ferries ask for.
type Extra struct {
	Products        Products
	Length, Trailer int32 // millimetres
}

// Products is a set of supplementary products; see Plan.Products.
type Products uint64

// productsMax bounds the products of a plan.
const productsMax = 64

// Classes are a vehicle's price class where a heavy M1 is light, and where it is not.
type Classes struct{ Car, Weight toll.Class }

// ClassesOf derives a vehicle's classes.
func ClassesOf(f toll.Facts) Classes { return Classes{f.Class(true), f.Class(false)} }

// Traits gathers an input's traits.
func (in Input) Traits() Traits {
	return Traits{
		Classes: ClassesOf(in.Facts), Have: tariff.Have(in.Agreement, in.TagRead),
		Direction: WayOf(in.Direction), Exempt: KindOf(in.Exempt), Key: in.Key,
	}
}

// Resolve finds the price of one passage on its own. Its error is a fault: station.unknown, or
// tariff.missing when no version is in force or the version has no price, each with the station and
// the instant.
func (p *Plan) Resolve(in Input) (Crossing, error) {
	i, ok := p.index[in.Station]
	if !ok {
		return Crossing{}, fault.New(fault.StationUnknown, "station", string(in.Station), "at", in.At.UTC().Format(time.RFC3339))
	}
	return p.ResolveWith(i, in.At.UnixMilli(), in.Traits(), p.Extra(in))
}

// Extra gathers what ResolveWith asks beside an input's traits.
func (p *Plan) Extra(in Input) Extra {
	return Extra{Products: p.Products(in.Products), Length: metric(in.LengthMM), Trailer: metric(in.TrailerMM)}
}

// metric bounds a length: what is beyond belief stays beyond every class.
func metric(mm int) int32 { return int32(min(max(mm, -1), tariff.LengthMax+1)) }

// ResolveAt is Resolve for a station by index and an instant in Unix milliseconds.
func (p *Plan) ResolveAt(i StationIndex, at int64, t Traits) (c Crossing, err error) {
	if err := p.ResolveInto(&c, i, at, &t); err != nil {
		return Crossing{}, err
	}
	return c, nil
}

// ResolveInto is ResolveAt for those who have the crossing's place ready: it is written field by field
// where it is to stay, which takes half the time of a copy. After an error it is of no use.
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
	c.at, c.key, c.price, c.station, c.month, c.fate = at, t.Key, uint32(price), i, month, charged
	if pl.special != 0 || t.Exempt != noKind || class == toll.Motorcycle {
		c.fate = v.fate(pl, t, class)
	}
	c.hour, c.cap = r.hour, r.cap
	if !c.chargeable() {
		c.hour, c.cap = 0, 0
	} else if r.list == unpriced {
		return p.missing(i, at)
	}
	return nil
}

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

// fate decides the rare cases: the direction that is not charged, then exemptions, tolling.md.
func (v *version) fate(pl *place, t *Traits, class toll.Class) fate {
	if pl.charged != 0 && t.Direction != 0 && t.Direction != pl.charged {
		return otherway
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
	return exemptBy + fate(kind)
}

func (p *Plan) missing(i StationIndex, at int64) error {
	when := time.UnixMilli(at).UTC().Format(time.RFC3339)
	return fault.New(fault.TariffMissing, "station", string(p.stations[i].ID), "at", when)
}
