package passagedb_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"bompass/server/internal/pgtest"
	"bompass/server/passage"
	"bompass/server/store"
	"bompass/server/store/passagedb"
	"bompass/shared/toll"
)

// register is a small register: one customer, two agreements, two vehicles and a tag.
const register = `
	insert into customer (id, kind, name, email, country, language) values ('00000000-0000-0000-0000-0000000000c1', 'private', 'Kari Lund', 'k@bompass.example', 'NO', 'nb');
	insert into agreement (id, number, customer_id, issuer, charger, valid_from) values
		('00000000-0000-0000-0000-0000000000a1', '1', '00000000-0000-0000-0000-0000000000c1', 'ferde', 'ferde', '2020-01-01'),
		('00000000-0000-0000-0000-0000000000a2', '2', '00000000-0000-0000-0000-0000000000c1', 'ferde', 'ferde', '2020-01-01');
	insert into vehicle (id, country, plate) values
		('00000000-0000-0000-0000-000000000001', 'NO', 'AB10001'), ('00000000-0000-0000-0000-000000000002', 'NO', 'AB10002');
	insert into tag (id, agreement_id, status) values ('t1', '00000000-0000-0000-0000-0000000000a1', 'active');
	insert into mount (vehicle_id, agreement_id, tag_id, valid_from) values
		('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-0000000000a1', 't1', '2020-01-01'),
		('00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-0000000000a2', null, '2020-01-01')`

var (
	first  = passage.ID{15: 1}
	second = passage.ID{15: 2}
)

func newRegister(t *testing.T) (*store.DB, *passagedb.Store) {
	t.Helper()
	db := pgtest.New(t)
	execute(t, db, register)
	return db, passagedb.New(db)
}

