package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bompass/server/bank/ocr"
	"bompass/server/internal/pgtest"
	"bompass/server/store"
	"bompass/shared/fixture"
	"bompass/shared/ident"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// due is an open invoice.
type due struct {
	Number int64
	KID    string
	Total  money.Ore
}

func openInvoices(t *testing.T, db *store.DB) []due {
	t.Helper()
	list, err := store.Select[due](t.Context(), db.Pool, "select number, kid, total from invoice order by number")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// transmission writes a file of payments to the issuer's account into a folder and returns its path.
func transmission(t *testing.T, number string, payments ...ocr.Payment) string {
	t.Helper()
	for i := range payments {
		p := &payments[i]
		if p.Kind == 0 {
			p.Kind = ocr.Giro
		}
		p.On, p.Statement, p.Issuer, p.Form, p.Archive, p.Debtor = oslo.Date(2025, 12, 15), "0115100001", "000000", "0000000000", "900001001", "12345678903"
	}
	f := ocr.File{Sender: "00008080", Number: number, Recipient: "00001234", On: oslo.Date(2025, 12, 16), Assignments: []ocr.Assignment{
		{Agreement: "001008585", Number: "0000001", Account: fixture.BankAccount, On: oslo.Date(2025, 12, 16), Payments: payments},
	}}
	path := filepath.Join(t.TempDir(), number+".txt")
	if err := os.WriteFile(path, ocr.Write(&f), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ledgerSum returns what an account of the ledger holds; those of all payers for receivable.
func ledgerSum(t *testing.T, db *store.DB, name string) money.Ore {
	t.Helper()
	return pgtest.One[money.Ore](t, db, "select coalesce(sum(amount), 0)::bigint from ledger_entry where account = '"+name+"' or account like '"+name+":%'")
}

// The payments of a file are entered once: those whose KID names an open invoice on it, and the others on a list, from which
// a person places them and takes them back.
func TestPaymentsOfTheBankAreEnteredOnce(t *testing.T) {
	r, server, env := invoiced(t, payers(5))
	bills := openInvoices(t, r.DB)
	run := func(want string, args ...string) {
		t.Helper()
		out, said, err := perform(t, server, env, args...)
		if err != nil || !strings.Contains(out, want) {
			t.Fatalf("%v: %v\n%s%s\nwant %q", args, err, out, said, want)
		}
	}
	wrong, problem := ident.NewKID("987654321", ident.KIDMod10)
	if problem != ident.None {
		t.Fatal(problem)
	}
	total := ledgerSum(t, r.DB, "receivable")
	file := transmission(
		t, "0000124",
		ocr.Payment{Amount: bills[0].Total, KID: bills[0].KID},
		ocr.Payment{Amount: bills[0].Total, KID: bills[0].KID}, // the same once more
		ocr.Payment{Amount: bills[1].Total - 10_00, KID: bills[1].KID, Kind: ocr.AvtaleGiro},
		ocr.Payment{Amount: bills[2].Total, KID: wrong},
		ocr.Payment{Amount: 5_00, KID: bills[3].KID, Kind: ocr.ReversalWithKID},
		ocr.Payment{Amount: bills[3].Total + 1, KID: bills[3].KID},
	)
	run("6 payments of", "bank", "import", file)
	state := func(when string, outstanding, unplaced money.Ore) {
		t.Helper()
		if got := ledgerSum(t, r.DB, "receivable"); got != outstanding {
			t.Errorf("%s %s is outstanding, want %s", when, got, outstanding)
		}
		if got := ledgerSum(t, r.DB, "unplaced"); got != -unplaced {
			t.Errorf("%s the ledger has %s without an invoice, want %s", when, -got, unplaced)
		}
		run("agree", "ledger", "check")
	}
	paid := bills[0].Total + bills[1].Total - 10_00
	waiting := bills[0].Total + bills[2].Total - 5_00 + bills[3].Total + 1
	state("after the file", total-paid, waiting)
	run("nothing was entered again", "bank", "import", file)
	state("after the file once more", total-paid, waiting)

	for _, want := range []string{"too-much", "unknown", "negative", "by its amount"} {
		run(want, "bank", "unplaced")
	}
	for want, args := range map[string]string{
		"no payment has the reference":       "bank place ocr:none --invoice 100001",
		"no invoice has the number":          "bank place ocr:2025-12-16:0000124/0000001/4 --invoice 99",
		"the payment is on no invoice":       "bank return ocr:2025-12-16:0000124/0000001/4",
		"the payment is on an invoice; take": "bank place ocr:2025-12-16:0000124/0000001/1 --invoice 100001",
		"write: server bank":                 "bank",
		`bank knows no "pay"`:                "bank pay",
	} {
		if _, said, err := perform(t, server, env, strings.Fields(args)...); err == nil || !strings.Contains(said, want) {
			t.Errorf("%s: %v, %q, want %q", args, err, said, want)
		}
	}
	const fourth = "ocr:2025-12-16:0000124/0000001/4"
	run("is entered for invoice", "bank", "place", fourth, "--invoice", "100003")
	state("after it was placed", total-paid-bills[2].Total, waiting-bills[2].Total)
	run("on no invoice now", "bank", "return", fourth)
	state("after it was taken back", total-paid, waiting)
	run("is entered for invoice", "bank", "place", fourth, "--invoice", "100003")
	state("after it was placed again", total-paid-bills[2].Total, waiting-bills[2].Total)
}

// Nothing of a file is entered that is wrong anywhere, that is not for the account, or whose number was used with other
// contents. The files beside it are.
func TestWrongFileOfTheBankEntersNothing(t *testing.T) {
	r, server, env := invoiced(t, payers(2))
	bills := openInvoices(t, r.DB)
	good := transmission(t, "0000001", ocr.Payment{Amount: 1_00, KID: bills[0].KID})
	same := transmission(t, "0000001", ocr.Payment{Amount: 2_00, KID: bills[0].KID})
	write := func(change func(string) string) string {
		t.Helper()
		data, err := os.ReadFile(transmission(t, "0000002", ocr.Payment{Amount: 3_00, KID: bills[0].KID}, ocr.Payment{Amount: 4_00, KID: bills[1].KID}))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "changed.txt")
		if err := os.WriteFile(path, []byte(change(string(data))), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	replace := func(old, changed string) string {
		return write(func(s string) string { return strings.ReplaceAll(s, old, changed) })
	}
	for want, path := range map[string]string{
		"line 7, sum of the assignment": replace("00000000000000400", "00000000000000401"),
		"line 3, account":               replace(fixture.BankAccount, "99991042764"),
		"line 5, KID":                   replace(bills[1].KID, bills[1].KID[:9]+string(rune('0'+(bills[1].KID[9]-'0'+1)%10))),
		"line 6: has 40 characters":     write(func(s string) string { return s[:5*82+40] }),
		"is no file of payments":        write(func(string) string { return "Date;Amount\n" }),
		"no such file":                  filepath.Join(t.TempDir(), "none"),
		"follows the end of the transm": write(func(s string) string { return s + s }),
	} {
		out, said, err := perform(t, server, env, "bank", "import", path)
		if err == nil || !strings.Contains(said, want) || !strings.Contains(said, "nothing of it was entered") {
			t.Errorf("%v\n%s%s\nwant %q", err, out, said, want)
		}
	}
	if got := pgtest.One[int64](t, r.DB, "select count(*) from bank_payment"); got != 0 {
		t.Fatalf("%d payments are entered", got)
	}
	out, said, err := perform(t, server, env, "bank", "import", replace("NY09", "NY19"), good, same)
	if err == nil || !strings.Contains(out, "1 payments of 1.00") || !strings.Contains(said, "with other contents") || !strings.Contains(said, "2 of 3 files") {
		t.Errorf("%v\n%s%s", err, out, said)
	}
	if got := ledgerSum(t, r.DB, "bank"); got != 1_00 {
		t.Errorf("the bank has %s, want 1.00", got)
	}
}

// Imports of the same file at once, killed again and again, enter it once.
func TestKilledImportsEnterAFileOnce(t *testing.T) {
	r, server, env := invoiced(t, payers(20))
	var payments []ocr.Payment
	var sum money.Ore
	for range 50 {
		for _, b := range openInvoices(t, r.DB) {
			payments = append(payments, ocr.Payment{Amount: 1_00, KID: b.KID})
			sum += 1_00
		}
	}
	file := transmission(t, "0000007", payments...)
	killAgain(t, time.Second, func() *exec.Cmd {
		cmd := exec.Command(server, "bank", "import", file)
		cmd.Env = append(os.Environ(), env...)
		return cmd
	})
	if out, said, err := perform(t, server, env, "bank", "import", file); err != nil {
		t.Fatalf("%s%s", out, said)
	}
	if got := ledgerSum(t, r.DB, "bank"); got != sum {
		t.Errorf("the bank has %s, want %s", got, sum)
	}
	if out, said, err := perform(t, server, env, "ledger", "check"); err != nil {
		t.Errorf("%s%s", out, said)
	}
}
