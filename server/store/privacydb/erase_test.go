package privacydb_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"bompass/server/internal/pgtest"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/server/store/privacydb"
	"bompass/shared/toll"
)

var (
	noon   = time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)
	before = noon.Add(-14 * 24 * time.Hour) // erasures that were asked for by then are due
)

// leaving is a database with people who asked to be erased.
type leaving struct {
	*privacydb.Store
	t  *testing.T
	db *store.DB
}

func open(t *testing.T) *leaving {
	t.Helper()
	db := pgtest.New(t)
	return &leaving{privacydb.New(db), t, db}
}

// ask adds a person who asked to be erased at an instant.
func (l *leaving) ask(n int, at time.Time) (toll.AccountID, toll.CustomerID) {
	l.t.Helper()
	account, customer := pgtest.AddPerson(l.t, l.db, n)
	if err := l.SetErasure(l.t.Context(), account, at, nil); err != nil {
		l.t.Fatal(err)
	}
	return account, customer
}

func (l *leaving) erase(account toll.AccountID) (bool, error) {
	return l.Erase(l.t.Context(), notice.Recipient{Account: account}, before, noon, nil)
}

// due returns the accounts that may be erased.
func (l *leaving) due(limit int) (list []toll.AccountID) {
	l.t.Helper()
	found, err := l.DueErasures(l.t.Context(), before, noon, limit)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, r := range found {
		list = append(list, r.Account)
	}
	return list
}

func (l *leaving) exists(account toll.AccountID) bool {
	l.t.Helper()
	return pgtest.One[bool](l.t, l.db, "select exists (select from account where id = $1)", string(account))
}

// Each thing that must be kept holds an erasure, and nothing else does.
func TestErasureIsDueWithoutHolds(t *testing.T) {
	l := open(t)
	agreementUntil := func(n int, customer toll.CustomerID, until any) {
		pgtest.Exec(t, l.db, "update agreement set valid_to = $2 where id = $1", string(pgtest.AddAgreement(t, l.db, n, customer)), until)
	}
	roleInCompany := func(n int, account toll.AccountID, role string) {
		pgtest.Exec(t, l.db, "insert into account_party (account_id, customer_id, role) values ($1, $2, $3)",
			string(account), string(pgtest.AddCustomer(t, l.db, 50+n, toll.Company)), role)
	}
	ask := func(account toll.AccountID, at time.Time) {
		if err := l.SetErasure(t.Context(), account, at, nil); err != nil {
			t.Fatal(err)
		}
	}
	for n, c := range []struct {
		name string
		hold func(n int, account toll.AccountID, customer toll.CustomerID)
		want bool
	}{
		{"nothing is kept", func(int, toll.AccountID, toll.CustomerID) {}, true},
		{"an agreement in force", func(n int, _ toll.AccountID, customer toll.CustomerID) { agreementUntil(n, customer, nil) }, false},
		{"an agreement that ends tomorrow", func(n int, _ toll.AccountID, customer toll.CustomerID) {
			agreementUntil(n, customer, noon.Add(24*time.Hour))
		}, false},
		{"an agreement that has ended", func(n int, _ toll.AccountID, customer toll.CustomerID) { agreementUntil(n, customer, noon) }, true},
		{"a company of their own", func(n int, account toll.AccountID, _ toll.CustomerID) { roleInCompany(n, account, "owner") }, false},
		{"a role in a company", func(n int, account toll.AccountID, _ toll.CustomerID) { roleInCompany(n, account, "auditor") }, true},
		{"the request is withdrawn", func(_ int, account toll.AccountID, _ toll.CustomerID) { ask(account, time.Time{}) }, false},
		{"the request is a second too young", func(_ int, account toll.AccountID, _ toll.CustomerID) { ask(account, before.Add(time.Second)) }, false},
	} {
		account, customer := l.ask(n, before)
		c.hold(n, account, customer)
		if got := slices.Contains(l.due(10), account); got != c.want {
			t.Errorf("%s: listed as due: %v, want %v", c.name, got, c.want)
		}
		done, err := l.erase(account)
		if err != nil || done != c.want || l.exists(account) == c.want {
			t.Errorf("%s: erased: %v, %v; the account exists: %v; want it erased: %v", c.name, done, err, l.exists(account), c.want)
		}
	}
}

// Those who have waited longest come first, at most as many as asked for.
func TestDueErasuresComeInOrderOfTheirRequests(t *testing.T) {
	l := open(t)
	for n := 1; n <= 3; n++ {
		l.ask(n, before.Add(-time.Duration(n)*time.Hour))
	}
	if got, want := fmt.Sprint(l.due(2)), fmt.Sprint([]toll.AccountID{pgtest.AccountID(3), pgtest.AccountID(2)}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Several servers may erase at the same time: the account is erased, and its owner told, once.
func TestAccountIsErasedOnce(t *testing.T) {
	l := open(t)
	account, customer := l.ask(1, before)
	erased := make([]bool, 5)
	for n, err := range pgtest.Race(t, l.db, len(erased), func(n int) (err error) { erased[n], err = l.erase(account); return err }) {
		if err != nil {
			t.Errorf("server %d: %v", n, err)
		}
	}
	times := 0
	for _, done := range erased {
		if done {
			times++
		}
	}
	if name := pgtest.One[string](t, l.db, "select name from customer where id = $1", string(customer)); times != 1 || name != "" {
		t.Errorf("erased %d times, and the customer's name is %q", times, name)
	}
}

// An agreement that is made while the erasure runs is seen by it, although it was not committed when it began.
func TestErasureWaitsForAgreementBeingMade(t *testing.T) {
	l := open(t)
	account, customer := l.ask(1, before)
	tx, err := l.db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	_, err = tx.Exec(t.Context(), `insert into agreement (id, number, customer_id, issuer, charger, valid_from)
		values (gen_random_uuid(), '7000001', $1, 'bompass', 'ferde', '2026-01-01')`, string(customer))
	if err != nil {
		t.Fatal(err)
	}
	type outcome struct {
		done bool
		err  error
	}
	ended := make(chan outcome, 1)
	go func() {
		done, err := l.erase(account)
		ended <- outcome{done, err}
	}()
	for waits := false; !waits; time.Sleep(5 * time.Millisecond) {
		waits = pgtest.One[bool](t, l.db, "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')")
		select {
		case o := <-ended:
			t.Fatalf("the erasure did not wait: %v, %v", o.done, o.err)
		default:
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o := <-ended; o.done || o.err != nil || !l.exists(account) {
		t.Errorf("got %v, %v, want the account kept", o.done, o.err)
	}
}
