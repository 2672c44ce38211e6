package legacydb_test

import (
	"testing"
	"time"

	"bompass/server/access/seal"
	"bompass/server/internal/pgtest"
	"bompass/server/legacy"
	"bompass/server/notice"
	"bompass/server/store"
	"bompass/server/store/legacydb"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

var noon = time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)

// oldPage is a database with customers of the legacy system and their credentials.
type oldPage struct {
	*legacydb.Store
	t  *testing.T
	db *store.DB
}

func open(t *testing.T) *oldPage {
	t.Helper()
	db := pgtest.New(t)
	return &oldPage{legacydb.New(db), t, db}
}

// customer adds a customer with an agreement and its credential, whose number is the agreement's.
func (o *oldPage) customer(n int, kind toll.CustomerKind) (customer toll.CustomerID, number string) {
	o.t.Helper()
	customer = pgtest.AddCustomer(o.t, o.db, n, kind)
	agreement := pgtest.AddAgreement(o.t, o.db, n, customer)
	number = pgtest.One[string](o.t, o.db, "select number from agreement where id = $1", string(agreement))
	o.save(number, "first")
	return customer, number
}

func (o *oldPage) save(number, hash string) {
	o.t.Helper()
	err := o.SaveCredentials(o.t.Context(), []legacy.Credential{{Number: number, Agreement: number, Sealed: seal.Sealed{Key: "k", Data: []byte(hash)}, Imported: noon}})
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *oldPage) redeem(number string, account toll.AccountID) ([]legacy.Found, error) {
	return o.RedeemCredential(o.t.Context(), legacy.Use{
		Number: number, Account: account, At: noon,
		Tell: func(notice.Recipient, string) ([]notice.Message, error) { return nil, nil },
	})
}

// used returns whether a credential has been used.
func (o *oldPage) used(number string) bool {
	o.t.Helper()
	c, found, err := o.Credential(o.t.Context(), number)
	if err != nil || !found {
		o.t.Fatalf("credential %s: found %v, %v", number, found, err)
	}
	return c.Used
}

// Of several people who enter the same number and password at once, one becomes the owner; the others are refused as
// with a wrong password.
func TestCredentialIsRedeemedOnce(t *testing.T) {
	o := open(t)
	customer, number := o.customer(90, toll.Private)
	for n := range 5 {
		pgtest.AddPerson(t, o.db, n)
	}
	linked := 0
	for n, err := range pgtest.Race(t, o.db, 5, func(n int) error {
		list, err := o.redeem(number, pgtest.AccountID(n))
		if err == nil && (len(list) != 1 || list[0] != legacy.Found{Number: number, Outcome: legacy.Linked}) {
			t.Errorf("person %d: got %+v", n, list)
		}
		return err
	}) {
		switch {
		case err == nil:
			linked++
		case fault.CodeOf(err) != fault.LegacyWrong:
			t.Errorf("person %d: %v", n, err)
		}
	}
	owners := pgtest.One[int](t, o.db, "select count(*) from account_party where customer_id = $1 and role = 'owner'", string(customer))
	if linked != 1 || owners != 1 || !o.used(number) {
		t.Errorf("linked %d times, %d owners, used: %v", linked, owners, o.used(number))
	}
}

// What happens to a right password depends on whose the customer is. An ended agreement leaves the credential unused.
func TestOutcomeOfRightPassword(t *testing.T) {
	o := open(t)
	me, mine := pgtest.AddPerson(t, o.db, 1)
	other, _ := pgtest.AddPerson(t, o.db, 2)
	for n, c := range []struct {
		name    string
		kind    toll.CustomerKind
		prepare string // with the customer as $1 and an account as $2
		account toll.AccountID
		want    legacy.Outcome
	}{
		{"a private customer without owner", toll.Private, "", "", legacy.Linked},
		{"a company", toll.Company, "", "", legacy.Company},
		{"my own", toll.Private, "insert into account_party (customer_id, account_id, role) values ($1, $2, 'owner')", me, legacy.Yours},
		{"another person's", toll.Private, "insert into account_party (customer_id, account_id, role) values ($1, $2, 'owner')", other, legacy.Taken},
	} {
		customer, number := o.customer(100+n, c.kind)
		if c.prepare != "" {
			pgtest.Exec(t, o.db, c.prepare, string(customer), string(c.account))
		}
		list, err := o.redeem(number, me)
		if err != nil || len(list) != 1 || list[0].Outcome != c.want {
			t.Errorf("%s: got %+v, %v, want %s", c.name, list, err, c.want)
		}
	}
	_, number := o.customer(200, toll.Private)
	pgtest.Exec(t, o.db, "update agreement set valid_to = $2 where number = $1", number, noon)
	if _, err := o.redeem(number, me); fault.CodeOf(err) != fault.LegacyWrong || o.used(number) {
		t.Errorf("an ended agreement: %v, used: %v", err, o.used(number))
	}
	if n := pgtest.One[int](t, o.db, "select count(*) from account_party where account_id = $1 and customer_id = $2", string(me), string(mine)); n != 1 {
		t.Errorf("my former right is there %d times", n)
	}
}

// A number that does not exist leads to some other credential, so that verifying a password takes as long.
func TestUnknownNumberTakesAnotherCredential(t *testing.T) {
	o := open(t)
	if _, found, err := o.Credential(t.Context(), "1"); err != nil || found {
		t.Errorf("no credentials at all: found %v, %v", found, err)
	}
	o.customer(1, toll.Private)
	o.customer(2, toll.Private)
	for _, number := range []string{"", "7000000", "70000015", "9", "7000001' or '1'='1"} {
		c, found, err := o.Credential(t.Context(), number)
		if err != nil || found || len(c.Sealed.Data) == 0 {
			t.Errorf("%q: got %+v, found %v, %v; want another's hash", number, c, found, err)
		}
	}
}

// A later import replaces a credential until it is used.
func TestUsedCredentialIsNotReplaced(t *testing.T) {
	o := open(t)
	account, _ := pgtest.AddPerson(t, o.db, 1)
	_, number := o.customer(2, toll.Private)
	o.save(number, "second")
	hash := func() string {
		c, _, err := o.Credential(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		return string(c.Sealed.Data)
	}
	if got := hash(); got != "second" {
		t.Errorf("got %s, want the second import", got)
	}
	if _, err := o.redeem(number, account); err != nil {
		t.Fatal(err)
	}
	o.save(number, "third")
	if got := hash(); got != "second" || !o.used(number) {
		t.Errorf("got %s, used: %v; want the used one", got, o.used(number))
	}
}
