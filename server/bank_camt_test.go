package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bompass/server/bank/bgmax"
	"bompass/server/bank/camt054"
	"bompass/server/bank/ocr"
	"bompass/server/internal/pgtest"
	"bompass/shared/fixture"
	"bompass/shared/ident"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// message writes a message of camt.054 with entries on the issuer's account into a folder and returns its path.
func message(t *testing.T, id string, change func(*camt054.Notification), entries ...camt054.Entry) string {
	t.Helper()
	for i := range entries {
		e := &entries[i]
		e.Status, e.Booked = camt054.Booked, oslo.Date(2025, 12, 15)
		if e.Currency == "" {
			e.Currency = "NOK"
		}
		e.Amount = 0
		for k := range e.Payments {
			e.Payments[k].Credit = e.Credit
			e.Amount += e.Payments[k].Amount
		}
	}
	n := camt054.Notification{ID: id, Account: ident.IBAN(fixture.BankAccount), Entries: entries}
	if change != nil {
		change(&n)
	}
	f := camt054.File{Version: "08", ID: id, On: oslo.Date(2025, 12, 16), Notifications: []camt054.Notification{n}}
	path := filepath.Join(t.TempDir(), id+".xml")
	if err := os.WriteFile(path, camt054.Write(&f), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Payments of camt.054 are entered once, also those that two messages have, and two equal ones are two. What takes money back and
// what has no reference waits for a person. An account's files are of one format.
func TestPaymentsOfCamtAreEnteredOnce(t *testing.T) {
	r, server, env := invoiced(t, payers(3))
	bills := openInvoices(t, r.DB)
	expect := func(ok bool, want string, args ...string) {
		t.Helper()
		out, said, err := perform(t, server, env, args...)
		if (err == nil) != ok || !strings.Contains(out+said, want) {
			t.Fatalf("%v: %v\n%s%s\nwant %q", args, err, out, said, want)
		}
	}
	pay := func(kid string, amount money.Ore) camt054.Entry {
		return camt054.Entry{Credit: true, Reference: "S1", Payments: []camt054.Payment{{Amount: amount, KID: kid, EndToEnd: "E"}}}
	}
	first := message(t, "MSG-1", nil, pay(bills[0].KID, 1_00), pay(bills[0].KID, 1_00), pay("", 7_00), camt054.Entry{
		Reference: "S2", Reversal: true, Payments: []camt054.Payment{{Amount: 50, KID: bills[0].KID}},
	})
	expect(false, "with both, they would be entered twice", "bank", "import", first)
	env = append(env, "BOMPASS_BANK_FILES="+fixture.BankAccount+"=camt.054")
	expect(false, "files of the format camt.054, and this one is ocr", "bank", "import", transmission(t, "0000001", ocr.Payment{Amount: 1, KID: bills[0].KID}))
	for want, path := range map[string]string{
		"currency: is EUR":              message(t, "E", nil, camt054.Entry{Credit: true, Currency: "EUR", Payments: []camt054.Payment{{Amount: 5}}}),
		"is none that invoices are":     message(t, "A", func(n *camt054.Notification) { n.Account = "NO9799991042764" }, pay("", 5)),
		"and its 1 payments have 0.05":  message(t, "S", func(n *camt054.Notification) { n.Entries[0].Amount++ }, pay("", 5)),
		"nothing of it was entered":     message(t, "N", func(n *camt054.Notification) { n.Account = "" }, pay("", 5)),
		"0 payments of 0.00, 0 on thei": "",
	} {
		if path == "" {
			expect(true, want, "bank", "import", message(t, "P", func(n *camt054.Notification) { n.Entries[0].Status = "PDNG" }, pay(bills[0].KID, 5)))
			continue
		}
		expect(false, want, "bank", "import", path)
	}
	swedish := bgmax.File{Stamp: "20251216173035010331", On: oslo.Date(2025, 12, 16), Sections: []bgmax.Section{{
		Bankgiro: "9912346", Currency: "SEK", Payments: []bgmax.Payment{{Post: bgmax.Post{Reference: bills[0].KID, Kind: bgmax.Checked, Amount: 1_00}}},
		Deposit: bgmax.Deposit{On: oslo.Date(2025, 12, 16)},
	}}}
	path := filepath.Join(t.TempDir(), "bgmax.txt")
	if err := os.WriteFile(path, bgmax.Write(&swedish), 0o600); err != nil {
		t.Fatal(err)
	}
	expect(false, "line 2, currency: is SEK", "bank", "import", path)
	expect(true, "4 payments of 8.50, 2 on their invoices, 2 of 6.50 on none", "bank", "import", first)
	expect(true, "nothing was entered again", "bank", "import", first)
	second := message(t, "MSG-2", func(n *camt054.Notification) { n.Copy = "COPY" }, pay(bills[1].KID, 2_00), pay(bills[0].KID, 1_00), pay(bills[0].KID, 1_00), pay(bills[0].KID, 1_00))
	expect(true, "2 payments of 3.00, 2 on their invoices (and 2 that another file had", "bank", "import", second)
	for name, want := range map[string]money.Ore{"bank": 11_50, "unplaced": -6_50} {
		if got := ledgerSum(t, r.DB, name); got != want {
			t.Errorf("%s has %s, want %s", name, got, want)
		}
	}
	if got := pgtest.One[int64](t, r.DB, "select count(*) from bank_payment where reason = 'negative'"); got != 1 {
		t.Errorf("%d payments were taken back, want 1", got)
	}
	expect(true, "agree", "ledger", "check")
	for _, setting := range []string{"12345678903", "99991042764=csv", "99991042764=ocr 99991042764=camt.054"} {
		env[len(env)-1] = "BOMPASS_BANK_FILES=" + setting
		expect(false, "BOMPASS_BANK_FILES has", "bank", "unplaced")
	}
}
