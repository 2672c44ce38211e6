package inventory_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"bompass/server/internal/pgtest"
	"bompass/server/privacy"
	"bompass/server/store"
	"bompass/server/store/inventory"
)

// jobTables begins the names of River's tables. A job names rows by their ids; River deletes finished ones.
const jobTables = "river_"

// catalogue is what a migrated database says about its tables.
type catalogue struct {
	columns map[string][]string // by table
	binary  map[string][]string // columns of type bytea
	refers  map[string][]reference
}

// reference is a foreign key to account or customer.
type reference struct {
	Name, Column, Target string
	OnDelete             string // c cascades, n sets null, a refuses
}

func readCatalogue(t *testing.T) catalogue {
	t.Helper()
	db := pgtest.New(t)
	c := catalogue{columns: map[string][]string{}, binary: map[string][]string{}, refers: map[string][]reference{}}
	columns, err := store.Select[struct{ Name, Column, Type string }](t.Context(), db.Pool, `
		select c.table_name::text as name, c.column_name::text as column, c.data_type::text as type
		from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
		where c.table_schema = 'public' and t.table_type = 'BASE TABLE' order by 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	for _, column := range columns {
		if strings.HasPrefix(column.Name, jobTables) {
			continue
		}
		c.columns[column.Name] = append(c.columns[column.Name], column.Column)
		if column.Type == "bytea" {
			c.binary[column.Name] = append(c.binary[column.Name], column.Column)
		}
	}
	for _, list := range slices.Concat(slices.Collect(maps.Values(c.columns)), slices.Collect(maps.Values(c.binary))) {
		slices.Sort(list)
	}
	references, err := store.Select[reference](t.Context(), db.Pool, `
		select k.conrelid::regclass::text as name, a.attname::text as column, k.confrelid::regclass::text as target, k.confdeltype::text as on_delete
		from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)
		where k.contype = 'f' and k.confrelid in ('account'::regclass, 'customer'::regclass) order by 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range references {
		c.refers[r.Name] = append(c.refers[r.Name], r)
	}
	return c
}

func TestInventoryNamesEveryTableOnce(t *testing.T) {
	var listed []string
	for _, table := range inventory.Tables() {
		listed = append(listed, table.Name)
	}
	slices.Sort(listed)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(readCatalogue(t).columns)), listed); diff != "" {
		t.Errorf("tables (-schema +inventory):\n%s", diff)
	}
}

// A table that refers to an account or a customer says what becomes of its rows when that one goes.
func TestInventoryCoversEveryReferenceToAccountsAndCustomers(t *testing.T) {
	c := readCatalogue(t)
	for _, table := range inventory.Tables() {
		for _, column := range slices.Concat(table.Accounts, table.Customers) {
			if !slices.Contains(c.columns[table.Name], column) {
				t.Errorf("%s.%s is not in the schema", table.Name, column)
			}
		}
		for _, r := range c.refers[table.Name] {
			listed := table.Accounts
			if r.Target == "customer" {
				listed = table.Customers
			}
			if !slices.Contains(listed, r.Column) {
				t.Errorf("%s.%s refers to a row of %s and is not listed", r.Name, r.Column, r.Target)
			}
			if table.Erase.Cascade && r.Target == "account" && r.OnDelete == "a" {
				t.Errorf("%s.%s does not cascade: deleting the account would fail", r.Name, r.Column)
			}
		}
		joins := 0
		for _, set := range []bool{table.Join.Move, len(table.Join.Merge) > 0, table.Join.Drop != ""} {
			if set {
				joins++
			}
		}
		want := 0
		if len(table.Accounts) > 0 || table.Name == "account" {
			want = 1
		}
		if joins != want {
			t.Errorf("%s says %d ways of joining two accounts, want %d", table.Name, joins, want)
		}
	}
}

// Each bytea column is either sealed, and sealed again with a new key, or said to be something else.
func TestInventoryKnowsEverySealedColumn(t *testing.T) {
	c := readCatalogue(t)
	for _, table := range inventory.Tables() {
		listed := slices.Collect(maps.Keys(table.Plain))
		for _, s := range table.Sealed {
			listed = append(listed, s.Value)
			for _, column := range []string{s.Key, s.ID} {
				if !slices.Contains(c.columns[table.Name], column) {
					t.Errorf("%s.%s is not in the schema", table.Name, column)
				}
			}
		}
		if diff := cmp.Diff(c.binary[table.Name], slices.Sorted(slices.Values(listed))); diff != "" && len(c.binary[table.Name])+len(listed) > 0 {
			t.Errorf("%s: bytea columns (-schema +inventory):\n%s", table.Name, diff)
		}
	}
}

func TestInventorySaysWhatIsExportedAndErased(t *testing.T) {
	c := readCatalogue(t)
	for _, table := range inventory.Tables() {
		e := table.Export
		if (e.Section == "") == (e.Why == "") {
			t.Errorf("%s has a section of the export, or the reason why not", table.Name)
		}
		if e.Section != "" {
			listed := slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(e.Omitted)), e.Columns...)))
			if diff := cmp.Diff(c.columns[table.Name], listed); diff != "" {
				t.Errorf("%s: columns exported or omitted (-schema +inventory):\n%s", table.Name, diff)
			}
		}
		ways := 0
		for _, set := range []bool{table.Erase.Statement != "", table.Erase.Cascade, table.Erase.Why != ""} {
			if set {
				ways++
			}
		}
		if ways != 1 {
			t.Errorf("%s says %d ways of erasing, want 1", table.Name, ways)
		}
		if table.Kept == "" && table.Prune == nil {
			t.Errorf("%s does not say for how long rows are kept", table.Name)
		}
	}
}

func TestEveryRetentionRuleHasATable(t *testing.T) {
	listed := map[privacy.Category]bool{privacy.Passages: true, privacy.Charges: true} // by the tables with PassageRows
	for _, table := range inventory.Tables() {
		if table.Prune != nil {
			listed[table.Prune.Category] = true
		}
	}
	rules := map[privacy.Category]bool{}
	for _, r := range privacy.Rules(time.Now()) {
		rules[r.Category] = true
	}
	if diff := cmp.Diff(rules, listed); diff != "" {
		t.Errorf("categories (-rules +inventory):\n%s", diff)
	}
}

// The statements are text: PostgreSQL parses each one here, with its parameters.
func TestInventoryStatementsAreValid(t *testing.T) {
	db := pgtest.New(t)
	args := pgx.NamedArgs{}
	for _, name := range []string{"account", "customer", "keep", "other"} {
		args[name] = "0196a000-0000-7000-8000-000000000001"
	}
	for _, table := range inventory.Tables() {
		statements := append([]string{table.Export.Query, table.Erase.Statement}, table.Join.Merge...)
		for _, s := range table.Sealed {
			statements = append(statements, "select "+s.Row+", "+s.ID+" from "+table.Name)
		}
		for _, statement := range statements {
			if statement == "" {
				continue
			}
			if _, err := db.Pool.Exec(t.Context(), statement, args); err != nil {
				t.Errorf("%s: %v", table.Name, err)
			}
		}
	}
}
