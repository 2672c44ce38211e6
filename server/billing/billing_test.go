package billing_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"bompass/server/billing"
	"bompass/server/internal/pipelinetest"
	"bompass/server/ledger"
	"bompass/server/store/billingdb"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// november is the month of the passages.
var november = pipelinetest.November.Month()

// after is an instant at which November can be invoiced.
func after() time.Time { return oslo.At((november+1).First()+7, 9, 0, 0) }

// service returns a Service on a rig.
func service(t *testing.T, r *pipelinetest.Rig, settings billing.Settings) *billing.Service {
	t.Helper()
	settings.Account = fixture.BankAccount
	stations := func() billing.Stations {
		return func(id toll.StationID) (tariff.Station, bool) { return r.Plan.Station(id) }
	}
	prices := billing.Recheck{Months: r.Service(), Plan: func() *rating.Plan { return r.Plan }}
	return billing.NewService(billingdb.New(r.DB), stations, prices, settings, r.Now, slog.New(slog.NewTextHandler(t.Output(), nil)))
}

// drive returns a passage of Kari's petrol car.
func drive(n int64, at time.Time) toll.Observation {
	return toll.Observation{
		Station: "oslo-201", Lane: 1, Epoch: 41, Sequence: n, At: at, Direction: toll.Inbound, Tag: fixture.Mounts()[0].Tag, Country: "NO", Plate: "DP45821",
	}
}

// one returns the only value of a query as text.
func one(t *testing.T, r *pipelinetest.Rig, sql string) (text string) {
	t.Helper()
	if err := r.DB.Pool.QueryRow(t.Context(), "select coalesce(("+sql+")::text, '')").Scan(&text); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return text
}

// checker returns the check of the books of a rig.
func checker(t *testing.T, r *pipelinetest.Rig) *ledger.Checker {
	t.Helper()
	prices := billing.Recheck{Months: r.Service(), Plan: func() *rating.Plan { return r.Plan }}
	return ledger.NewChecker(billingdb.New(r.DB), prices, r.Now, slog.New(slog.NewTextHandler(t.Output(), nil)))
}

// books fails the test unless every charge stands once, on an invoice or as unbilled, all sums agree, and the ledger adds up.
// It asks the database itself, and the check that runs each night.
func books(t *testing.T, r *pipelinetest.Rig) {
	t.Helper()
	if difference, err := checker(t, r).Check(t.Context(), 0); err != nil || difference != "" {
		t.Errorf("ledger check: %q, %v", difference, err)
	}
	for what, sql := range map[string]string{
		"charges and what stands for them": `select (select coalesce(sum(amount), 0) from charge where customer_id is not null) -
			(select coalesce(sum(amount), 0) from unbilled) - (select coalesce(sum(amount), 0) from invoice_line where passage_id is not null)`,
		"invoices and their lines": "select coalesce(sum(total), 0) - (select coalesce(sum(amount), 0) from invoice_line) from invoice where kind = 'invoice'",
		"the ledger":               "select coalesce(sum(amount), 0) from ledger_entry",
		"receivables and invoices": "select coalesce(sum(amount), 0) - (select coalesce(sum(total), 0) from invoice) from ledger_entry e join ledger_transaction t on t.id = e.transaction_id where account like 'receivable:%' and t.kind <> 'payment'",
		"numbers":                  "select count(*) - coalesce(max(number) - min(number) + 1, 0) from invoice where kind = 'invoice'",
	} {
		if got := one(t, r, sql); got != "0" {
			t.Errorf("%s differ by %s", what, got)
		}
	}
}

// many returns passages of November, and one of the first second of December.
func many() (list []toll.Observation) {
	for n := range int64(30) {
		list = append(list, drive(n, oslo.At(november.First()+oslo.Day(n%28), 7, int(n), 0)))
	}
	return append(list, drive(90, oslo.At((november+1).First(), 0, 0, 1)))
}

func TestMonthIsInvoicedOnceHoweverManyRunsThereAre(t *testing.T) {
	r := pipelinetest.New(t, after())
	r.Send(pipelinetest.NDJSON(many()...))
	r.Settle()
	total := one(t, r, fmt.Sprintf("select sum(amount) from charge c join passage p on p.id = c.passage_id where p.passed_at < '%s'", (november+1).Start().Format(time.RFC3339)))

	var runs sync.WaitGroup
	results := make([]billing.Result, 3)
	for i := range results {
		runs.Go(func() {
			var err error
			if results[i], err = service(t, r, billing.Standard()).Run(t.Context(), november); err != nil {
				t.Error(err)
			}
		})
	}
	runs.Wait()
	made := 0
	for _, result := range results {
		made += result.Invoices
	}
	if made != 1 || one(t, r, "select sum(total) from invoice") != total {
		t.Errorf("%d invoices of %s, want one of %s: %+v", made, one(t, r, "select sum(total) from invoice"), total, results)
	}
	if got := one(t, r, "select issued_on || ' ' || due_on || ' ' || period from invoice"); got != "2025-12-08 2025-12-22 2025-11-01" {
		t.Errorf("dates: %s", got)
	}
	if got := one(t, r, "select count(*) from unbilled"); got != "1" {
		t.Errorf("%s charges are left, want that of December", got)
	}
	books(t, r)
	if again, err := service(t, r, billing.Standard()).Run(t.Context(), november); err != nil || again.Invoices != 0 {
		t.Errorf("once more: %+v, %v", again, err)
	}
	books(t, r)
}

