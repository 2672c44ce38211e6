package pgtest

import (
	"fmt"
	"strconv"
	"sync"
	"testing"

	"bompass/server/store"
	"bompass/shared/toll"
)

// Exec runs a statement.
func Exec(tb testing.TB, db *store.DB, sql string, args ...any) {
	tb.Helper()
	if _, err := db.Pool.Exec(tb.Context(), sql, args...); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
}

// One returns the only column of the first row of a query.
func One[T any](tb testing.TB, db *store.DB, sql string, args ...any) (value T) {
	tb.Helper()
	if err := db.Pool.QueryRow(tb.Context(), sql, args...).Scan(&value); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
	return value
}

// Race calls do with the numbers from 0 to n-1, all at once, and returns the errors in their order. Each call has a
// connection of its own: they are opened before.
func Race(tb testing.TB, db *store.DB, n int, do func(i int) error) []error {
	tb.Helper()
	var opened, done sync.WaitGroup
	opened.Add(n)
	errs := make([]error, n)
	for i := range n {
		done.Go(func() {
			conn, err := db.Pool.Acquire(tb.Context())
			opened.Done()
			opened.Wait()
			if err != nil {
				errs[i] = err
				return
			}
			conn.Release()
			errs[i] = do(i)
		})
	}
	done.Wait()
	return errs
}

// AddPerson adds an account without factors that owns a private customer without agreements. Its address is
// pN@bompass.example.
func AddPerson(tb testing.TB, db *store.DB, n int) (toll.AccountID, toll.CustomerID) {
	tb.Helper()
	account, customer := AccountID(n), AddCustomer(tb, db, n, "private")
	Exec(tb, db, "insert into account (id, email, person, language, password_hash) values ($1, $2, $3, 'nb', '')",
		string(account), fmt.Sprintf("p%d@bompass.example", n), fmt.Sprintf("Person %d", n))
	Exec(tb, db, "insert into account_party (account_id, customer_id, role) values ($1, $2, 'owner')",
		string(account), string(customer))
	return account, customer
}

// AddCustomer adds a customer that nobody acts for.
func AddCustomer(tb testing.TB, db *store.DB, n int, kind toll.CustomerKind) toll.CustomerID {
	tb.Helper()
	Exec(tb, db, "insert into customer (id, kind, name, email, country, language) values ($1, $2, $3, '', 'NO', 'nb')",
		string(CustomerID(n)), string(kind), fmt.Sprintf("Customer %d", n))
	return CustomerID(n)
}

// AddAgreement adds an agreement in force of a customer. Its number is 7000000 + N.
func AddAgreement(tb testing.TB, db *store.DB, n int, customer toll.CustomerID) toll.AgreementID {
	tb.Helper()
	id := fmt.Sprintf("0196a000-0000-7000-8003-%012d", n)
	Exec(tb, db, `insert into agreement (id, number, customer_id, issuer, charger, valid_from)
		values ($1, $2, $3, 'bompass', 'ferde', '2026-01-01')`, id, strconv.Itoa(7_000_000+n), string(customer))
	return toll.AgreementID(id)
}

// AddVehicle adds a vehicle that nobody owns. Its plate is TNNNNN.
func AddVehicle(tb testing.TB, db *store.DB, n int) toll.VehicleID {
	tb.Helper()
	id := fmt.Sprintf("0196a000-0000-7000-8004-%012d", n)
	Exec(tb, db, "insert into vehicle (id, country, plate) values ($1, 'NO', $2)", id, fmt.Sprintf("T%05d", n))
	return toll.VehicleID(id)
}

// AccountID returns the id of the account that AddPerson adds.
func AccountID(n int) toll.AccountID {
	return toll.AccountID(fmt.Sprintf("0196a000-0000-7000-8001-%012d", n))
}

// CustomerID returns the id of the customer that AddCustomer and AddPerson add.
func CustomerID(n int) toll.CustomerID {
	return toll.CustomerID(fmt.Sprintf("0196a000-0000-7000-8002-%012d", n))
}
