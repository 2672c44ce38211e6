package billing_test

import (
	"strings"
	"sync"
	"testing"

	"bompass/server/billing"
	"bompass/server/internal/pipelinetest"
	"bompass/server/store"
	"bompass/shared/oslo"
)

// Every server may begin the night's work: a month is begun once, in the order of months, and its jobs make each invoice once.
func TestMonthIsBegunOnceHoweverManyServersThereAre(t *testing.T) {
	r := pipelinetest.New(t, after())
	r.Send(pipelinetest.NDJSON(many()...))
	r.Settle()
	s := service(t, r, billing.Standard())
	var nights sync.WaitGroup
	for range 3 {
		nights.Go(func() {
			if err := s.Night(t.Context(), billing.NightJob{}, 1); err != nil {
				t.Error(err)
			}
		})
	}
	nights.Wait()
	if got := one(t, r, "select string_agg(period::text, ',') from billing_run"); got != "2025-11-01" {
		t.Errorf("months: %s", got)
	}
	jobs, err := store.Select[struct{ Args billing.RangeJob }](t.Context(), r.DB.Pool, "select args from river_job where kind = 'billing.range'")
	if err != nil || len(jobs) != 1 {
		t.Fatalf("%d jobs, want 1: %v", len(jobs), err)
	}
	for range 2 { // as after a server that died
		if err := s.WorkRange(t.Context(), jobs[0].Args, 1); err != nil {
			t.Fatal(err)
		}
	}
	if got := one(t, r, "select count(*) from invoice"); got != "1" {
		t.Errorf("%s invoices, want 1", got)
	}
	r.SetNow(oslo.At((november + 4).First(), 9, 0, 0)) // two months were missed
	for _, want := range []string{"2025-12-01", "2026-01-01", "2026-01-01"} {
		if err := s.Night(t.Context(), billing.NightJob{}, 1); err != nil {
			t.Fatal(err)
		}
		if got := one(t, r, "select max(period) from billing_run"); got != want {
			t.Errorf("the latest month is %s, want %s", got, want)
		}
	}
	books(t, r)
}

// A payer on hold is tried again each night.
func TestHeldPayerIsInvoicedOnceTheReasonIsGone(t *testing.T) {
	r := pipelinetest.New(t, after())
	r.Send(pipelinetest.NDJSON(many()...))
	r.Settle()
	r.Exec("update charge set list = list + 100 where passage_id = (select passage_id from unbilled order by passed_at limit 1)")
	s := service(t, r, billing.Standard())
	if got, err := s.Run(t.Context(), november); err != nil || got.Held != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, want := range []string{"0", "1"} {
		if err := s.Night(t.Context(), billing.NightJob{}, 1); err != nil {
			t.Fatal(err)
		}
		if got := one(t, r, "select count(*) from invoice"); got != want {
			t.Errorf("%s invoices, want %s", got, want)
		}
		if want == "0" {
			r.Exec("update charge set list = list - 100 where passage_id = (select passage_id from unbilled order by passed_at limit 1)")
		}
	}
	if got := one(t, r, "select count(*) from billing_hold"); got != "0" {
		t.Errorf("%s on hold", got)
	}
	books(t, r)
}

// The check of the ledger names the first difference, wherever it is.
func TestCheckNamesWhatDiffers(t *testing.T) {
	r := pipelinetest.New(t, after())
	r.Send(pipelinetest.NDJSON(many()...))
	r.Settle()
	if got, err := service(t, r, billing.Standard()).Run(t.Context(), november); err != nil || got.Invoices != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	books(t, r)
	const first = "(select passage_id from invoice_line where invoice_id = (select id from invoice limit 1) and no = 1)"
	for _, c := range []struct{ spoil, repair, want string }{
		{
			"update charge set list = list + 100 where passage_id = " + first,
			"update charge set list = list - 100 where passage_id = " + first, "charge and price lists differ",
		},
		{"update invoice_line set amount = amount + 1 where no = 1", "update invoice_line set amount = amount - 1 where no = 1", "stands on invoices or waits"},
		{"update unbilled set amount = amount + 1", "update unbilled set amount = amount - 1", "stands on invoices or waits"},
		{"update invoice set total = total + 1", "update invoice set total = total - 1", "invoice 100001: the total is"},
		{"update ledger_transaction set kind = 'credit'", "update ledger_transaction set kind = 'invoice'", "has the ledger transactions [credit]"},
		{
			"update ledger_entry set account = 'revenue:other' where account like 'revenue:%'",
			"update ledger_entry set account = 'revenue:fjellinjen' where account like 'revenue:%'", "its ledger entries are",
		},
		{"update number_series set next = next + 1 where name = 'invoice'", "update number_series set next = next - 1 where name = 'invoice'", "invoice 100002 is missing"},
		{"insert into unbilled values (gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid(), now(), 5)", "delete from unbilled where amount = 5", "unbilled amount of passage"},
	} {
		r.Exec("set session_replication_role = replica; " + c.spoil + "; set session_replication_role = origin")
		difference, err := checker(t, r).Check(t.Context(), 0)
		if err != nil || !strings.Contains(difference, c.want) {
			t.Errorf("%s: %q, %v, want %q", c.spoil, difference, err, c.want)
		}
		r.Exec("set session_replication_role = replica; " + c.repair + "; set session_replication_role = origin")
	}
	books(t, r)
}
