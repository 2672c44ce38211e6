package reading_test

import (
	"context"
	"testing"
	"time"

	"bompass/server/internal/pgtest"
	"bompass/server/internal/pipelinetest"
	"bompass/server/store/paymentdb"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
)

// A page that is open is told of a payment, whoever enters it, such as a command that reads a file of the bank; others are not.
func TestPaymentIsToldToOpenPagesOfTheCustomer(t *testing.T) {
	r := pipelinetest.New(t, oslo.At(pipelinetest.November, 9, 0, 0))
	live := r.Live()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); live.Forward(ctx, paymentdb.New(r.DB).Listen) }()
	t.Cleanup(func() { stop(); <-done })
	kari, err := live.Subscribe(ctx, fixture.Kari)
	if err != nil {
		t.Fatal(err)
	}
	olav, err := live.Subscribe(ctx, fixture.Olav)
	if err != nil {
		t.Fatal(err)
	}
	pgtest.Exec(t, r.DB, `insert into invoice (kind, number, customer_id, agreement_id, period, first_on, issued_on, due_on, kid, account, total, vat)
		values ('invoice', 100001, $1, $2, '2025-10-01', '2025-10-05', '2025-11-08', '2025-11-23', '0001000017', '86011117947', 2320, '[]')`, string(fixture.Kari), string(fixture.KariAgreement))
	for n := 0; ; n++ { // the first may be entered before anybody listens
		pgtest.Exec(t, r.DB, `with tx as (insert into ledger_transaction (kind, invoice_id, at, reference) select 'payment', id, now(), 'bank' || $1::int from invoice returning id)
			insert into ledger_entry select tx.id, e.no, e.account, e.amount from tx, (values (1, 'bank', 100), (2, 'receivable:x', -100)) as e (no, account, amount)`, n)
		select {
		case e := <-kari:
			if e.Kind != api.EventPaid || len(e.Lines) != 0 {
				t.Errorf("%+v", e)
			}
			select {
			case e := <-olav:
				t.Errorf("another customer hears %+v", e)
			default:
			}
			return
		case <-time.After(100 * time.Millisecond):
		case <-t.Context().Done():
			t.Fatal("nothing is heard")
		}
	}
}
