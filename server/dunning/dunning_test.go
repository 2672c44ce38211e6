package dunning_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"bompass/server/billing"
	"bompass/server/dunning"
	"bompass/server/internal/pgtest"
	"bompass/server/internal/pipelinetest"
	"bompass/server/ledger"
	"bompass/server/store/billingdb"
	"bompass/shared/api"
	"bompass/shared/dun"
	"bompass/shared/fixture"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

var november = pipelinetest.November.Month()

// Days of the invoice of November.
var (
	due   = oslo.Date(2025, time.December, 22)
	first = due + 14
)

// invoiced returns a pipeline with an invoice of November, which is due on the day due.
func invoiced(t *testing.T) *pipelinetest.Rig {
	t.Helper()
	r := pipelinetest.New(t, oslo.At((november+1).First()+7, 9, 0, 0))
	var sent []toll.Observation
	for n := range int64(30) {
		sent = append(sent, toll.Observation{
			Station: "oslo-201", Lane: 1, Epoch: 41, Sequence: n, At: oslo.At(november.First()+oslo.Day(n%28), 7, int(n), 0), Direction: toll.Inbound,
			Tag: fixture.Mounts()[0].Tag, Country: "NO", Plate: "DP45821",
		})
	}
	r.Send(pipelinetest.NDJSON(sent...))
	r.Settle()
	settings := billing.Standard()
	settings.Account = fixture.BankAccount
	stations := func() billing.Stations {
		return func(id toll.StationID) (tariff.Station, bool) { return r.Plan.Station(id) }
	}
	run := billing.NewService(billingdb.New(r.DB), stations, prices(r), settings, r.Now, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if got, err := run.Run(t.Context(), november); err != nil || got.Invoices != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	return r
}

func prices(r *pipelinetest.Rig) billing.Recheck {
	return billing.Recheck{Months: r.Service(), Plan: func() *rating.Plan { return r.Plan }}
}

// remind runs one service on a day.
func remind(t *testing.T, r *pipelinetest.Rig, on oslo.Day) (dunning.Result, error) {
	t.Helper()
	r.SetNow(oslo.At(on, 5, 0, 0))
	s := dunning.NewService(billingdb.New(r.DB), dun.Standard(), r.Now, slog.New(slog.NewTextHandler(t.Output(), nil)))
	return s.Run(t.Context(), dunning.Scope{})
}

// books fails the test unless all sums agree.
func books(t *testing.T, r *pipelinetest.Rig) {
	t.Helper()
	checker := ledger.NewChecker(billingdb.New(r.DB), prices(r), r.Now, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if difference, err := checker.Check(t.Context(), 0); err != nil || difference != "" {
		t.Errorf("ledger check: %q, %v", difference, err)
	}
}

// documents returns Kari's documents by number, and what is owed.
func documents(t *testing.T, r *pipelinetest.Rig) (map[string]api.InvoiceSummary, api.Owed) {
	t.Helper()
	shelf := billingdb.New(r.DB)
	list, _, err := shelf.Summaries(t.Context(), fixture.Kari, api.InvoiceListRequest{To: oslo.Date(2030, 1, 1)})
	if err != nil {
		t.Fatal(err)
	}
	owed, err := shelf.Owed(t.Context(), fixture.Kari)
	if err != nil || len(owed) != 1 {
		t.Fatalf("%+v, %v", owed, err)
	}
	all, sum := map[string]api.InvoiceSummary{}, money.Ore(0)
	for _, d := range list {
		all[d.Number] = d
		sum += d.Outstanding
	}
	if sum != owed[0].Outstanding {
		t.Errorf("the documents have %s outstanding, %s is owed", sum, owed[0].Outstanding)
	}
	return all, owed[0]
}

const (
	firstInvoice   = "100001"
	firstReminder  = "800000001"
	secondReminder = "800000002"
)

func TestReminderIsWrittenOnceHoweverManyRunsThereAre(t *testing.T) {
	r := invoiced(t)
	total := money.Ore(pgtest.One[int64](t, r.DB, "select total from invoice"))
	if got, err := remind(t, r, first-1); err != nil || got.Reminders != 0 {
		t.Fatalf("too early: %+v, %v", got, err)
	}
	r.SetNow(oslo.At(first, 5, 0, 0))
	made := 0
	results := make([]dunning.Result, 3)
	for _, err := range pgtest.Race(t, r.DB, 3, func(i int) (err error) {
		s := dunning.NewService(billingdb.New(r.DB), dun.Standard(), r.Now, slog.New(slog.NewTextHandler(t.Output(), nil)))
		results[i], err = s.Run(t.Context(), dunning.Scope{})
		return err
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	for _, result := range results {
		made += result.Reminders
	}
	all, owed := documents(t, r)
	if made != 1 || len(all) != 2 {
		t.Fatalf("%d reminders, %d documents", made, len(all))
	}
	interest, err := dun.Interest(total, due, first) // 9 days at 12.25 % and 5 at 12.00 %
	if err != nil {
		t.Fatal(err)
	}
	was, reminder := all[firstInvoice], all[firstReminder]
	if was.State != invoice.StateReminded || was.Outstanding != 0 || was.Reminder != firstReminder || was.Total != total {
		t.Errorf("the invoice is %+v", was)
	}
	want := total + 38_00 + interest
	if reminder.State != invoice.StateSent || reminder.Reminds != firstInvoice || reminder.Total != want || reminder.Outstanding != want || reminder.VAT != 0 ||
		reminder.Issued != first || reminder.Due != first+14 || reminder.KID == was.KID {
		t.Errorf("the reminder is %+v, want %s", reminder, want)
	}
	if owed.Outstanding != want || owed.Invoices != 1 || owed.Due != reminder.Due {
		t.Errorf("owed: %+v, want %s", owed, want)
	}
	reply, found, err := billingdb.New(r.DB).Document(t.Context(), fixture.Kari, firstReminder)
	if err != nil || !found || len(reply.Lines) != 2 || reply.Claimed != total || reply.Warns {
		t.Fatalf("%+v, %t, %v", reply, found, err)
	}
	fee, late := reply.Lines[0], reply.Lines[1]
	if fee.Kind != invoice.LineReminder || fee.Amount != 38_00 || fee.Late[0].Amount != 750_00 || fee.Late[0].Regulation != "FOR-2025-12-19-2709" || fee.Late[0].From != due {
		t.Errorf("the fee is %+v", fee)
	}
	if late.Kind != invoice.LineInterest || late.Amount != interest || len(late.Late) != 2 || late.Late[0].Rate != 12_25 || late.Late[1].Rate != 12_00 ||
		late.Late[0].To-late.Late[0].From+1 != 9 || late.Late[1].To != first || late.Late[1].Amount != total {
		t.Errorf("the interest is %+v", late)
	}
	if jobs := pgtest.One[string](t, r.DB, "select string_agg(args->>'number', ',' order by id) from river_job where kind = 'billing.announce'"); jobs != firstInvoice+","+firstReminder {
		t.Errorf("%s are sent", jobs)
	}
	books(t, r)
	if again, err := remind(t, r, first); err != nil || again.Reminders != 0 {
		t.Errorf("once more: %+v, %v", again, err)
	}
}

// The second reminder replaces the first, has its own fee and the interest since, and is the last. A payment with any KID of the
// claim is for all of it; the invoice is paid first, and fees and interest stay open.
func TestSecondReminderIsTheLastAndPaymentsAreTheClaims(t *testing.T) {
	r := invoiced(t)
	total := money.Ore(pgtest.One[int64](t, r.DB, "select total from invoice"))
	shelf := billingdb.New(r.DB)
	pay := func(kid string, amount money.Ore, on oslo.Day) {
		t.Helper()
		if _, isNew, err := shelf.Pay(t.Context(), billing.Payment{KID: kid, Amount: amount, On: on, Reference: fmt.Sprint(on)}); err != nil || !isNew {
			t.Fatalf("%t, %v", isNew, err)
		}
	}
	if _, err := remind(t, r, first); err != nil {
		t.Fatal(err)
	}
	all, _ := documents(t, r)
	part := total / 2
	pay(all[firstReminder].KID, part, first+10)
	if all, _ = documents(t, r); all[firstReminder].State != invoice.StatePartly || all[firstInvoice].State != invoice.StateReminded {
		t.Errorf("partly paid: %+v", all)
	}
	for on := first; on < first+200; on++ {
		got, err := remind(t, r, on)
		if err != nil {
			t.Fatal(err)
		}
		if want := on == first+14+1+3; (got.Reminders == 1) != want {
			t.Errorf("%s: %+v", on, got)
		}
	}
	second := first + 18
	of := func(amount money.Ore, until oslo.Day) []dun.Portion {
		list, err := dun.Portions(amount, due, until)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	interest := dun.InterestOf(append(of(part, first+10), of(total-part, second)...))
	all, owed := documents(t, r)
	want := total - part + 2*38_00 + interest
	if all[secondReminder].Outstanding != want || all[secondReminder].Total != want || owed.Outstanding != want || owed.Invoices != 1 {
		t.Errorf("%+v, want %s", all[secondReminder], want)
	}
	if all[firstReminder].State != invoice.StateReminded || all[firstReminder].Reminder != secondReminder || all[firstReminder].Outstanding != 0 {
		t.Errorf("the first reminder is %+v", all[firstReminder])
	}
	if reply, _, err := shelf.Document(t.Context(), fixture.Kari, secondReminder); err != nil || !reply.Warns || len(reply.Payments) != 1 {
		t.Errorf("%+v, %v", reply, err)
	}
	books(t, r)

	pay(all[firstInvoice].KID, total-part, second+3)
	all, owed = documents(t, r)
	if all[firstInvoice].State != invoice.StatePaid || all[secondReminder].State != invoice.StatePartly || owed.Outstanding != 2*38_00+interest {
		t.Errorf("the invoice is paid: %+v, %+v", all, owed)
	}
	pay(all[secondReminder].KID, owed.Outstanding, second+5)
	all, owed = documents(t, r)
	for number, d := range all {
		if d.State != invoice.StatePaid || d.Outstanding != 0 {
			t.Errorf("%s: %+v", number, d)
		}
	}
	if owed.Outstanding != 0 || owed.Invoices != 0 || owed.Due != 0 {
		t.Errorf("owed: %+v", owed)
	}
	books(t, r)
}

func TestPaidHeldAndSmallClaimsGetNoReminder(t *testing.T) {
	pay := func(left string) func(*pipelinetest.Rig, *billingdb.Store) error {
		return func(r *pipelinetest.Rig, st *billingdb.Store) error {
			kid, total := pgtest.One[string](t, r.DB, "select kid from invoice"), pgtest.One[int64](t, r.DB, "select total - "+left+" from invoice")
			_, _, err := st.Pay(t.Context(), billing.Payment{KID: kid, Amount: money.Ore(total), On: due, Reference: "1"})
			return err
		}
	}
	for name, do := range map[string]func(*pipelinetest.Rig, *billingdb.Store) error{
		"paid":                         pay("0"),
		"all but a small part is paid": pay("4999"),
		"disputed": func(r *pipelinetest.Rig, st *billingdb.Store) error {
			return st.HoldReminders(t.Context(), firstInvoice, "the car was sold", r.Now())
		},
		"the payer's books are in doubt": func(_ *pipelinetest.Rig, st *billingdb.Store) error {
			return st.Hold(t.Context(), billing.Payer{Customer: fixture.Kari, Agreement: fixture.KariAgreement}, "doubt", time.Now())
		},
		"credited": func(_ *pipelinetest.Rig, st *billingdb.Store) error {
			_, err := billing.Credit(t.Context(), st, firstInvoice, "wrong owner", due+1)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := invoiced(t)
			st := billingdb.New(r.DB)
			if err := do(r, st); err != nil {
				t.Fatal(err)
			}
			if got, err := remind(t, r, first+30); err != nil || got.Reminders != 0 {
				t.Errorf("%+v, %v", got, err)
			}
			books(t, r)
			if name != "disputed" {
				return
			}
			if err := st.ReleaseReminders(t.Context(), firstInvoice); err != nil {
				t.Fatal(err)
			}
			if got, err := remind(t, r, first+30); err != nil || got.Reminders != 1 {
				t.Errorf("released: %+v, %v", got, err)
			}
			if err := st.ReleaseReminders(t.Context(), firstInvoice); !errors.Is(err, billing.ErrNoDocument) {
				t.Errorf("released twice: %v", err)
			}
		})
	}
}

// A day for which no rule is known stops the run, and the error names the rule.
func TestRunWithoutARateIsRefusedAndNamesIt(t *testing.T) {
	r := invoiced(t)
	got, err := remind(t, r, oslo.Date(2027, time.January, 1))
	missing, ok := errors.AsType[dun.MissingError](err)
	if !ok || missing.Day != oslo.Date(2027, time.January, 1) || !strings.Contains(err.Error(), "2027-01-01") || got.Reminders != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if n := pgtest.One[int64](t, r.DB, "select count(*) from invoice"); n != 1 {
		t.Errorf("%d documents", n)
	}
	s := dunning.NewService(billingdb.New(r.DB), dun.Standard(), r.Now, slog.New(slog.NewTextHandler(t.Output(), nil)))
	permanent, ok := s.Night(t.Context(), dunning.NightJob{}, 1).(interface{ Permanent() bool })
	if !ok || !permanent.Permanent() {
		t.Error("the night's job is tried again in vain")
	}
	books(t, r)
}

// A run that ends within the transaction of a claim leaves nothing of it, and no gap in the numbers.
func TestRunThatEndsInBetweenLeavesNothing(t *testing.T) {
	r := invoiced(t)
	r.SetNow(oslo.At(first, 5, 0, 0))
	ctx, cancel := context.WithCancel(t.Context())
	st := dying{billingdb.New(r.DB), cancel}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	if _, err := dunning.NewService(st, dun.Standard(), r.Now, log).Run(ctx, dunning.Scope{}); err == nil {
		t.Fatal("the run did not end")
	}
	if n := pgtest.One[int64](t, r.DB, "select count(*) + (select next - first from number_series where name = 'reminder') from invoice"); n != 1 {
		t.Errorf("%d documents and numbers, want the invoice", n)
	}
	if got, err := remind(t, r, first); err != nil || got.Reminders != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	books(t, r)
}

// dying is a store whose connection is cancelled after a reminder has been decided.
type dying struct {
	*billingdb.Store
	cancel func()
}

func (d dying) Remind(ctx context.Context, id string, decide func(dunning.Claim) (dunning.Issued, error)) error {
	return d.Store.Remind(ctx, id, func(c dunning.Claim) (dunning.Issued, error) {
		i, err := decide(c)
		d.cancel()
		return i, err
	})
}

// Crediting an invoice takes the fees and interest of its reminders back, too, once.
func TestCreditedInvoiceTakesItsRemindersBack(t *testing.T) {
	r := invoiced(t)
	if _, err := remind(t, r, first); err != nil {
		t.Fatal(err)
	}
	st := billingdb.New(r.DB)
	notes, err := billing.Credit(t.Context(), st, firstInvoice, "wrong owner", first+1)
	if err != nil || len(notes) != 2 || notes[0] != "900000001" {
		t.Fatalf("%v, %v", notes, err)
	}
	all, owed := documents(t, r)
	if all[firstInvoice].State != invoice.StateCredited || all[firstReminder].State != invoice.StateCredited || owed.Outstanding != 0 || owed.Invoices != 0 {
		t.Errorf("%+v, %+v", all, owed)
	}
	if note := all[notes[0]]; note.Kind != invoice.KindCredit || note.Credits != firstInvoice || note.Total != all[firstInvoice].Total {
		t.Errorf("%+v", note)
	}
	books(t, r)
	for _, err := range pgtest.Race(t, r.DB, 8, func(int) error {
		_, err := billing.Credit(t.Context(), st, firstInvoice, "again", first+2)
		return err
	}) {
		if !errors.Is(err, billing.ErrCredited) {
			t.Errorf("again: %v", err)
		}
	}
	if _, err := billing.Credit(t.Context(), st, firstReminder, "x", first); !errors.Is(err, billing.ErrNoDocument) {
		t.Errorf("of a reminder: %v", err)
	}
	books(t, r)
}
