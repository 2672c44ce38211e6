package main_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bompass/server/bank"
	"bompass/server/bank/avtalegiro"
	"bompass/server/bank/ocr"
	"bompass/server/internal/pgtest"
	"bompass/server/store/bankdb"
	"bompass/server/store/billingdb"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// A mandate of a payer's bank leads to one claim of each invoice, at least so many bank days before it is due; what is paid otherwise
// meanwhile is taken back; the payment of a claim is for its invoice, whichever KID the mandate has; and without the mandate nothing is claimed.
func TestInvoicesWithAMandateAreClaimedOnce(t *testing.T) {
	r, _, _ := invoiced(t, payers(4))
	bills := openInvoices(t, r.DB)
	due := pgtest.One[time.Time](t, r.DB, "select min(due_on) from invoice")
	y, m, d := due.Date()
	dueOn := oslo.Date(y, m, d)
	now := oslo.At(dueOn-21, 8, 0, 0)
	s := bank.NewService(bankdb.New(r.DB), bank.Accounts{fixture.BankAccount: bank.OCR}, func() time.Time { return now })
	// The second and third invoice are made those of the first one's agreement, for other months.
	for i, number := range []int64{bills[1].Number, bills[2].Number} {
		if _, err := r.DB.Pool.Exec(t.Context(), `update invoice set (customer_id, agreement_id) = (select customer_id, agreement_id from invoice where number = $1), period = period - $3 * interval '1 month'
			where number = $2`, bills[0].Number, number, i+1); err != nil {
			t.Fatal(err)
		}
	}
	mandates := func(number string, list ...avtalegiro.Mandate) bank.MandateResult {
		t.Helper()
		f := avtalegiro.MandateFile{Number: number, Accounts: []avtalegiro.AccountMandates{{Number: number, Account: fixture.BankAccount, Mandates: list}}}
		got, err := s.Import(t.Context(), number, avtalegiro.WriteMandates(&f))
		if err != nil {
			t.Fatal(err)
		}
		return *got.Mandates
	}
	var last avtalegiro.ClaimFile
	export := func(fail bool) int {
		t.Helper()
		last = avtalegiro.ClaimFile{}
		n, err := s.Export(t.Context(), bank.Creditor{Unit: "00001234", Account: fixture.BankAccount}, func(_ string, data []byte) error {
			var err error
			if last, err = avtalegiro.ReadClaims(data); err != nil {
				t.Fatal(err)
			}
			if fail {
				return os.ErrPermission
			}
			return nil
		})
		if (err != nil) != fail {
			t.Fatal(err)
		}
		return n
	}
	if n := export(false); n != 0 {
		t.Errorf("%d files without a mandate", n)
	}
	const stranger = "1000042000017"
	got := mandates("0000001", avtalegiro.Mandate{Change: avtalegiro.Changed, KID: bills[0].KID, Notice: true}, avtalegiro.Mandate{Change: avtalegiro.Changed, KID: stranger})
	if got.Valid != 1 || !slices.Equal(got.Unknown, []string{stranger}) {
		t.Errorf("%+v", got)
	}
	now = oslo.At(dueOn-5, 8, 0, 0)
	if n := export(false); n != 0 {
		t.Errorf("%d files five days before the day, too late for the bank's notice", n)
	}
	now = oslo.At(dueOn-21, 8, 0, 0)
	export(true)
	lost := last
	if n := export(false); n != 1 || len(last.Claims) != 3 || last.Number != lost.Number {
		t.Fatalf("%d files, %+v", n, last)
	}
	for i, c := range last.Claims {
		if want := (avtalegiro.Claim{Notice: true, Due: dueOn, Amount: bills[i].Total, KID: bills[0].KID, Name: c.Name, Text: c.Text}); c != want || !strings.HasPrefix(c.Text, "Faktura 10000") {
			t.Errorf("%+v, want %+v", c, want)
		}
	}
	if n := export(false); n != 0 {
		t.Errorf("claimed again in %d files", n)
	}
	shown := func() bool {
		t.Helper()
		reply, found, err := billingdb.New(r.DB).Document(t.Context(), toll.CustomerID(pgtest.One[string](t, r.DB, "select customer_id::text from direct_debit_mandate")), strconv.FormatInt(bills[1].Number, 10))
		if err != nil || !found {
			t.Fatal(found, err)
		}
		return reply.Drawn
	}
	if !shown() {
		t.Error("the invoice does not say that it is drawn")
	}
	data, err := os.ReadFile(transmission(t, "0000001", ocr.Payment{Amount: bills[2].Total, KID: bills[2].KID}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Import(t.Context(), "paid", data); err != nil {
		t.Fatal(err)
	}
	if n := export(false); n != 1 || len(last.Claims) != 0 || len(last.Deletions) != 1 || last.Deletions[0].Amount != bills[2].Total {
		t.Errorf("%d files, %+v", n, last)
	}
	if n := export(false); n != 0 {
		t.Errorf("taken back again in %d files", n)
	}
	f := ocr.File{Sender: "00008080", Number: "0000002", Recipient: "00001234", On: dueOn, Assignments: []ocr.Assignment{{
		Agreement: "001008585", Number: "0000001", Account: fixture.BankAccount, On: dueOn, Payments: []ocr.Payment{
			{Kind: ocr.AvtaleGiro, Amount: bills[1].Total, KID: bills[0].KID, On: dueOn, Statement: "0115100001", Issuer: "000000"},
			{Kind: ocr.AvtaleGiro, Amount: bills[0].Total, KID: bills[0].KID, On: dueOn, Statement: "0115100001", Issuer: "000000"},
		},
	}}}
	drawn, err := s.Import(t.Context(), "drawn", ocr.Write(&f))
	if err != nil || drawn.Placed != 2 {
		t.Fatalf("%+v, %v", drawn, err)
	}
	if n := pgtest.One[int64](t, r.DB, "select count(*) from invoice where kind = 'invoice' and outstanding(id) = 0"); n != 3 {
		t.Errorf("%d invoices are paid, want 3", n)
	}
	if shown() {
		t.Error("a paid invoice says that it is drawn")
	}
	if got := mandates("0000002", avtalegiro.Mandate{Change: avtalegiro.Ended, KID: bills[0].KID}); got.Ended != 1 {
		t.Errorf("%+v", got)
	}
	if got := mandates("0000003", avtalegiro.Mandate{Change: avtalegiro.Listed, KID: bills[3].KID}); got.Valid != 1 || got.Ended != 0 {
		t.Errorf("%+v", got)
	}
	if got := mandates("0000004", avtalegiro.Mandate{Change: avtalegiro.Listed, KID: bills[0].KID}); got.Valid != 1 || got.Ended != 1 {
		t.Errorf("%+v", got)
	}
}

// The command writes the claims into a folder, whole.
func TestClaimsAreWrittenForTheBank(t *testing.T) {
	r, server, env := invoiced(t, payers(2))
	folder := t.TempDir()
	if _, said, err := perform(t, server, env, "bank", "export", "--to", folder); err == nil || !strings.Contains(said, "BOMPASS_DIRECT_DEBIT") {
		t.Errorf("%v, %s", err, said)
	}
	env = append(env, "BOMPASS_DIRECT_DEBIT=00001234")
	if out, said, err := perform(t, server, env, "bank", "export", "--to", folder); err != nil || !strings.Contains(out, "nothing to claim") {
		t.Errorf("%v, %s%s", err, out, said)
	}
	if _, err := r.DB.Pool.Exec(t.Context(), `insert into direct_debit_mandate (kid, customer_id, agreement_id, notice, since) select kid, customer_id, agreement_id, true, '2025-01-01' from invoice;
		update invoice set due_on = '2099-01-05'`); err != nil {
		t.Fatal(err)
	}
	if out, said, err := perform(t, server, env, "bank", "export", "--to", filepath.Join(folder, "none")); err == nil {
		t.Errorf("%s%s", out, said)
	}
	if out, said, err := perform(t, server, env, "bank", "export", "--to", folder); err != nil {
		t.Fatalf("%v, %s%s", err, out, said)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	data, err := os.ReadFile(filepath.Join(folder, files[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	if f, err := avtalegiro.ReadClaims(data); err != nil || len(f.Claims) != 2 {
		t.Errorf("%v, %+v", err, f)
	}
}
