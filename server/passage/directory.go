package passage

import (
	"fmt"
	"hash/fnv"
	"slices"

	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Partitions is the number of partitions of the stream. All passages of a vehicle are in one partition, so one
// worker at a time processes them.
const Partitions = 4

// Directory is an index of the part of the register that a batch of passages needs, by tag, plate and vehicle. It is
// immutable and safe for concurrent use.
type Directory struct {
	vehicles map[ID]*vehicle
	byPlate  map[toll.Plate]*vehicle
	byTag    map[toll.TagID][]*mount
	tags     map[toll.TagID]toll.TagStatus
}

type vehicle struct {
	id        ID
	owner     ID
	partition int
	mounts    []*mount
	facts     []datedClasses
	exempt    []datedKind
	lengths   []datedLength // where known
	products  []datedProduct
}

type mount struct {
	toll.Validity
	vehicle   *vehicle
	agreement *agreement
	tag       toll.TagID
}

type agreement struct {
	toll.Validity
	id, customer ID
	blocked      bool
}

type datedClasses struct {
	toll.Validity
	classes rating.Classes
}

type datedKind struct {
	toll.Validity
	kind rating.Exemption
}

type datedLength struct {
	toll.Validity
	mm int
}

type datedProduct struct {
	toll.Validity
	id tariff.ProductID
}

func newDirectory(k *RegisterKeys) *Directory {
	return &Directory{
		vehicles: make(map[ID]*vehicle, len(k.Plates)+len(k.Vehicles)), byPlate: make(map[toll.Plate]*vehicle, len(k.Plates)),
		byTag: make(map[toll.TagID][]*mount, len(k.Tags)), tags: make(map[toll.TagID]toll.TagStatus, len(k.Tags)),
	}
}

// DirectoryOf returns a Directory of a part of the register that the keys have led to.
func DirectoryOf(r *Register, keys *RegisterKeys) (*Directory, error) {
	found, err := newParts(r)
	if err != nil {
		return nil, err
	}
	found.addAbsent(keys)
	d := newDirectory(keys)
	d.add(found)
	return d, nil
}

// parts is a Register in the form that is cached: every vehicle with all that is dated of it.
type parts struct {
	vehicles   map[ID]*vehicle
	byPlate    map[toll.Plate]ID
	byTag      map[toll.TagID]*tagEntry
	agreements map[ID]*agreement
}

// tagEntry is a tag with the vehicles that have or had it.
type tagEntry struct {
	status   toll.TagStatus // empty for a tag that is not in the register
	vehicles []ID
}

// newParts indexes a Register by its keys.
func newParts(r *Register) (*parts, error) {
	d := &parts{
		vehicles: make(map[ID]*vehicle, len(r.Vehicles)), byPlate: make(map[toll.Plate]ID, len(r.Vehicles)),
		byTag: make(map[toll.TagID]*tagEntry, len(r.Tags)), agreements: make(map[ID]*agreement, len(r.Agreements)),
	}
	for _, t := range r.Tags {
		d.byTag[t.ID] = &tagEntry{status: t.Status}
	}
	for _, add := range []func(*Register) error{d.addAgreements, d.addVehicles, d.addMounts} {
		if err := add(r); err != nil {
			return nil, fmt.Errorf("register: %w", err)
		}
	}
	return d, nil
}

// addAgreements adds the agreements.
func (d *parts) addAgreements(r *Register) error {
	for _, a := range r.Agreements {
		id, err := ParseID(string(a.ID))
		if err != nil {
			return err
		}
		customer, err := ParseID(string(a.Customer))
		if err != nil {
			return err
		}
		d.agreements[id] = &agreement{Validity: a.Validity, id: id, customer: customer, blocked: a.Blocked}
	}
	return nil
}

// addVehicles adds the vehicles and what is dated of them: facts, exemptions and supplementary agreements. Facts
// are reduced to vehicle classes at once, which rating needs for every passage.
func (d *parts) addVehicles(r *Register) error {
	for _, v := range r.Vehicles {
		id, err := ParseID(string(v.ID))
		if err != nil {
			return err
		}
		known := &vehicle{id: id, partition: PartitionOf(id[:])}
		if v.Owner != "" {
			if known.owner, err = ParseID(string(v.Owner)); err != nil {
				return err
			}
		}
		d.vehicles[id] = known
		d.byPlate[v.Plate] = id
	}
	// Rows of vehicles that the register did not return are skipped.
	for _, f := range r.Facts {
		if v := d.find(f.Vehicle); v != nil {
			v.facts = append(v.facts, datedClasses{f.Validity, rating.ClassesOf(f.Facts)})
			if f.LengthMM > 0 {
				v.lengths = append(v.lengths, datedLength{f.Validity, f.LengthMM})
			}
		}
	}
	for _, e := range r.Exemptions {
		if v := d.find(e.Vehicle); v != nil {
			v.exempt = append(v.exempt, datedKind{e.Validity, rating.ExemptionOf(e.Kind)})
		}
	}
	for _, s := range r.Supplements {
		if v := d.find(s.Vehicle); v != nil {
			v.products = append(v.products, datedProduct{s.Validity, tariff.ProductID(s.Product)})
		}
	}
	return nil
}

// addMounts connects vehicles with their agreements and tags.
func (d *parts) addMounts(r *Register) error {
	for _, m := range r.Mounts {
		id, err := ParseID(string(m.Agreement))
		if err != nil {
			return err
		}
		v, a := d.find(m.Vehicle), d.agreements[id]
		if v == nil || a == nil {
			return fmt.Errorf("mount of vehicle %s names an unknown agreement or vehicle", m.Vehicle)
		}
		known := &mount{Validity: m.Validity, vehicle: v, agreement: a, tag: m.Tag}
		v.mounts = append(v.mounts, known)
		if entry := d.byTag[m.Tag]; entry != nil && !slices.Contains(entry.vehicles, v.id) {
			entry.vehicles = append(entry.vehicles, v.id)
		}
	}
	return nil
}

func (d *parts) find(id toll.VehicleID) *vehicle {
	key, err := ParseID(string(id))
	if err != nil {
		return nil
	}
	return d.vehicles[key]
}

// Covers reports whether the stations of an API key include a station.
func Covers(stations []string, id toll.StationID) bool {
	return slices.Contains(stations, string(id)) || slices.Contains(stations, "*")
}

// PartitionOf returns the partition of a vehicle's id, or of any other bytes that a passage without a vehicle has.
func PartitionOf(b []byte) int {
	h := fnv.New32a()
	_, _ = h.Write(b)
	return int(h.Sum32() % Partitions)
}
