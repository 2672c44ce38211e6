package main_test

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bompass/server/bank"
	"bompass/server/bank/ocr"
	"bompass/server/internal/pgtest"
	"bompass/server/store/bankdb"
	"bompass/shared/fixture"
	"bompass/shared/money"
)

// largePayments returns the number of payments of TestLargeFilesOfTheBank: BANK_PAYMENTS, or 100,000.
func largePayments(t *testing.T) int {
	t.Helper()
	text := os.Getenv("BANK_PAYMENTS")
	if text == "" {
		return 100_000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1000 {
		t.Fatalf("BANK_PAYMENTS=%s is no number from 1000", text)
	}
	return n
}

// A large file is entered once, also if it is read by several servers at once. One that is cut, has a part twice or a wrong sum enters
// nothing and is refused with the line; the ends of its lines may be mixed.
func TestLargeFilesOfTheBank(t *testing.T) {
	if testing.Short() {
		t.Skip("a large file")
	}
	n := largePayments(t)
	r, server, env := invoiced(t, payers(50))
	bills := openInvoices(t, r.DB)
	payments := make([]ocr.Payment, n)
	var sum, fits money.Ore
	left := map[string]money.Ore{}
	for _, b := range bills {
		left[b.KID] = b.Total
	}
	for i := range payments {
		b := bills[i%len(bills)]
		payments[i] = ocr.Payment{Amount: money.Ore(1 + i%3), KID: b.KID}
		sum += payments[i].Amount
		if left[b.KID] -= payments[i].Amount; left[b.KID] >= 0 {
			fits += payments[i].Amount
		}
	}
	whole, err := os.ReadFile(transmission(t, "0000001", payments...))
	if err != nil {
		t.Fatal(err)
	}
	s := bank.NewService(bankdb.New(r.DB), bank.Accounts{fixture.BankAccount: bank.OCR}, time.Now)
	const record = 82
	payment := whole[2*record : 4*record]
	last := strconv.Itoa(4 + 2*n)
	for want, data := range map[string][]byte{
		"line 1001: the file ends":                  whole[:1000*record],
		"line 1001: has 40 characters":              whole[:1000*record+40],
		"line 5, number of the payment":             append(append(bytes.Clone(whole[:4*record]), payment...), whole[4*record:]...),
		"line " + strconv.Itoa(3+2*n) + ", sum of":  bytes.Replace(whole, whole[2*record+32:2*record+49], []byte("00000000000000009"), 1),
		"line " + strconv.Itoa(5+2*n) + ": follows": append(bytes.Clone(whole), whole...),
		"line " + last + ", number of records":      append(bytes.Clone(whole[:len(whole)-record+16]), append([]byte("00000001"), whole[len(whole)-record+24:]...)...),
	} {
		if _, err := s.Import(t.Context(), "broken", data); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if got := pgtest.One[int64](t, r.DB, "select count(*) from bank_payment"); got != 0 {
		t.Fatalf("%d payments of broken files are entered", got)
	}
	mixed := bytes.Replace(whole, []byte("\r\n"), []byte("\n"), n)
	var all sync.WaitGroup
	var entered, again atomic.Int64
	begin := time.Now()
	for range 3 {
		all.Go(func() {
			got, err := s.Import(t.Context(), "large", mixed)
			read, known := errors.AsType[*bank.ReadError](err)
			switch {
			case err == nil && got.Payments == n && got.Sum == sum:
				entered.Add(1)
			case known && read.Same:
				again.Add(1)
			default:
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	all.Wait()
	t.Logf("%d payments entered once, of three imports at a time, in %s", n, time.Since(begin).Round(time.Millisecond))
	if entered.Load() != 1 || again.Load() != 2 {
		t.Errorf("entered %d times, refused %d times", entered.Load(), again.Load())
	}
	// A database analyses itself after such a change; those of tests do not.
	if _, err := r.DB.Pool.Exec(t.Context(), "analyze"); err != nil {
		t.Fatal(err)
	}
	if got := ledgerSum(t, r.DB, "bank"); got != sum {
		t.Errorf("the bank has %s, want %s", got, sum)
	}
	if placed := sum + ledgerSum(t, r.DB, "unplaced"); placed > fits || placed <= 0 {
		t.Errorf("%s are placed, and %s fit", placed, fits)
	}
	if over := pgtest.One[int64](t, r.DB, "select count(*) from invoice where outstanding(id) < 0"); over != 0 {
		t.Errorf("%d invoices are overpaid", over)
	}
	if out, said, err := perform(t, server, env, "ledger", "check"); err != nil {
		t.Errorf("%s%s", out, said)
	}
}
