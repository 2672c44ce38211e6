package passage

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Limits of a RegisterCache. Intake answers stations while the database is away or slow, so it waits only shortly, and
// not again for a while after it has waited in vain.
const (
	feedInterval  = 250 * time.Millisecond // between two reads of the feed for intake
	recentWait    = time.Second            // of intake for keys that are not in the cache
	awayPause     = time.Second            // during which intake uses the cache alone after the database did not answer
	firstWait     = 20 * time.Second       // for the stations' API keys, without which no batch can be accepted
	changesMax    = 100_000                // changes that are stored
	vehiclesMax   = 250_000                // vehicles in each of the two halves of the cache, 500 bytes each
	lookupKeysMax = 20_000                 // keys in one look-up
)

// RegisterCache holds the parts of the register that passages have needed recently. It looks up by key what it does not
// hold, and drops what has changed, so a change costs what changed, whatever the size of the register. It is shared by
// intake and workers and safe for concurrent use.
type RegisterCache struct {
	source RegisterSource

	mu       sync.Mutex
	young    *parts // when it is full, it replaces old
	old      *parts
	version  int64 // up to which changes have been applied; 0 before the first
	changes  []RegisterKeyChange
	since    int64 // every change after this version is in changes
	stations map[[32]byte][]string

	feed    sync.Mutex // held while the feed is read
	checked time.Time  // when the feed was last read for intake
	away    time.Time  // until when intake does not ask the database
}

// NewRegisterCache returns an empty cache of a register.
func NewRegisterCache(source RegisterSource) *RegisterCache {
	return &RegisterCache{source: source, young: emptyParts(), old: emptyParts()}
}

func emptyParts() *parts {
	return &parts{vehicles: map[ID]*vehicle{}, byPlate: map[toll.Plate]ID{}, byTag: map[toll.TagID]*tagEntry{}}
}

// StationsOf returns the stations that an API key may report for, and whether the key is known. While the database is
// away it answers from the last keys that were read. It returns fault.Busy if none were ever read.
func (c *RegisterCache) StationsOf(ctx context.Context, hash [32]byte) (stations []string, known bool, err error) {
	c.refreshForIntake(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stations == nil {
		return nil, false, fault.New(fault.Busy)
	}
	stations, known = c.stations[hash]
	return stations, known, nil
}

// Recent returns a Directory for intake, no older than a second if the database answers. Keys that are not cached and
// cannot be read in time are not in it: their passages are accepted all the same, and matched by a worker.
func (c *RegisterCache) Recent(ctx context.Context, keys RegisterKeys) *Directory {
	d, missing := c.collect(&keys)
	if missing.Empty() || c.isAway() {
		return d
	}
	ctx, cancel := context.WithTimeout(ctx, recentWait)
	defer cancel()
	if err := c.addMissing(ctx, d, &missing); err != nil {
		c.setAway()
	}
	return d
}

// AtLeast returns a Directory whose parts are at least of a version.
func (c *RegisterCache) AtLeast(ctx context.Context, version int64, keys RegisterKeys) (*Directory, error) {
	if err := c.apply(ctx, version); err != nil {
		return nil, err
	}
	d, missing := c.collect(&keys)
	if missing.Empty() {
		return d, nil
	}
	return d, c.addMissing(ctx, d, &missing)
}

// ChangedSince returns the vehicles that have changed after a version and up to the one returned. It returns complete
// false if it has not stored all of them.
func (c *RegisterCache) ChangedSince(version int64) (vehicles []ID, upTo int64, complete bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if version < c.since {
		return nil, c.version, false
	}
	for i := len(c.changes) - 1; i >= 0 && c.changes[i].Version > version; i-- {
		if id := c.changes[i].Vehicle; id != (ID{}) {
			vehicles = append(vehicles, id)
		}
	}
	return vehicles, c.version, true
}

// refreshForIntake applies the feed unless that was done recently. One batch at a time does so, and others do not wait
// for it, except for the first.
func (c *RegisterCache) refreshForIntake(ctx context.Context) {
	c.mu.Lock()
	first := c.stations == nil
	c.mu.Unlock()
	wait := recentWait
	if first {
		wait = firstWait
		c.feed.Lock()
	} else if !c.feed.TryLock() {
		return
	}
	defer c.feed.Unlock()
	now := elapsedClock()
	if now.Sub(c.checked) < feedInterval || !first && c.isAway() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if err := c.readFeed(ctx); err != nil {
		c.setAway() // the workers log that the database is away
		return
	}
	c.checked = elapsedClock()
}

// elapsedClock measures how long something takes, whatever time it is for the product.
func elapsedClock() time.Time { return time.Now() } //nolint:forbidigo // only differences of it are used

func (c *RegisterCache) isAway() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return elapsedClock().Before(c.away)
}

