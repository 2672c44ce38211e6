package testclock_test

import (
	"log/slog"
	"testing"
	"time"

	"bompass/server/billing"
	"bompass/server/dunning"
	"bompass/server/internal/pgtest"
	"bompass/server/internal/pipelinetest"
	"bompass/server/store/billingdb"
	"bompass/server/testclock"
	"bompass/shared/dun"
	"bompass/shared/fixture"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// clocks returns the clocks of a pipeline.
func clocks(t *testing.T, r *pipelinetest.Rig) *testclock.Clock {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	st := billingdb.New(r.DB)
	settings := billing.Standard()
	settings.Account = fixture.BankAccount
	stations := func() billing.Stations {
		return func(id toll.StationID) (tariff.Station, bool) { return r.Plan.Station(id) }
	}
	prices := billing.Recheck{Months: r.Service(), Plan: func() *rating.Plan { return r.Plan }}
	invoices := func(now func() time.Time) (*billing.Service, error) {
		return billing.NewService(st, stations, prices, settings, now, log), nil
	}
	reminders := func(now func() time.Time) *dunning.Service { return dunning.NewService(st, dun.Standard(), now, log) }
	return testclock.New(st, invoices, reminders, r.Now)
}

// A clock goes on to the next month's end, due date and reminder, with what happens on the way. It moves nothing of others.
func TestClockGoesOnToWhatIsDue(t *testing.T) {
	november := pipelinetest.November
	r := pipelinetest.New(t, oslo.At(november+29, 12, 0, 0))
	var sent []toll.Observation
	for i, m := range fixture.Mounts() {
		for n := range int64(12) {
			sent = append(sent, toll.Observation{
				Station: "oslo-201", Lane: 1, Epoch: 41, Sequence: int64(i)*100 + n, At: oslo.At(november+oslo.Day(n), 7, i, 0), Direction: toll.Inbound, Tag: m.Tag,
			})
		}
	}
	r.Send(pipelinetest.NDJSON(sent...))
	r.Settle()
	c := clocks(t, r)
	for _, step := range []struct {
		to    testclock.Target
		now   string
		event testclock.EventKind
	}{
		{testclock.DueDate, "2025-11-30", testclock.NoTarget},
		{testclock.MonthEnd, "2025-12-08", testclock.Invoiced},
		{testclock.DueDate, "2025-12-22", testclock.FallsDue},
		{testclock.Reminder, "2026-01-05", testclock.Reminded},
		{testclock.MonthEnd, "2026-01-08", testclock.Waiting}, // nothing was driven in December
		{testclock.DueDate, "2026-01-19", testclock.FallsDue},
		{testclock.Reminder, "2026-01-23", testclock.Reminded},
		{testclock.Reminder, "2026-01-23", testclock.NoTarget}, // there were two
	} {
		if err := c.Move(t.Context(), fixture.KariAgreement, step.to); err != nil {
			t.Fatal(err)
		}
		s, found, err := c.Show(t.Context(), fixture.KariAgreement)
		if err != nil || !found || len(s.Events) == 0 {
			t.Fatalf("%s: %+v, %t, %v", step.to, s, found, err)
		}
		if got := oslo.DayOf(s.Now).String(); got != step.now || s.Events[0].Kind != step.event {
			t.Errorf("to %s: it is %s and %+v happened, want %s, %s", step.to, got, s.Events[0], step.now, step.event)
		}
	}
	if n := pgtest.One[int64](t, r.DB, "select count(*) from invoice where agreement_id <> $1", string(fixture.KariAgreement)); n != 0 {
		t.Errorf("%d documents of others were made", n)
	}
	again := clocks(t, r) // as after a restart
	if s, _, err := again.Show(t.Context(), fixture.KariAgreement); err != nil || oslo.DayOf(s.Now).String() != "2026-01-23" || len(s.Documents) != 3 {
		t.Errorf("after a restart: %+v, %v", s, err)
	}
	if _, found, err := c.Show(t.Context(), "0196a000-0000-7000-8000-000000000999"); found || err != nil {
		t.Errorf("an agreement that there is not: %t, %v", found, err)
	}
}

// Where a rule is not known for a day, the clock stops on it and names the rule.
func TestClockStopsWhereARuleIsMissing(t *testing.T) {
	r := pipelinetest.New(t, oslo.At(oslo.Date(2026, time.November, 30), 12, 0, 0))
	var sent []toll.Observation
	for n := range int64(12) {
		sent = append(sent, toll.Observation{
			Station: "oslo-201", Lane: 1, Epoch: 41, Sequence: n, At: oslo.At(oslo.Date(2026, time.November, int(n)+1), 7, 0, 0), Direction: toll.Inbound, Tag: fixture.Mounts()[0].Tag,
		})
	}
	r.Send(pipelinetest.NDJSON(sent...))
	r.Settle()
	c := clocks(t, r)
	for _, to := range []testclock.Target{testclock.MonthEnd, testclock.Reminder} {
		if err := c.Move(t.Context(), fixture.KariAgreement, to); err != nil {
			t.Fatal(err)
		}
	}
	s, _, err := c.Show(t.Context(), fixture.KariAgreement)
	if err != nil || s.Events[0].Kind != testclock.Refused || s.Events[0].Rule == "" || s.Events[0].On < oslo.Date(2027, time.January, 1) {
		t.Errorf("%+v, %v", s.Events, err)
	}
}
