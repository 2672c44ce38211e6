package portal_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"bompass/server/internal/pgtest"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// addInvoice adds an invoice with one line.
func addInvoice(t *testing.T, h *webtest.Server, customer toll.CustomerID, agreement toll.AgreementID) {
	t.Helper()
	const line = `{"kind":"passage","passage":"0196d000-0000-7000-8000-000000000001","revision":1,"at":"2026-10-05T05:00:00Z","station":"oslo-201","stationName":"E18 Maritim",
		"charger":"fjellinjen","chargerName":"Fjellinjen","vehicle":"0196a000-0000-7000-8000-000000000101","plate":{"country":"NO","text":"DP45821"},"list":2900,"amount":2320}`
	pgtest.Exec(t, h.DB, `with i as (insert into invoice (kind, number, customer_id, agreement_id, period, first_on, issued_on, due_on, kid, account, total, vat)
			values ('invoice', 100001, $1, $2, '2026-10-01', '2026-10-05', '2026-11-08', '2026-11-23', '0001000017', '86011117947', 2320, '[{"rate":0,"base":2320,"vat":0,"amount":2320}]')
			returning id), l as (insert into invoice_line select id, 1, 'passage', '0196d000-0000-7000-8000-000000000001', 1, 2320, $3::json from i),
		tx as (insert into ledger_transaction (kind, invoice_id, at) select 'invoice', id, '2026-11-08' from i returning id)
		insert into ledger_entry select tx.id, e.no, e.account, e.amount from tx,
			(values (1, 'receivable:' || $2::text, 2320), (2, 'revenue:fjellinjen', -2320)) as e (no, account, amount)`, string(customer), string(agreement), line)
}

// decode decodes an answer.
func decode[T any](t *testing.T, p webtest.Page) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(p.Body), &v); p.StatusCode != http.StatusOK || err != nil {
		t.Fatalf("%d %s: %v", p.StatusCode, p.Body, err)
	}
	return v
}

// A customer's invoices are the customer's own: those of others do not exist.
func TestInvoicesAreTheCustomersOwn(t *testing.T) {
	h := webtest.New(t)
	addInvoice(t, h, fixture.Kari, fixture.KariAgreement)
	kari, olav := h.SignIn(webtest.Kari), h.SignIn("olav@bompass.example")
	list := decode[api.InvoiceListReply](t, kari.Get("/api/v1/invoices?from=2026-11-01&to=2026-11-30"))
	if len(list.Invoices) != 1 || !list.Any || list.Invoices[0].Outstanding != 2320 || list.Invoices[0].State != "sent" || list.Owed[0].Outstanding != 2320 || list.Owed[0].Invoices != 1 {
		t.Errorf("%+v", list)
	}
	if none := decode[api.InvoiceListReply](t, kari.Get("/api/v1/invoices?from=2026-12-01&to=2026-12-31")); len(none.Invoices) != 0 || !none.Any {
		t.Errorf("another period: %+v", none)
	}
	if other := decode[api.InvoiceListReply](t, kari.Get("/api/v1/invoices?agreement=x&from=2026-11-01&to=2026-11-30")); len(other.Invoices) != 0 {
		t.Errorf("another agreement: %+v", other)
	}
	one := decode[api.InvoiceReply](t, kari.Get("/api/v1/invoice?number=100001"))
	if len(one.Lines) != 1 || one.Lines[0].StationName != "E18 Maritim" || len(one.Chargers) != 1 || one.Account != "86011117947" {
		t.Errorf("%+v", one)
	}
	if theirs := decode[api.InvoiceListReply](t, olav.Get("/api/v1/invoices?from=2026-11-01&to=2026-11-30")); len(theirs.Invoices) != 0 || theirs.Any {
		t.Errorf("another customer: %+v", theirs)
	}
	for _, number := range []string{"100001", "100002", "x", ""} {
		if f := webtest.FaultOf(t, olav.Get("/api/v1/invoice?number="+number)); f.Code != fault.NotFound {
			t.Errorf("%q: %+v", number, f)
		}
	}
	if f := webtest.FaultOf(t, kari.Get("/api/v1/invoices?from=2026-11-30&to=2026-11-01")); f.Code != fault.PeriodReversed {
		t.Errorf("%+v", f)
	}
	if overview := decode[api.OverviewReply](t, kari.Get(api.Overview.Path)); len(overview.Owed) != 1 || overview.Owed[0].Outstanding != 2320 {
		t.Errorf("overview: %+v", overview.Owed)
	}
}

// An accountant sees what is to be paid, and not where anyone drove.
func TestAccountantSeesSumsWithoutPlaces(t *testing.T) {
	h := webtest.New(t)
	addInvoice(t, h, fixture.Fjordfrakt, "00000000-0000-0000-0000-000000000000")
	p := h.SignIn("astrid@fjordfrakt.example").Get("/api/v1/invoice?number=100001")
	if one := decode[api.InvoiceReply](t, p); one.Total != 2320 || len(one.Lines) != 0 || len(one.Chargers) != 1 || strings.Contains(p.Body, "Maritim") {
		t.Errorf("%s", p.Body)
	}
}
