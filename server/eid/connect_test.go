package eid_test

import (
	"testing"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/store"
	"bompass/server/store/accessdb"
)

// The personal number is sealed for the account that is kept, whether or not another account had it before.
func TestConnectedEIDAddsPersonalNumber(t *testing.T) {
	for name, hadAccount := range map[string]bool{"a new eID": false, "the eID of another account": true} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			d.setPerson("liv-at-issuer", livNumber, "s1")
			if hadAccount {
				d.signIn()
			}
			berit := d.registered()
			d.setPerson("liv-at-issuer", livNumber, "s2")
			if err := d.offers(berit, &berit); err != nil {
				t.Fatal(err)
			}
			if err := d.ConfirmLink(t.Context(), berit); err != nil {
				t.Fatal(err)
			}
			if number := d.personalNumber(berit); number != livNumber {
				t.Errorf("the account's personal number is %q, want %q", number, livNumber)
			}
		})
	}
}

// personalNumber returns the Norwegian number that is stored for an account.
func (d *harness) personalNumber(actor access.Principal) string {
	d.t.Helper()
	db, err := store.Open(d.t.Context(), d.dsn)
	if err != nil {
		d.t.Fatal(err)
	}
	defer db.Close()
	account, err := accessdb.New(db).AccountByID(d.t.Context(), actor.Account, d.now())
	if err != nil {
		d.t.Fatal(err)
	}
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		d.t.Fatal(err)
	}
	number, err := keys.OpenText(account.BirthNumber.Key, account.BirthNumber.Data, string(account.ID)+" birth")
	if err != nil {
		d.t.Fatal(err)
	}
	return string(number)
}
