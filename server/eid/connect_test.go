package eid_test

import (
	"testing"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/server/store"
	"bompass/server/store/accessdb"
)

// The personal number is sealed for the account that stays, whether or not another account had it before.
func TestConnectedEIDGivesTheAccountItsPersonalNumber(t *testing.T) {
	for name, hadAccount := range map[string]bool{"a new eID": false, "the eID of another account": true} {
		t.Run(name, func(t *testing.T) {
			d := open(t)
			d.is("liv-at-issuer", livNumber, "s1")
			if hadAccount {
				d.enter()
			}
			berit := d.registered()
			d.is("liv-at-issuer", livNumber, "s2")
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

// personalNumber opens the Norwegian number of an account as it is stored.
func (d *door) personalNumber(actor access.Principal) string {
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
