package passage

import (
	"time"

	"bompass/shared/toll"
)

// Match finds the payer: the agreement of the tag that was read; else that of the plate; else the registered
// owner, at full price. Otherwise the passage remains unmatched.
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

// Rematch finds the payer of a stored passage after a change of the register or of the passage's instant. What
// the register does not date stays as it was when the passage was matched: the state of the tag, whether the
// agreement was blocked, and the owner of the vehicle.
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

// mountOfTag returns the mount of a tag at an instant. A tag that is not active does not count as read.
func (d *Directory) mountOfTag(tag toll.TagID, at time.Time) *mount {
	if tag == "" || d.tags[tag] != toll.TagActive {
		return nil
	}
	return d.mounted(tag, at)
}

// mounted returns the mount of a tag at an instant, nil if the tag is in no vehicle then.
func (d *Directory) mounted(tag toll.TagID, at time.Time) *mount {
	for _, m := range d.byTag[tag] {
		if m.inForce(at) {
			return m
		}
	}
	return nil
}

// Partition returns the partition of a passage: that of its vehicle, if it has one.
func (d *Directory) Partition(o *toll.Observation) int {
	if m := d.mountOfTag(o.Tag, o.At); m != nil {
		return m.vehicle.partition
	}
	if v := d.byPlate[toll.Plate{Country: o.Country, Text: o.Plate}]; v != nil {
		return v.partition
	}
	return PartitionOf([]byte(o.Country + o.Plate + string(o.Tag)))
}
