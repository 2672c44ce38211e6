package portal_test

import (
	"testing"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/server/store"
	"bompass/server/store/accessdb"
	"bompass/server/store/demo"
	"bompass/shared/fixture"
	"bompass/shared/role"
	"bompass/shared/toll"
)

func benchmarkKeys(b *testing.B) seal.Keys {
	b.Helper()
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		b.Fatal(err)
	}
	return keys
}

// benchmarkCompany returns a database with the demo data, and the owner of the company.
func benchmarkCompany(b *testing.B) (*store.DB, access.Principal) {
	b.Helper()
	db := pgtest.New(b)
	if err := demo.Seed(b.Context(), db, demo.Fixture()); err != nil {
		b.Fatal(err)
	}
	if err := access.Seed(b.Context(), accessdb.New(db), benchmarkKeys(b), fixture.Accounts(), fixture.Password); err != nil {
		b.Fatal(err)
	}
	return db, access.Principal{Account: fixture.Accounts()[1].ID, Customer: fixture.Fjordfrakt, Kind: toll.Company, Role: role.Owner}
}
