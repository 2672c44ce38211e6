package bench_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"bompass/server/bank"
	"bompass/server/bank/ocr"
	"bompass/server/store/bankdb"
	"bompass/shared/fixture"
	"bompass/shared/ident"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// bankPayments is the number of payments of the file of BenchmarkBankImport.
const bankPayments = 200_000

// BenchmarkBankImport measures how fast a file of payments is read, placed on their invoices and entered in the ledger, with
// the settings of a database in production.
func BenchmarkBankImport(b *testing.B) {
	_, db := openDurable(b)
	customer, agreement := fixture.Agreements()[0].Customer, fixture.Agreements()[0].ID
	const price = money.Ore(100_00)
	paid := make([]ocr.Payment, bankPayments)
	_, err := db.Pool.CopyFrom(b.Context(), pgx.Identifier{"invoice"},
		[]string{"kind", "number", "customer_id", "agreement_id", "period", "first_on", "issued_on", "due_on", "kid", "account", "total", "vat"},
		pgx.CopyFromSlice(bankPayments, func(i int) ([]any, error) {
			number := int64(100_001 + i)
			kid, problem := ident.NewKID(fmt.Sprintf("%09d", number), ident.KIDMod10)
			if problem != ident.None {
				return nil, fmt.Errorf("KID of %d: %v", number, problem)
			}
			paid[i] = ocr.Payment{
				Kind: ocr.Giro, On: oslo.Date(2025, 12, 15), Statement: "0115100001", Amount: price, KID: kid,
				Issuer: "000000", Form: "0000000000", Archive: "900001001", Debtor: "12345678903",
			}
			month := time.Date(1500+i/12, time.Month(1+i%12), 1, 0, 0, 0, 0, time.UTC) // one invoice for a payer and a month
			return []any{"invoice", number, string(customer), string(agreement), month, month, month, month, kid, fixture.BankAccount, int64(price), []byte("[]")}, nil
		}))
	must(b, err)
	_, err = db.Pool.Exec(b.Context(), "analyze")
	must(b, err)
	service := bank.NewService(bankdb.New(db), bank.Accounts{fixture.BankAccount: bank.OCR}, time.Now)
	n := 0
	for b.Loop() {
		n++
		on := oslo.Date(2025, 12, 16)
		f := ocr.File{Sender: "00008080", Number: fmt.Sprintf("%07d", n), Recipient: "00001234", On: on, Assignments: []ocr.Assignment{
			{Agreement: "001008585", Number: "0000001", Account: fixture.BankAccount, On: on, Payments: paid},
		}}
		begin := time.Now()
		r, err := service.Import(b.Context(), "bench.txt", ocr.Write(&f))
		must(b, err)
		if n == 1 && r.Placed != bankPayments {
			b.Fatalf("%d of %d payments are on invoices", r.Placed, r.Payments)
		}
		b.ReportMetric(bankPayments/time.Since(begin).Seconds(), "payments/s")
	}
}
