package casework_test

import (
	"testing"
	"time"

	"bompass/shared/casework"
	"bompass/shared/oslo"
)

// What each act does with a case in each state; - is not possible.
func TestActsMoveCases(t *testing.T) {
	want := map[casework.State][5]string{ // write, withdraw, take, ask, answer
		casework.New:      {"new", "solved", "with.us", "with.you", "solved"},
		casework.WithUs:   {"with.us", "solved", "-", "with.you", "solved"},
		casework.WithYou:  {"with.us", "solved", "-", "-", "solved"},
		casework.Solved:   {"reopened", "-", "-", "-", "-"},
		casework.Reopened: {"reopened", "solved", "with.us", "with.you", "solved"},
	}
	for _, state := range casework.States() {
		for i, act := range casework.Acts() {
			got := "-"
			if next, ok := state.After(act); ok {
				got = string(next)
			}
			if got != want[state][i] {
				t.Errorf("%s in %s: %s, want %s", act, state, got, want[state][i])
			}
		}
	}
	if _, ok := casework.State("lost").After(casework.Answer); ok {
		t.Error("a case in an unknown state can be answered")
	}
}

// The answer is promised in working days: weekends and public holidays do not count.
func TestAnswerIsPromisedInWorkingDays(t *testing.T) {
	for _, c := range []struct{ at, want oslo.Day }{
		{oslo.Date(2026, time.November, 30), oslo.Date(2026, time.December, 7)},  // Monday to Monday
		{oslo.Date(2026, time.December, 5), oslo.Date(2026, time.December, 11)},  // from a Saturday
		{oslo.Date(2026, time.December, 23), oslo.Date(2026, time.December, 31)}, // Christmas Day is a Friday
		{oslo.Date(2026, time.March, 31), oslo.Date(2026, time.April, 10)},       // Easter has four days off
	} {
		if got := casework.AnswerBy(c.at.Start().Add(13 * time.Hour)); got != c.want {
			t.Errorf("written on %s: answered by %s, want %s", c.at, got, c.want)
		}
	}
}
