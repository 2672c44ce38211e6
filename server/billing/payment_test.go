package billing_test

import (
	"errors"
	"testing"

	"bompass/server/billing"
	"bompass/server/internal/pgtest"
	"bompass/server/internal/pipelinetest"
	"bompass/server/store/billingdb"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/invoice"
	"bompass/shared/oslo"
)

// A payment counts once, also when it is entered by many at once; the invoice stays as it was, and the books agree.
func TestPaymentCountsOnceAndSettlesTheInvoice(t *testing.T) {
	r := pipelinetest.New(t, after())
	r.Send(pipelinetest.NDJSON(many()...))
	r.Settle()
	if got, err := service(t, r, billing.Standard()).Run(t.Context(), november); err != nil || got.Invoices != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	shelf := billingdb.New(r.DB)
	state := func() (api.InvoiceSummary, api.Owed) {
		t.Helper()
		list, _, err := shelf.Summaries(t.Context(), fixture.Kari, api.InvoiceListRequest{From: 0, To: oslo.DayOf(after()) + 100})
		if err != nil || len(list) != 1 {
			t.Fatalf("%d invoices, %v", len(list), err)
		}
		owed, err := shelf.Owed(t.Context(), fixture.Kari)
		if err != nil || len(owed) != 1 {
			t.Fatalf("%+v, %v", owed, err)
		}
		return list[0], owed[0]
	}
	sent, owed := state()
	if sent.State != invoice.StateSent || sent.Outstanding != sent.Total || owed.Outstanding != sent.Total || owed.Invoices != 1 || owed.Due != sent.Due || owed.Passages != 1 || owed.Unbilled <= 0 {
		t.Errorf("sent: %+v, %+v", sent, owed)
	}
	pay := func(reference string, part int) {
		t.Helper()
		p := billing.Payment{KID: sent.KID, Amount: sent.Total / 2, On: sent.Due, Reference: reference}
		if part == 2 {
			p.Amount = sent.Total - sent.Total/2
		}
		for _, err := range pgtest.Race(t, r.DB, 8, func(int) error { _, _, err := shelf.Pay(t.Context(), p); return err }) {
			if err != nil {
				t.Error(err)
			}
		}
		books(t, r)
	}
	pay("1", 1)
	if half, _ := state(); half.State != invoice.StatePartly || half.Outstanding != sent.Total-sent.Total/2 {
		t.Errorf("half: %+v", half)
	}
	pay("2", 2)
	paid, owed := state()
	if paid.State != invoice.StatePaid || paid.Outstanding != 0 || owed.Outstanding != 0 || owed.Invoices != 0 || owed.Due != 0 {
		t.Errorf("paid: %+v, %+v", paid, owed)
	}
	if _, _, err := shelf.Pay(t.Context(), billing.Payment{KID: "0", Amount: 1, Reference: "3"}); !errors.Is(err, billing.ErrUnknownKID) {
		t.Errorf("an unknown KID: %v", err)
	}
	reply, found, err := shelf.Document(t.Context(), fixture.Kari, sent.Number)
	if err != nil || !found || len(reply.Lines) != 30 || len(reply.Payments) != 2 || len(reply.Later) != 0 {
		t.Errorf("%+v, %t, %v", reply, found, err)
	}
	if _, found, err := shelf.Document(t.Context(), fixture.Olav, sent.Number); err != nil || found {
		t.Errorf("of another: %t, %v", found, err)
	}
}
