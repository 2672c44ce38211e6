package passage_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"bompass/server/passage"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// memoryRegister is a register of vehicles with one tag each, whose changes and answers a test controls.
type memoryRegister struct {
	mu       sync.Mutex
	version  int64
	onTag    map[toll.TagID]int // number of the vehicle
	plates   map[toll.Plate]int
	changes  []passage.RegisterKeyChange
	lookups  int // keys that were looked up
	away     error
	standing bool // answers nothing until the caller gives up
}

func newMemoryRegister(vehicles int) *memoryRegister {
	m := &memoryRegister{version: 1, onTag: map[toll.TagID]int{}, plates: map[toll.Plate]int{}}
	for n := range vehicles {
		m.onTag[tagOf(n)], m.plates[plateOf(n)] = n, n
	}
	return m
}

func tagOf(n int) toll.TagID   { return toll.TagID(fmt.Sprintf("tag-%d", n)) }
func plateOf(n int) toll.Plate { return toll.Plate{Country: "NO", Text: fmt.Sprintf("AB%05d", n)} }
func idOf(n int) passage.ID    { return passage.ID{1, byte(n >> 8), byte(n)} }

func uuidOf(kind byte, n int) string {
	return fmt.Sprintf("%02x%02x%02x00-0000-0000-0000-000000000000", kind, byte(n>>8), byte(n))
}

// move puts a tag on another vehicle.
func (m *memoryRegister) move(tag toll.TagID, to int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.version++
	m.changes = append(m.changes,
		passage.RegisterKeyChange{Version: m.version, Vehicle: idOf(m.onTag[tag])}, passage.RegisterKeyChange{Version: m.version, Vehicle: idOf(to)},
		passage.RegisterKeyChange{Version: m.version, Tag: tag})
	m.onTag[tag] = to
}

func (m *memoryRegister) wait(ctx context.Context) error {
	if m.standing {
		<-ctx.Done()
		return ctx.Err()
	}
	return m.away
}

func (m *memoryRegister) RegisterVersion(ctx context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.version, m.wait(ctx)
}

func (m *memoryRegister) StationKeys(ctx context.Context) ([]passage.StationKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return []passage.StationKey{{Hash: [32]byte{7}, Stations: []string{"*"}}}, m.wait(ctx)
}

func (m *memoryRegister) RegisterFeed(ctx context.Context, after int64) (passage.RegisterFeed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	feed := passage.RegisterFeed{Version: m.version}
	for _, c := range m.changes {
		if c.Version > after {
			feed.Changes = append(feed.Changes, c)
		}
	}
	return feed, m.wait(ctx)
}

func (m *memoryRegister) Register(ctx context.Context, keys passage.RegisterKeys) (passage.Register, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lookups += len(keys.Plates) + len(keys.Tags) + len(keys.Vehicles)
	found := map[int]bool{}
	r := passage.Register{Version: m.version}
	for _, p := range keys.Plates {
		if n, known := m.plates[p]; known {
			found[n] = true
		}
	}
	for _, id := range keys.Vehicles {
		found[int(id[1])<<8+int(id[2])] = true
	}
	for _, tag := range keys.Tags {
		if n, known := m.onTag[tag]; known {
			found[n] = true
			r.Tags = append(r.Tags, toll.Tag{ID: tag, Status: toll.TagActive})
		}
	}
	for n := range found {
		agreement := toll.AgreementID(uuidOf(2, n))
		r.Vehicles = append(r.Vehicles, toll.Vehicle{ID: toll.VehicleID(uuidOf(1, n)), Plate: plateOf(n)})
		r.Agreements = append(r.Agreements, toll.Agreement{ID: agreement, Customer: toll.CustomerID(uuidOf(3, n))})
		tagged := false
		for tag, on := range m.onTag {
			if on == n {
				r.Mounts, tagged = append(r.Mounts, toll.Mount{Vehicle: toll.VehicleID(uuidOf(1, n)), Agreement: agreement, Tag: tag}), true
			}
		}
		if !tagged {
			r.Mounts = append(r.Mounts, toll.Mount{Vehicle: toll.VehicleID(uuidOf(1, n)), Agreement: agreement})
		}
	}
	return r, m.wait(ctx)
}

