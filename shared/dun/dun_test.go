package dun_test

import (
	"errors"
	"testing"

	"bompass/shared/dun"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

func day(text string) oslo.Day {
	d, err := oslo.ParseDay(text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestInterestIsSplitAtHalfYears(t *testing.T) {
	for _, c := range []struct {
		principal money.Ore
		due, paid string
		want      money.Ore
	}{
		{1000_00, "2026-06-01", "2026-07-31", 19_94}, // 29 days at 12.00 and 31 at 12.25: 19.9384
		{1000_00, "2026-06-01", "2026-06-01", 0},     // paid in time
		{1000_00, "2026-06-01", "2026-05-20", 0},
		{1000_00, "2026-06-01", "2026-06-02", 33},     // 0.3288
		{1000_00, "2025-12-31", "2026-12-31", 121_26}, // 181 days at 12.00 and 184 at 12.25: 121.2603
		{1000_00, "2024-01-31", "2024-03-01", 10_27},  // a leap year has 30 days there, each a 365th: 10.2740
		{123_45, "2025-06-15", "2025-07-15", 1_26},    // 15 at 12.50, 15 at 12.25: 1.2556
		{0, "2026-01-01", "2026-02-01", 0},
	} {
		got, err := dun.Interest(c.principal, day(c.due), day(c.paid))
		if err != nil || got != c.want {
			t.Errorf("%s due %s paid %s: got %s (%v), want %s", c.principal, c.due, c.paid, got, err, c.want)
		}
	}
}

// Paying a day later never costs less, and a claim in two parts costs what it costs whole, but for rounding.
func TestInterestGrowsByTheDayAndAddsUp(t *testing.T) {
	due := day("2025-06-20")
	before := money.Ore(0)
	for paid := due; paid < day("2026-12-31"); paid++ {
		whole, err := dun.Interest(5000_00, due, paid)
		if err != nil {
			t.Fatal(err)
		}
		if whole < before {
			t.Fatalf("%s: %s is less than the day before", paid, whole)
		}
		before = whole
		a, _ := dun.Interest(1234_56, due, paid)
		b, _ := dun.Interest(5000_00-1234_56, due, paid)
		if diff := whole - a - b; diff < -1 || diff > 1 {
			t.Fatalf("%s: %s and %s do not add up to %s", paid, a, b, whole)
		}
	}
}

func TestDaysWithoutRuleAreRefusedAndNamed(t *testing.T) {
	for name, do := range map[string]func() error{
		"late interest": func() error { _, err := dun.Interest(100_00, day("2026-12-01"), day("2027-01-01")); return err },
		"fee rate":      func() error { _, err := dun.Fee(day("2027-01-01")); return err },
		"compensation":  func() error { _, err := dun.Compensation(day("2027-01-01")); return err },
		"letters": func() error {
			_, _, err := dun.Standard().Next(dun.Claim{Due: day("2026-12-01"), Open: 100_00}, day("2027-01-02"))
			return err
		},
	} {
		missing, ok := errors.AsType[dun.MissingError](do())
		if !ok || missing.Rule != name || missing.Day < day("2027-01-01") {
			t.Errorf("%s: got %v", name, missing)
		}
	}
}

func TestFeeIsATwentiethOfTheCollectionRateOfTheDay(t *testing.T) {
	for on, want := range map[string]money.Ore{"2025-12-31": 35_00, "2026-01-01": 38_00, "2026-11-30": 38_00} {
		if got, err := dun.Fee(day(on)); err != nil || got != want {
			t.Errorf("%s: got %s (%v), want %s", on, got, err, want)
		}
	}
	if got, err := dun.Compensation(day("2026-06-30")); err != nil || got != 460_00 {
		t.Errorf("compensation: %s (%v)", got, err)
	}
}

// send sends what the plan allows on a day.
func send(t *testing.T, p dun.Plan, c *dun.Claim, on string) (dun.Letter, bool) {
	t.Helper()
	l, ok, err := p.Next(*c, day(on))
	if err != nil {
		t.Fatalf("%s: %v", on, err)
	}
	if ok {
		c.Letters = append(c.Letters, l)
	}
	return l, ok
}

func TestLettersAreSentInTimeWithAtMostTwoFees(t *testing.T) {
	eager := dun.Plan{First: 1, Pause: 0, Deadline: 14, Letters: 9, Fees: true}
	c := dun.Claim{Due: day("2026-03-01"), Open: 500_00}
	for _, s := range []struct {
		on   string
		sent bool
		fee  money.Ore
	}{
		{"2026-03-01", false, 0}, // the day it is due
		{"2026-03-02", true, 0},  // less than two weeks later: free
		{"2026-03-15", false, 0}, // the deadline of the letter before is not over
		{"2026-03-17", true, 38_00},
		{"2026-03-31", false, 0},
		{"2026-04-01", true, 38_00},
		{"2026-04-20", true, 0}, // a third one is free
		{"2026-09-30", true, 0},
		{"2026-10-15", true, 38_00}, // six months after the last one with a fee
	} {
		l, sent := send(t, eager, &c, s.on)
		if sent != s.sent || l.Fee != s.fee || sent && l.Deadline < l.Sent+14 {
			t.Errorf("%s: got %+v %v, want %v with %s", s.on, l, sent, s.sent, s.fee)
		}
	}
}

func TestFeeFromTheFourteenthDay(t *testing.T) {
	p := dun.Plan{First: 13, Letters: 1, Fees: true}
	for on, want := range map[string]money.Ore{"2026-03-14": 0, "2026-03-15": 38_00} { // due on the first
		c := dun.Claim{Due: day("2026-03-01"), Open: 1}
		if l, sent := send(t, p, &c, on); !sent || l.Fee != want {
			t.Errorf("%s: got %+v %v", on, l, sent)
		}
	}
}

func TestDisputedAndPaidClaimsGetNoLetter(t *testing.T) {
	for name, c := range map[string]dun.Claim{
		"disputed": {Due: day("2026-03-01"), Open: 500_00, Disputed: true},
		"paid":     {Due: day("2026-03-01")},
		"credited": {Due: day("2026-03-01"), Open: -5_00},
		"small":    {Due: day("2026-03-01"), Open: 49_99},
	} {
		if l, sent := send(t, dun.Standard(), &c, "2026-05-01"); sent {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

// The last letter warns of a debt collector, whatever the plan; a deadline is never shorter than the law's.
func TestLastLetterWarnsAndDeadlinesHold(t *testing.T) {
	for letters := 1; letters <= 4; letters++ {
		p := dun.Plan{First: 0, Pause: 2, Deadline: 3, Letters: letters, Fees: true}
		c := dun.Claim{Due: day("2026-02-10"), Open: 80_00}
		for on := c.Due; on < c.Due+300; on++ {
			l, ok, err := p.Next(c, on)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				continue
			}
			c.Letters = append(c.Letters, l)
			if l.Warns != (len(c.Letters) == letters) || l.Deadline < on+14 || on <= c.Due {
				t.Errorf("letter %d of %d: %+v", len(c.Letters), letters, l)
			}
		}
		if len(c.Letters) != letters {
			t.Errorf("%d letters of %d", len(c.Letters), letters)
		}
	}
}

// Amounts that are paid on different days are claims of their own, whose interest is rounded together.
func TestPortionsSayRateAndDays(t *testing.T) {
	paid, err := dun.Portions(400_00, day("2026-06-01"), day("2026-06-11"))
	if err != nil {
		t.Fatal(err)
	}
	left, err := dun.Portions(600_00, day("2026-06-01"), day("2026-07-31"))
	if err != nil || len(left) != 2 {
		t.Fatalf("%+v, %v", left, err)
	}
	if p := left[1]; p.From != day("2026-07-01") || p.To != day("2026-07-31") || p.Hundredths != 12_25 || p.Regulation != "FOR-2026-06-25-1372" {
		t.Errorf("%+v", p)
	}
	if got := dun.InterestOf(append(paid, left...)); got != 13_28 { // 1.3151 + 5.7205 + 6.2425
		t.Errorf("got %s", got)
	}
	if list, err := dun.Portions(400_00, day("2026-06-01"), day("2026-06-01")); err != nil || len(list) != 0 {
		t.Errorf("paid in time: %+v, %v", list, err)
	}
}
