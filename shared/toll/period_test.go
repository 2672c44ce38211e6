package toll_test

import (
	"testing"

	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// S1.20: a passage query covers at most 30 days, or exactly one calendar month.
func TestPeriodIsThirtyDaysOrOneMonth(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     fault.Code
	}{
		{"2026-03-01", "2026-03-30", ""},
		{"2026-03-01", "2026-03-31", ""}, // a whole month of 31 days
		{"2026-03-02", "2026-03-31", ""},
		{"2026-03-02", "2026-04-01", fault.PeriodTooLong}, // 31 days over two months
		{"2026-01-01", "2026-02-28", fault.PeriodTooLong},
		{"2026-03-01", "2026-03-01", ""},
		{"2026-03-02", "2026-03-01", fault.PeriodReversed},
	} {
		from, _ := oslo.ParseDay(c.from)
		to, _ := oslo.ParseDay(c.to)
		err := toll.CheckPeriod(from, to)
		if c.want == "" && err != nil || c.want != "" && fault.CodeOf(err) != c.want {
			t.Errorf("%s to %s: got %v, want %q", c.from, c.to, err, c.want)
		}
	}
	if err := toll.CheckPeriod(0, 0); fault.CodeOf(err) != fault.PeriodMissing {
		t.Errorf("no dates: got %v", err)
	}
}
