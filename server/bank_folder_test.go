package main_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/server/bank"
	"bompass/server/bank/folder"
	"bompass/server/bank/ocr"
	"bompass/server/store/bankdb"
	"bompass/shared/fixture"
)

// Files of the folder are entered once, also if several servers look at it at once: what was entered is moved to done, what is wrong
// to refused with the reason, and what still grows stays. What is to be claimed lies in out.
func TestFolderOfTheBankIsEmptiedOnce(t *testing.T) {
	r, _, _ := invoiced(t, payers(3))
	bills := openInvoices(t, r.DB)
	path := t.TempDir()
	put := func(name string, data []byte, age time.Duration) {
		t.Helper()
		at := filepath.Join(path, name)
		if err := os.WriteFile(at, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(at, time.Now(), time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	read := func(number string) []byte {
		t.Helper()
		data, err := os.ReadFile(transmission(t, number, ocr.Payment{Amount: 1_00, KID: bills[0].KID}))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	first := read("0000001")
	put("first.txt", first, time.Minute)
	put("same.txt", first, time.Minute)
	put("second.txt", read("0000002"), time.Minute)
	put("cut.txt", first[:200], time.Minute)
	put("grows.txt", read("0000003"), 0)
	put("sent.txt.part", read("0000004"), time.Minute)
	if _, err := r.DB.Pool.Exec(t.Context(), `insert into direct_debit_mandate (kid, customer_id, agreement_id, notice, since) select kid, customer_id, agreement_id, true, '2025-01-01' from invoice;
		update invoice set due_on = '2099-01-05'`); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var entered, refused int64
	var mu sync.Mutex
	for range 3 {
		all.Go(func() {
			s := bank.NewService(bankdb.New(r.DB), bank.Accounts{fixture.BankAccount: bank.OCR}, time.Now)
			f, err := folder.New(path, s, bank.Creditor{Unit: "00001234", Account: fixture.BankAccount}, time.Now, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Error(err)
				return
			}
			for range 2 {
				if err := f.Work(t.Context(), folder.Job{}, 1); err != nil {
					t.Error(err)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			entered, refused = entered+f.Entered(), refused+f.Refused()
		})
	}
	all.Wait()
	names := func(of string) string {
		t.Helper()
		list, err := os.ReadDir(filepath.Join(path, of))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range list {
			names = append(names, f.Name())
		}
		return strings.Join(names, " ")
	}
	for of, want := range map[string]string{"": "done grows.txt out refused sent.txt.part", "done": "first.txt same.txt second.txt", "out": "avtalegiro-0000001.txt"} {
		if got := names(of); got != want {
			t.Errorf("%q has %s, want %s", of, got, want)
		}
	}
	if got := names("refused"); !strings.HasPrefix(got, "cut.txt cut.txt.why.txt") {
		t.Errorf("refused has %s", got)
	}
	why, err := os.ReadFile(filepath.Join(path, "refused", "cut.txt.why.txt"))
	if err != nil || !strings.Contains(string(why), "line 3: has 36 characters") || !strings.Contains(string(why), "Nothing of it was entered.") {
		t.Errorf("%v, %s", err, why)
	}
	if got := ledgerSum(t, r.DB, "bank"); got != 2_00 || entered != 2 || refused < 1 {
		t.Errorf("the bank has %s, %d files entered, %d refused", got, entered, refused)
	}
	if _, err := folder.New(filepath.Join(path, "none"), nil, bank.Creditor{}, time.Now, nil); err == nil {
		t.Error("a folder that is not there is accepted")
	}
}
