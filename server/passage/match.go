package passage

import (
	"time"

	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Match finds who pays, tolling.md A.0 step 2: the agreement of the tag that was read; else that of
// the plate; else the registered owner, at full price; else nobody, and the passage waits.
func (d *Directory) Match(o *toll.Observation, r *Record) {
	r.MatchedBy = toll.ByNone
	if m := d.mountOfTag(o.Tag, o.At); m != nil {
		r.assign(m, toll.ByTag)
		return
	}
	v := d.byPlate[toll.Plate{Country: o.Country, Text: o.Plate}]
	if v == nil {
		return
	}
	for _, m := range v.mounts {
		if m.inForce(o.At) {
			r.assign(m, toll.ByPlate)
			return
		}
	}
	if v.owner != (ID{}) {
		r.Vehicle, r.Customer, r.MatchedBy = v.id, v.owner, toll.ByOwner
	}
}

// Rematch finds who pays for a kept passage, when the register has learnt something of the past or the
// instant is another one. What the register does not date stays as it was when the passage was matched:
// the state of the tag, whether the agreement was blocked, and who owned the vehicle.
func (d *Directory) Rematch(r, was *Record) {
	o := r.Observation
	r.Unmatch()
	if m := d.mounted(o.Tag, o.At); m != nil && was.MatchedBy == toll.ByTag {
		r.assign(m, toll.ByTag)
	} else {
		d.Match(&o, r)
	}
	switch {
	case r.Agreement != ID{} && r.Agreement == was.Agreement:
		r.Blocked = was.Blocked
	case r.MatchedBy == toll.ByOwner && was.MatchedBy == toll.ByOwner && r.Vehicle == was.Vehicle:
		r.Customer = was.Customer
	}
}

func (r *Record) assign(m *mount, by toll.MatchedBy) {
	r.Vehicle, r.Customer, r.Agreement, r.MatchedBy = m.vehicle.id, m.agreement.customer, m.agreement.id, by
	r.Blocked = m.agreement.blocked
}

func (m *mount) inForce(at time.Time) bool { return m.Contains(at) && m.agreement.Contains(at) }

// mountOfTag finds where a tag was when it was read. A tag that is not active does not count as read.
func (d *Directory) mountOfTag(tag toll.TagID, at time.Time) *mount {
	if tag == "" || d.tags[tag] != toll.TagActive {
		return nil
	}
	return d.mounted(tag, at)
}

func (d *Directory) mounted(tag toll.TagID, at time.Time) *mount {
	for _, m := range d.byTag[tag] {
		if m.inForce(at) {
			return m
		}
	}
	return nil
}

// Partition is where a passage belongs: with its vehicle's others.
func (d *Directory) Partition(o *toll.Observation) int {
	if m := d.mountOfTag(o.Tag, o.At); m != nil {
		return m.vehicle.partition
	}
	if v := d.byPlate[toll.Plate{Country: o.Country, Text: o.Plate}]; v != nil {
		return v.partition
	}
	return PartitionOf([]byte(o.Country + o.Plate + string(o.Tag)))
}

// traits are what rating asks of a passage that has been matched. A blocked agreement keeps its
// passages but loses discounts, tolling.md A-3; blocking it later does not change what was.
func (v *vehicle) traits(r *Record) rating.Traits {
	return rating.Traits{
		Classes: v.classes(r.At), Have: tariff.Have(r.Agreement != ID{} && !r.Blocked, r.MatchedBy == toll.ByTag),
		Direction: rating.DirectionOf(r.Direction), Exempt: v.exemption(r.At),
		Key: rating.KeyOf(toll.FormatPassageID(r.ID)), // as everyone does who rates the passage again
	}
}
