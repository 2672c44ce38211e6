package main_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"bompass/server/bank"
	"bompass/server/bank/ocr"
	"bompass/server/store/bankdb"
	"bompass/shared/fixture"
)

// A payment that stands on no invoice is proposed for the likeliest one: the newest open one of the agreement if its own is paid, and
// the one of the amount whose payer has paid from the same account before.
func TestUnplacedPaymentsAreProposed(t *testing.T) {
	r, _, _ := invoiced(t, payers(4))
	bills := openInvoices(t, r.DB)
	for i, number := range []int64{bills[1].Number, bills[2].Number} {
		if _, err := r.DB.Pool.Exec(t.Context(), `update invoice set (customer_id, agreement_id) = (select customer_id, agreement_id from invoice where number = $1), period = period - $3 * interval '1 month'
			where number = $2`, bills[0].Number, number, i+1); err != nil {
			t.Fatal(err)
		}
	}
	s := bank.NewService(bankdb.New(r.DB), bank.Accounts{fixture.BankAccount: bank.OCR}, time.Now)
	pay := func(number string, payments ...ocr.Payment) {
		t.Helper()
		data, err := os.ReadFile(transmission(t, number, payments...))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Import(t.Context(), number, data); err != nil {
			t.Fatal(err)
		}
	}
	pay("0000001", ocr.Payment{Amount: bills[0].Total, KID: bills[0].KID})
	pay("0000002", ocr.Payment{Amount: 5_00, KID: bills[0].KID}, ocr.Payment{Amount: bills[1].Total}, ocr.Payment{Amount: bills[3].Total + 1, KID: bills[3].KID})
	list, err := s.Unplaced(t.Context())
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	for i, want := range []struct {
		number int64
		why    bank.Why
	}{{bills[2].Number, bank.Newest}, {bills[2].Number, bank.SamePayer}, {bills[3].Number, bank.TheInvoice}} {
		if len(list[i].Proposals) == 0 || list[i].Proposals[0].Number != strconv.FormatInt(want.number, 10) || list[i].Proposals[0].Why != want.why {
			t.Errorf("payment %d is proposed for %+v, want %d by %s", i, list[i].Proposals, want.number, want.why)
		}
	}
	number, err := s.PlaceProposed(t.Context(), list[1].No, 2)
	if err != nil || number != strconv.FormatInt(bills[1].Number, 10) {
		t.Errorf("placed on %s, %v", number, err)
	}
	if _, err := s.PlaceProposed(t.Context(), list[1].No, 1); err == nil {
		t.Error("a placed payment is placed again")
	}
}
