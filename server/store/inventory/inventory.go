// Package inventory lists every table of the schema: whose data it holds, for how long, and what becomes of
// its rows when a person asks for an export or an erasure, when two accounts are joined, and when the
// sealing key changes. Those five all work from this list.
//
// The package's test compares the list with the catalogue of a migrated database. A new table, column or
// foreign key that nobody has decided about fails it.
package inventory

import "bompass/server/privacy"

// Owner says whose data a table holds.
type Owner string

// The owners.
const (
	Account  Owner = "account"  // a person who can sign in
	Customer Owner = "customer" // a party: a person or a company
	Vehicle  Owner = "vehicle"  // a vehicle, and through it its customer
	Passage  Owner = "passage"  // a passage, and through it its customer
	Nobody   Owner = "nobody"   // no person, or none that can be told from the row
)

// Table is one table of the schema. Named parameters of its statements are @account and @customer for an
// export and an erasure, @keep and @other (two accounts) for a join, and $1 otherwise.
type Table struct {
	Name  string
	Owner Owner
	// Accounts and Customers are the columns that refer to an account or a customer.
	Accounts, Customers []string
	// Kept says for how long rows stay, and why, where no Prune ends them.
	Kept    string
	Prune   *Prune
	Passage *PassageRows
	Export  Export
	Erase   Erase
	Join    Join
	Sealed  []Sealed
	// Plain says what the table's bytea columns hold that are not sealed.
	Plain map[string]string
}

// Prune deletes rows whose time has ended before $1.
type Prune struct {
	Category privacy.Category
	Key      string // column that identifies a row
	Expired  string // SQL condition
}

// PassageRows are the statements that treat rows of the passages $1 (ids): Anonymise when the time for
// knowing where somebody drove is over, Delete when the charge goes, too.
type PassageRows struct {
	Anonymise, Delete string
}

// Export is a section of a person's export. Columns are the table's columns in it; Omitted are the others,
// with the reason. A table without a section has the reason in Why.
type Export struct {
	Section string
	Query   string
	Columns []string
	Omitted map[string]string
	Why     string
}

// Erase says what happens to a table's rows when a person is erased: a statement, or rows that Cascade with
// the account or customer they refer to, or rows that stay, for the reason in Why.
type Erase struct {
	Statement string
	Cascade   bool
	Why       string
}

// Join says what happens to the rows of an account that is joined to another one. Exactly one is set in a
// table that refers to an account.
type Join struct {
	Move  bool     // the columns in Accounts are changed to the account that stays
	Merge []string // statements
	Drop  string   // why the rows go with the account
}

// Sealed is a pair of columns: the name of the key, and the value sealed with it. ID identifies a row; Row
// is the SQL expression of what a value is bound to, the additional data of its encryption.
type Sealed struct {
	Key, Value, ID, Row string
}

// Tables returns the list. Statements of an erasure and a join run in its order: rows go before those that
// they refer to.
func Tables() []Table {
	var list []Table
	for _, part := range [][]Table{cards(), billing(), disputes(), bank(), tolling(), agreements(), messages(), cases(), parties(), mandates(), signIn(), people(), technical()} {
		list = append(list, part...)
	}
	return list
}

// SealedColumn is a pair of sealed columns with the table that has it.
type SealedColumn struct {
	Table string
	Sealed
}

// SealedColumns returns every pair of sealed columns.
func SealedColumns() (list []SealedColumn) {
	for _, t := range Tables() {
		for _, s := range t.Sealed {
			list = append(list, SealedColumn{t.Name, s})
		}
	}
	return list
}
