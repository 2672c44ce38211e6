package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm/schema"

	"bompass/server/internal/pgtest"
	"bompass/server/passage"
	"bompass/server/store/accessdb"
	"bompass/server/store/demo"
	"bompass/server/store/migration"
	"bompass/server/store/passagedb"
	"bompass/shared/toll"
)

// A column that only the row type or only the schema has would be lost.
func TestRowTypesHaveTheSchemasColumns(t *testing.T) {
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, row := range append(demo.Rows(), accessdb.Rows()...) {
		model, err := schema.Parse(row, &sync.Map{}, schema.NamingStrategy{})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := conn.Query(ctx, "select column_name, is_nullable = 'YES' from information_schema.columns where table_name = $1", model.Table)
		if err != nil {
			t.Fatal(err)
		}
		columns := map[string]bool{}
		var name string
		var null bool
		_, err = pgx.ForEachRow(rows, []any{&name, &null}, func() error { columns[name] = null; return nil })
		if err != nil || len(columns) == 0 {
			t.Fatalf("table %s: %d columns, %v", model.Table, len(columns), err)
		}
		for _, field := range model.Fields {
			null, there := columns[field.DBName]
			if !there {
				t.Errorf("%s.%s is not in the schema", model.Table, field.DBName)
			}
			if pointer := fmt.Sprint(field.FieldType)[0] == '*'; there && pointer != null {
				t.Errorf("%s.%s: may be null in the schema: %v, in the row: %v", model.Table, field.DBName, null, pointer)
			}
			delete(columns, field.DBName)
		}
		for name := range columns {
			t.Errorf("%s.%s is not in the row type", model.Table, name)
		}
	}
}

// keysOf returns the keys of all vehicles and tags of the demonstration.
func keysOf(t *testing.T, data demo.Data) (keys passage.RegisterKeys) {
	t.Helper()
	for _, v := range data.Vehicles {
		id, err := passage.ParseID(string(v.ID))
		if err != nil {
			t.Fatal(err)
		}
		keys.Vehicles = append(keys.Vehicles, id)
	}
	for _, tag := range data.Tags {
		keys.Tags = append(keys.Tags, tag.ID)
	}
	return keys
}

func TestSeedingTwiceChangesNothing(t *testing.T) {
	db := pgtest.New(t)
	ctx := t.Context()
	for range 2 {
		if err := demo.Seed(ctx, db, demo.Fixture()); err != nil {
			t.Fatal(err)
		}
		data := demo.Fixture()
		r, err := passagedb.New(db).Register(ctx, keysOf(t, data))
		if err != nil {
			t.Fatal(err)
		}
		mounted := map[toll.AgreementID]bool{}
		for _, m := range data.Mounts {
			mounted[m.Agreement] = true
		}
		stations, err := passagedb.New(db).StationKeys(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Vehicles) != len(data.Vehicles) || len(r.Facts) != len(data.Vehicles) || len(r.Mounts) != len(data.Mounts) ||
			len(r.Exemptions) != len(data.Exemptions) || len(r.Tags) != len(data.Tags) || len(r.Agreements) != len(mounted) || len(stations) != 1 {
			t.Errorf("got %d vehicles, %d facts, %d mounts, %d exemptions, %d keys", len(r.Vehicles), len(r.Facts), len(r.Mounts), len(r.Exemptions), len(stations))
		}
	}
}

func TestEveryChangeOfTheRegisterIncreasesItsVersion(t *testing.T) {
	db, _ := pgtest.Demo(t)
	ctx, s := t.Context(), passagedb.New(db)
	for _, sql := range []string{
		"update agreement set blocked = true", "update vehicle set owner_id = null", "update vehicle_facts set fuel = 'diesel'",
		"update tag set status = 'blocked'", "delete from mount", "delete from exemption", "delete from supplement", "delete from station_key",
	} {
		before, err := s.RegisterVersion(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Pool.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
		if after, err := s.RegisterVersion(ctx); err != nil || after <= before {
			t.Errorf("%s: version stays %d, %v", sql, after, err)
		}
	}
}

func TestSecondMigrationAppliesNothing(t *testing.T) {
	if n, err := migration.Up(t.Context(), pgtest.New(t).Pool); n != 0 || err != nil {
		t.Errorf("got %d steps, %v", n, err)
	}
}

// A price depends on the facts of the vehicle, so the register has each vehicle's own.
func TestRegisterHasTheFactsOfEachVehicle(t *testing.T) {
	data := demo.Fixture()
	classes := map[int]bool{}
	want := map[toll.VehicleID]toll.Facts{}
	for _, v := range data.Vehicles {
		want[v.ID], classes[v.Facts.Euro] = v.Facts, true
	}
	if len(classes) < 3 {
		t.Fatalf("the demonstration data has %d Euro classes only", len(classes))
	}
	db, _ := pgtest.Demo(t)
	r, err := passagedb.New(db).Register(t.Context(), keysOf(t, data))
	if err != nil {
		t.Fatal(err)
	}
	got := map[toll.VehicleID]toll.Facts{}
	for _, f := range r.Facts {
		got[f.Vehicle] = f.Facts
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
}