// A passage that arrives after the invoice is a line of the next one, which names the month by its day; a corrected one names
// the invoice that it corrects. What was sent is not changed.
func TestLateAndCorrectedPassagesStandOnTheNextInvoice(t *testing.T) {
	r := pipelinetest.New(t, after())
	settings := billing.Standard()
	settings.Threshold = 0
	first := drive(1, oslo.At(november.First()+3, 7, 0, 0))
	r.Send(pipelinetest.NDJSON(first, drive(2, oslo.At(november.First()+4, 7, 0, 0))))
	r.Settle()
	if got, err := service(t, r, settings).Run(t.Context(), november); err != nil || got.Invoices != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	was := one(t, r, "select total || ' ' || (select string_agg(said::text, ',' order by no) from invoice_line) from invoice")

	withdrawn := first
	withdrawn.Revision, withdrawn.Withdrawn, withdrawn.Reason = 1, true, "test run of the station"
	r.Send(pipelinetest.NDJSON(withdrawn, drive(3, oslo.At(november.First()+9, 7, 0, 0)), drive(4, oslo.At((november+1).First()+2, 7, 0, 0)), drive(5, oslo.At((november+1).First()+3, 7, 0, 0))))
	r.Settle()
	r.SetNow(oslo.At((november+2).First()+7, 9, 0, 0))
	if got, err := service(t, r, settings).Run(t.Context(), november+1); err != nil || got.Invoices != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if now := one(t, r, "select total || ' ' || (select string_agg(said::text, ',' order by no) from invoice_line where invoice_id = i.id) from invoice i order by number limit 1"); now != was {
		t.Errorf("the first invoice was\n%s\nand is\n%s", was, now)
	}
	if got := one(t, r, "select string_agg(kind || ' ' || coalesce(said->>'corrects', '-') || ' ' || (amount > 0), ', ' order by no) from invoice_line l where invoice_id = (select id from invoice order by number desc limit 1)"); got != "correction 100001 false, passage - true, passage - true, passage - true" {
		t.Errorf("lines: %s", got)
	}
	books(t, r)
}

func TestSmallSumsWaitAndDoubtsAreHeld(t *testing.T) {
	r := pipelinetest.New(t, after())
	r.Send(pipelinetest.NDJSON(drive(1, oslo.At(november.First()+3, 7, 0, 0))))
	r.Settle()
	s := service(t, r, billing.Standard())
	if got, err := s.Run(t.Context(), november); err != nil || got.Waiting != 1 || one(t, r, "select count(*) from unbilled") != "1" {
		t.Errorf("below the threshold: %+v, %v", got, err)
	}
	r.SetNow(oslo.At((november+4).First()+7, 9, 0, 0))
	if got, err := s.Run(t.Context(), november+3); err != nil || got.Invoices != 1 {
		t.Errorf("after three months: %+v, %v", got, err)
	}
	early := &billing.EarlyError{}
	if _, err := s.Run(t.Context(), november+4); !errors.As(err, &early) {
		t.Errorf("too early: %v", err)
	}
	books(t, r)
}

// The prices of a month are checked once more before anybody is invoiced.
func TestChargeThatDiffersFromThePriceListsIsHeld(t *testing.T) {
	r := pipelinetest.New(t, after())
	for n := range int64(10) {
		r.Send(pipelinetest.NDJSON(drive(n, oslo.At(november.First()+oslo.Day(n), 7, 0, 0))))
	}
	r.Settle()
	const spoil = "update charge set net = net + $, amount = amount + $ where passage_id = (select passage_id from unbilled order by passed_at limit 1)"
	change := func(by string) {
		for _, sql := range []string{spoil, "update unbilled set amount = amount + $ where passage_id = (select passage_id from unbilled order by passed_at limit 1)"} {
			r.Exec(strings.ReplaceAll(sql, "$", by))
		}
	}
	change("100")
	s := service(t, r, billing.Standard())
	got, err := s.Run(t.Context(), november)
	if err != nil || got.Held != 1 || got.Invoices != 0 || one(t, r, "select count(*) from invoice") != "0" || one(t, r, "select count(*) from unbilled") != "10" {
		t.Errorf("%+v, %v", got, err)
	}
	if reason := one(t, r, "select reason from billing_hold"); reason == "" {
		t.Error("no reason is recorded")
	}
	change("-100")
	if got, err := s.Run(t.Context(), november); err != nil || got.Invoices != 1 || one(t, r, "select count(*) from billing_hold") != "0" {
		t.Errorf("put right: %+v, %v", got, err)
	}
	books(t, r)
}

func TestLedgerRefusesWhatDoesNotAddUpAndChanges(t *testing.T) {
	r := pipelinetest.New(t, after())
	r.Send(pipelinetest.NDJSON(drive(1, oslo.At(november.First()+3, 7, 0, 0))))
	r.Settle()
	settings := billing.Standard()
	settings.Threshold = 0
	if _, err := service(t, r, settings).Run(t.Context(), november); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"update ledger_entry set amount = amount + 1", "delete from ledger_entry", "delete from ledger_transaction",
		"with t as (insert into ledger_transaction (kind, at) values ('test', now()) returning id) insert into ledger_entry select id, 1, 'vat:1200', 5 from t",
	} {
		if _, err := r.DB.Pool.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s is accepted", sql)
		}
	}
	books(t, r)
}