func keysOfTag(tag toll.TagID) passage.RegisterKeys {
	return passage.RegisterKeys{Tags: []toll.TagID{tag}}
}

// vehicleOfTag returns the vehicle that a Directory finds a tag on.
func vehicleOfTag(d *passage.Directory, tag toll.TagID) passage.ID {
	var r passage.Record
	d.Match(&toll.Observation{Tag: tag, At: time.Unix(1_800_000_000, 0)}, &r)
	return r.Vehicle
}

func TestCacheNeverAnswersOlderThanTheVersionAskedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const vehicles = 20
		m := newMemoryRegister(vehicles)
		c := passage.NewRegisterCache(m)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			tag := tagOf(rapid.IntRange(0, vehicles-1).Draw(t, "tag"))
			if rapid.Bool().Draw(t, "move") {
				m.move(tag, rapid.IntRange(0, vehicles-1).Draw(t, "to"))
				continue
			}
			d, err := c.AtLeast(t.Context(), m.version, keysOfTag(tag))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := vehicleOfTag(d, tag), idOf(m.onTag[tag]); got != want {
				t.Fatalf("%s at version %d: on vehicle %x, want %x", tag, m.version, got[:3], want[:3])
			}
		}
	})
}

func TestCacheIsExactUnderConcurrentChanges(t *testing.T) {
	const vehicles = 8
	m := newMemoryRegister(vehicles)
	c := passage.NewRegisterCache(m)
	var group sync.WaitGroup
	for reader := range 4 {
		group.Go(func() {
			for i := range 2000 {
				tag := tagOf((reader + i) % vehicles)
				m.mu.Lock()
				version := m.version
				m.mu.Unlock()
				if _, err := c.AtLeast(t.Context(), version, keysOfTag(tag)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 2000 {
		m.move(tagOf(i%vehicles), (i*7)%vehicles)
	}
	group.Wait()
	for n := range vehicles { // nothing old was left behind
		d, err := c.AtLeast(t.Context(), m.version, keysOfTag(tagOf(n)))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := vehicleOfTag(d, tagOf(n)), idOf(m.onTag[tagOf(n)]); got != want {
			t.Errorf("%s: on vehicle %x, want %x", tagOf(n), got[:3], want[:3])
		}
	}
}

func TestChangeCostsOnlyWhatChanged(t *testing.T) {
	const vehicles = 500
	m := newMemoryRegister(vehicles)
	c := passage.NewRegisterCache(m)
	var keys passage.RegisterKeys
	for n := range vehicles {
		keys.AddObservation(&toll.Observation{Tag: tagOf(n), Country: "NO", Plate: plateOf(n).Text})
	}
	read := func() int {
		t.Helper()
		before := m.lookups
		if _, err := c.AtLeast(t.Context(), m.version, keys); err != nil {
			t.Fatal(err)
		}
		return m.lookups - before
	}
	if n := read(); n != 2*vehicles {
		t.Errorf("first time: %d keys looked up, want %d", n, 2*vehicles)
	}
	if n := read(); n != 0 {
		t.Errorf("second time: %d keys looked up, want none", n)
	}
	m.move(tagOf(3), 4)
	if n := read(); n == 0 || n > 6 { // two vehicles, by plate and by the tags they have
		t.Errorf("after one change: %d keys looked up", n)
	}
}

func TestUnknownKeysAreLookedUpOnce(t *testing.T) {
	m := newMemoryRegister(1)
	c := passage.NewRegisterCache(m)
	keys := passage.RegisterKeys{Plates: []toll.Plate{plateOf(9)}, Tags: []toll.TagID{tagOf(9)}}
	for range 3 {
		if _, err := c.AtLeast(t.Context(), 1, keys); err != nil {
			t.Fatal(err)
		}
	}
	if m.lookups != 2 {
		t.Errorf("%d look-ups, want 2", m.lookups)
	}
	m.mu.Lock() // the vehicle becomes known
	m.version++
	m.plates[plateOf(9)] = 9
	m.changes = append(m.changes, passage.RegisterKeyChange{Version: m.version, Vehicle: idOf(9), Plate: plateOf(9)})
	m.mu.Unlock()
	d, err := c.AtLeast(t.Context(), m.version, keys)
	if err != nil {
		t.Fatal(err)
	}
	var r passage.Record
	if d.Match(&toll.Observation{Country: "NO", Plate: plateOf(9).Text, At: time.Unix(1_800_000_000, 0)}, &r); r.Vehicle != idOf(9) {
		t.Errorf("the new vehicle is not found: %x", r.Vehicle)
	}
}

func TestChangedSinceNamesTheChangedVehicles(t *testing.T) {
	m := newMemoryRegister(4)
	c := passage.NewRegisterCache(m)
	if _, err := c.AtLeast(t.Context(), 1, passage.RegisterKeys{}); err != nil {
		t.Fatal(err)
	}
	if _, _, complete := c.ChangedSince(0); complete {
		t.Error("a cache that began at version 1 claims to know the changes before it")
	}
	m.move(tagOf(1), 2)
	if _, err := c.AtLeast(t.Context(), 2, passage.RegisterKeys{}); err != nil {
		t.Fatal(err)
	}
	changed, upTo, complete := c.ChangedSince(1)
	if !complete || upTo != 2 || len(changed) != 2 || !slices.Contains(changed, idOf(1)) || !slices.Contains(changed, idOf(2)) {
		t.Errorf("got %x up to %d, complete %v", changed, upTo, complete)
	}
}

// Stations are answered while the database is away or stands still, from what is cached.
func TestIntakeDoesNotWaitForTheDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemoryRegister(3)
		c := passage.NewRegisterCache(m)
		if _, known, err := c.StationsOf(t.Context(), [32]byte{7}); !known || err != nil {
			t.Fatalf("station key: %v, %v", known, err)
		}
		c.Recent(t.Context(), keysOfTag(tagOf(1)))
		for _, fail := range []func(){func() { m.away = errors.New("connection refused") }, func() { m.standing = true }} {
			fail()
			time.Sleep(time.Minute)
			began := time.Now()
			for range 100 {
				if _, known, err := c.StationsOf(t.Context(), [32]byte{7}); !known || err != nil {
					t.Fatalf("station key: %v, %v", known, err)
				}
				if d := c.Recent(t.Context(), keysOfTag(tagOf(1))); vehicleOfTag(d, tagOf(1)) != idOf(1) {
					t.Fatal("what is cached was not used")
				}
				if d := c.Recent(t.Context(), keysOfTag(tagOf(2))); vehicleOfTag(d, tagOf(2)) != (passage.ID{}) {
					t.Fatal("a tag was found that could not be read")
				}
			}
			if waited := time.Since(began); waited > 3*time.Second {
				t.Errorf("100 batches waited %s in all", waited)
			}
		}
		m.mu.Lock()
		m.away, m.standing = nil, false
		m.mu.Unlock()
		time.Sleep(2 * time.Second)
		if d := c.Recent(t.Context(), keysOfTag(tagOf(2))); vehicleOfTag(d, tagOf(2)) != idOf(2) {
			t.Error("the database is back, and the tag is not found")
		}
	})
}

func TestNoStationKeyEverReadMeansBusy(t *testing.T) {
	m := newMemoryRegister(1)
	m.away = errors.New("connection refused")
	c := passage.NewRegisterCache(m)
	if _, _, err := c.StationsOf(t.Context(), [32]byte{7}); fault.CodeOf(err) != fault.Busy {
		t.Errorf("got %v, want %s", err, fault.Busy)
	}
}