func (c *RegisterCache) setAway() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.away = elapsedClock().Add(awayPause)
}

// apply drops what has changed up to a version.
func (c *RegisterCache) apply(ctx context.Context, version int64) error {
	c.feed.Lock()
	defer c.feed.Unlock()
	c.mu.Lock()
	applied := c.version
	c.mu.Unlock()
	if applied >= version && applied > 0 {
		return nil
	}
	return c.readFeed(ctx)
}

// readFeed reads the feed and drops what has changed. The caller holds feed.
func (c *RegisterCache) readFeed(ctx context.Context) error {
	c.mu.Lock()
	// The lock is not held during the query; readFeed runs once at a time.
	applied, first := c.version, c.version == 0
	c.mu.Unlock()
	// At the first read there is no version to compare with, so everything is read again, as after an incomplete feed.
	feed, err := RegisterFeed{Incomplete: true, StationKeys: true}, error(nil)
	if first {
		feed.Version, err = c.source.RegisterVersion(ctx)
	} else {
		feed, err = c.source.RegisterFeed(ctx, applied)
	}
	if err != nil {
		return err
	}
	var stations []StationKey
	if feed.StationKeys || feed.Incomplete {
		if stations, err = c.source.StationKeys(ctx); err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if feed.StationKeys || feed.Incomplete {
		c.stations = make(map[[32]byte][]string, len(stations))
		for _, k := range stations {
			c.stations[k.Hash] = k.Stations
		}
	}
	c.drop(&feed)
	return nil
}

// drop removes the entries that a feed lists as changed, and stores the changes. The caller holds mu.
func (c *RegisterCache) drop(feed *RegisterFeed) {
	if feed.Version <= c.version {
		return
	}
	c.version = feed.Version
	if feed.Incomplete {
		c.young, c.old, c.changes, c.since = emptyParts(), emptyParts(), nil, feed.Version
		return
	}
	for i := range feed.Changes {
		c.young.drop(&feed.Changes[i])
		c.old.drop(&feed.Changes[i])
	}
	if c.changes = append(c.changes, feed.Changes...); len(c.changes) > changesMax {
		gone := c.changes[:len(c.changes)-changesMax/2]
		c.since = gone[len(gone)-1].Version
		c.changes = append(make([]RegisterKeyChange, 0, changesMax), c.changes[len(gone):]...)
	}
}

func (p *parts) drop(change *RegisterKeyChange) {
	delete(p.vehicles, change.Vehicle)
	delete(p.byPlate, change.Plate)
	delete(p.byTag, change.Tag)
}

// collect returns a Directory of what is cached of the keys, and the keys that are not.
func (c *RegisterCache) collect(keys *RegisterKeys) (d *Directory, missing RegisterKeys) {
	d = newDirectory(keys)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range keys.Vehicles {
		if !c.collectVehicle(d, id) {
			missing.Vehicles = append(missing.Vehicles, id)
		}
	}
	for _, plate := range keys.Plates {
		id, known := c.plate(plate)
		switch {
		case !known || id != (ID{}) && !c.collectVehicle(d, id):
			missing.Plates = append(missing.Plates, plate)
		case id != (ID{}):
			d.byPlate[plate] = d.vehicles[id]
		}
	}
	for _, tag := range keys.Tags {
		if entry := c.tag(tag); entry == nil || !c.collectTag(d, tag, entry) {
			missing.Tags = append(missing.Tags, tag)
		}
	}
	return d, missing
}

// collectVehicle adds a vehicle to a Directory, and reports whether it is cached.
func (c *RegisterCache) collectVehicle(d *Directory, id ID) bool {
	if d.vehicles[id] != nil {
		return true
	}
	v := c.young.vehicles[id]
	if v == nil {
		if v = c.old.vehicles[id]; v == nil {
			return false
		}
		c.young.vehicles[id] = v // it has been used again
	}
	d.vehicles[id] = v
	return true
}

// plate returns the vehicle of a plate from the cache. An entry that is used moves to the young part, so that
// dropping the old part drops what has not been used.
func (c *RegisterCache) plate(plate toll.Plate) (id ID, known bool) {
	if id, known = c.young.byPlate[plate]; known {
		return id, true
	}
	if id, known = c.old.byPlate[plate]; known {
		c.young.byPlate[plate] = id
	}
	return id, known
}

// tag returns the entry of a tag, and moves it to the young part.
func (c *RegisterCache) tag(tag toll.TagID) *tagEntry {
	entry := c.young.byTag[tag]
	if entry == nil {
		if entry = c.old.byTag[tag]; entry != nil {
			c.young.byTag[tag] = entry
		}
	}
	return entry
}

// collectTag adds a tag to a Directory with its vehicles, and reports whether all of them are cached.
func (c *RegisterCache) collectTag(d *Directory, tag toll.TagID, entry *tagEntry) bool {
	for _, id := range entry.vehicles {
		if !c.collectVehicle(d, id) {
			return false
		}
	}
	d.addTag(tag, entry)
	return true
}

// addTag adds a tag whose vehicles are in the Directory.
func (d *Directory) addTag(tag toll.TagID, entry *tagEntry) {
	d.tags[tag] = entry.status
	d.byTag[tag] = nil
	for _, id := range entry.vehicles {
		for _, m := range d.vehicles[id].mounts {
			if m.tag == tag {
				d.byTag[tag] = append(d.byTag[tag], m)
			}
		}
	}
}

// addMissing looks keys up, adds them to a Directory, and caches them.
func (c *RegisterCache) addMissing(ctx context.Context, d *Directory, missing *RegisterKeys) error {
	for !missing.Empty() {
		keys := missing.take(lookupKeysMax)
		register, err := c.source.Register(ctx, keys)
		if err != nil {
			return err
		}
		found, err := newParts(&register)
		if err != nil {
			return errors.Join(fmt.Errorf("look up %d vehicles, %d plates, %d tags", len(keys.Vehicles), len(keys.Plates), len(keys.Tags)), err)
		}
		found.addAbsent(&keys)
		d.add(found)
		c.put(found, register.Version)
	}
	return nil
}

// take removes at most n keys and returns them.
func (k *RegisterKeys) take(n int) (first RegisterKeys) {
	first.Vehicles, k.Vehicles = split(k.Vehicles, n)
	first.Plates, k.Plates = split(k.Plates, n)
	first.Tags, k.Tags = split(k.Tags, n)
	return first
}

func split[T any](list []T, n int) (first, rest []T) {
	n = min(n, len(list))
	return list[:n], list[n:]
}

// addAbsent adds the keys that are not in the register, so that they are not looked up again at every passage.
func (p *parts) addAbsent(keys *RegisterKeys) {
	for _, plate := range keys.Plates {
		if _, found := p.byPlate[plate]; !found {
			p.byPlate[plate] = ID{}
		}
	}
	for _, tag := range keys.Tags {
		if p.byTag[tag] == nil {
			p.byTag[tag] = &tagEntry{}
		}
	}
}

// add adds parts to a Directory that is being built.
func (d *Directory) add(p *parts) {
	for id, v := range p.vehicles {
		d.vehicles[id] = v
	}
	for plate, id := range p.byPlate {
		if id != (ID{}) {
			d.byPlate[plate] = d.vehicles[id]
		}
	}
	for tag, entry := range p.byTag {
		d.addTag(tag, entry)
	}
}

// put caches parts that were read at a version, except those that have changed since.
func (c *RegisterCache) put(p *parts, version int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if version < c.since {
		return
	}
	for i := len(c.changes) - 1; i >= 0 && c.changes[i].Version > version; i-- {
		p.drop(&c.changes[i])
	}
	if len(c.young.vehicles)+len(p.vehicles) > vehiclesMax || len(c.young.byPlate)+len(p.byPlate) > 2*vehiclesMax || len(c.young.byTag)+len(p.byTag) > 2*vehiclesMax {
		c.old, c.young = c.young, emptyParts()
	}
	for id, v := range p.vehicles {
		c.young.vehicles[id] = v
	}
	for plate, id := range p.byPlate {
		c.young.byPlate[plate] = id
	}
	for tag, entry := range p.byTag {
		c.young.byTag[tag] = entry
	}
}