func execute(t *testing.T, db *store.DB, sql string) {
	t.Helper()
	if _, err := db.Pool.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// Each change of the register names in the feed every key that leads to what has changed.
func TestFeedNamesWhatEachChangeBearsOn(t *testing.T) {
	db, s := newRegister(t)
	for _, c := range []struct {
		change   string
		vehicles []passage.ID
		plates   []string
		tags     []toll.TagID
		stations bool
	}{
		{change: "update vehicle set plate = 'AB20002' where plate = 'AB10002'", vehicles: []passage.ID{second}, plates: []string{"AB10002", "AB20002"}},
		{change: "update vehicle set owner_id = '00000000-0000-0000-0000-0000000000c1' where plate = 'AB10001'", vehicles: []passage.ID{first}, plates: []string{"AB10001"}},
		{change: "update tag set status = 'blocked'", tags: []toll.TagID{"t1"}},
		{change: "update agreement set blocked = true where number = '2'", vehicles: []passage.ID{second}},
		{change: "update mount set valid_to = '2021-01-01' where tag_id = 't1'", vehicles: []passage.ID{first}, tags: []toll.TagID{"t1"}},
		{
			change:   "insert into mount (vehicle_id, agreement_id, tag_id, valid_from) values ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-0000000000a2', 't1', '2022-01-01')",
			vehicles: []passage.ID{first}, tags: []toll.TagID{"t1"},
		},
		{change: "delete from mount where valid_from = '2022-01-01'", vehicles: []passage.ID{first}, tags: []toll.TagID{"t1"}},
		{change: "insert into exemption (vehicle_id, kind, valid_from) values ('00000000-0000-0000-0000-000000000001', 'emergency', '2020-01-01')", vehicles: []passage.ID{first}},
		{change: "delete from exemption", vehicles: []passage.ID{first}},
		{change: "insert into station_key (name, key_hash, stations) values ('oslo', '\\x01', '{*}')", stations: true},
		{change: "delete from station_key", stations: true},
	} {
		before, err := s.RegisterVersion(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		execute(t, db, c.change)
		feed, err := s.RegisterFeed(t.Context(), before)
		if err != nil || feed.Incomplete || feed.Version != before+1 || feed.StationKeys != c.stations {
			t.Errorf("%s: %+v, %v", c.change, feed, err)
		}
		vehicles, plates, tags := map[passage.ID]bool{}, map[string]bool{}, map[toll.TagID]bool{}
		for _, k := range feed.Changes {
			vehicles[k.Vehicle], plates[k.Plate.Text], tags[k.Tag] = true, true, true
		}
		delete(vehicles, passage.ID{})
		delete(plates, "")
		delete(tags, "")
		if len(vehicles) != len(c.vehicles) || len(plates) != len(c.plates) || len(tags) != len(c.tags) {
			t.Errorf("%s: names %v, %v, %v", c.change, vehicles, plates, tags)
		}
		for _, id := range c.vehicles {
			if !vehicles[id] {
				t.Errorf("%s: vehicle %x is not named", c.change, id[15:])
			}
		}
		for _, plate := range c.plates {
			if !plates[plate] {
				t.Errorf("%s: plate %s is not named", c.change, plate)
			}
		}
		for _, tag := range c.tags {
			if !tags[tag] {
				t.Errorf("%s: tag %s is not named", c.change, tag)
			}
		}
	}
}

func TestRegisterIsFoundByEachKey(t *testing.T) {
	_, s := newRegister(t)
	for name, keys := range map[string]passage.RegisterKeys{
		"vehicle": {Vehicles: []passage.ID{first}},
		"plate":   {Plates: []toll.Plate{{Country: "NO", Text: "AB10001"}}},
		"tag":     {Tags: []toll.TagID{"t1"}},
		"all":     {Vehicles: []passage.ID{first}, Plates: []toll.Plate{{Country: "NO", Text: "AB10001"}}, Tags: []toll.TagID{"t1"}},
	} {
		r, err := s.Register(t.Context(), keys)
		if err != nil || len(r.Vehicles) != 1 || r.Vehicles[0].Plate.Text != "AB10001" || len(r.Mounts) != 1 || len(r.Agreements) != 1 || r.Agreements[0].Number != "1" {
			t.Errorf("by %s: %+v, %v", name, r, err)
		}
	}
	for name, keys := range map[string]passage.RegisterKeys{
		"nothing": {}, "another country": {Plates: []toll.Plate{{Country: "SE", Text: "AB10001"}}}, "an unknown tag": {Tags: []toll.TagID{"t2"}},
		"an unknown vehicle": {Vehicles: []passage.ID{{1}}},
	} {
		if r, err := s.Register(t.Context(), keys); err != nil || len(r.Vehicles)+len(r.Tags)+len(r.Mounts) != 0 || r.Version == 0 {
			t.Errorf("by %s: %+v, %v", name, r, err)
		}
	}
}

// A reader that is too far behind is told so, and the feed does not grow without end.
func TestFeedReachesBackABoundedNumberOfVersions(t *testing.T) {
	db, s := newRegister(t)
	before, err := s.RegisterVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	execute(t, db, "update directory_version set version = version + 99990")
	for range 20 {
		execute(t, db, "update tag set status = 'blocked'")
	}
	if feed, err := s.RegisterFeed(t.Context(), before); err != nil || !feed.Incomplete || feed.Version != before+100_010 {
		t.Errorf("far behind: %+v, %v", feed, err)
	}
	if feed, err := s.RegisterFeed(t.Context(), before+99_999); err != nil || feed.Incomplete || len(feed.Changes) != 11 {
		t.Errorf("a little behind: %+v, %v", feed, err)
	}
	execute(t, db, "update directory_version set version = version + 100000")
	execute(t, db, "update tag set status = 'blocked'")
	var rows int
	if err := db.Pool.QueryRow(t.Context(), "select count(*) from register_feed").Scan(&rows); err != nil || rows != 1 {
		t.Errorf("%d rows are left, %v, want 1", rows, err)
	}
}

// Two transactions that change the register at once become visible in the order of their versions, so a reader that
// has seen the later one has seen the earlier one too.
func TestFeedHasNoGapsUnderConcurrentChanges(t *testing.T) {
	db, s := newRegister(t)
	ctx := t.Context()
	done := make(chan error)
	const writers, changes = 4, 50
	seen := map[int64]bool{}
	version, err := s.RegisterVersion(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for range writers {
		go func() { done <- changeTags(ctx, db, changes) }()
	}
	start, ended := version, 0
	for ended < writers {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			ended++
		default:
		}
		version = readFeed(t, s, version, seen)
	}
	version = readFeed(t, s, version, seen)
	if version-start != writers*changes || len(seen) != writers*changes {
		t.Errorf("%d versions, %d of them seen, want %d", version-start, len(seen), writers*changes)
	}
}

func changeTags(ctx context.Context, db *store.DB, times int) error {
	for range times {
		err := pgx.BeginFunc(ctx, db.Pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "update tag set status = 'blocked'")
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func readFeed(t *testing.T, s *passagedb.Store, version int64, seen map[int64]bool) int64 {
	t.Helper()
	feed, err := s.RegisterFeed(t.Context(), version)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range feed.Changes {
		seen[c.Version] = true
	}
	return feed.Version
}
