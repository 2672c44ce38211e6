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

// Directory is an index of a Register by tag, plate and vehicle. It is immutable and safe for concurrent use.
type Directory struct {
	version    int64
	vehicles   map[ID]*vehicle
	byPlate    map[toll.Plate]*vehicle
	byTag      map[toll.TagID][]*mount
	agreements map[ID]*agreement
	tags       map[toll.TagID]toll.TagStatus
	keys       map[[32]byte][]string
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

// NewDirectory returns the index of a Register.
func NewDirectory(r Register) (*Directory, error) {
	d := &Directory{
		version: r.Version, vehicles: make(map[ID]*vehicle, len(r.Vehicles)), byPlate: make(map[toll.Plate]*vehicle, len(r.Vehicles)),
		byTag: make(map[toll.TagID][]*mount, len(r.Tags)), agreements: make(map[ID]*agreement, len(r.Agreements)),
		tags: make(map[toll.TagID]toll.TagStatus, len(r.Tags)), keys: make(map[[32]byte][]string, len(r.Keys)),
	}
	for _, k := range r.Keys {
		d.keys[k.Hash] = k.Stations
	}
	for _, t := range r.Tags {
		d.tags[t.ID] = t.Status
	}
	for _, add := range []func(Register) error{d.addAgreements, d.addVehicles, d.addMounts} {
		if err := add(r); err != nil {
			return nil, fmt.Errorf("register: %w", err)
		}
	}
	return d, nil
}

func (d *Directory) addAgreements(r Register) error {
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

func (d *Directory) addVehicles(r Register) error {
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
		d.byPlate[v.Plate] = known
	}
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

func (d *Directory) addMounts(r Register) error {
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
		if m.Tag != "" {
			d.byTag[m.Tag] = append(d.byTag[m.Tag], known)
		}
	}
	return nil
}

func (d *Directory) find(id toll.VehicleID) *vehicle {
	key, err := ParseID(string(id))
	if err != nil {
		return nil
	}
	return d.vehicles[key]
}

// StationsOf returns the stations that an API key may report for, and whether the key is known.
func (d *Directory) StationsOf(hash [32]byte) (stations []string, known bool) {
	stations, known = d.keys[hash]
	return stations, known
}

// Version is the version of the register that the directory was built from.
func (d *Directory) Version() int64 { return d.version }

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
