package invoice_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bompass/shared/invoice"
)

// Each row is a state, each column the state that it may move to, in the order of the states.
func TestMovesOfAPayment(t *testing.T) {
	states := invoice.PaymentStates()
	for from, want := range map[invoice.PaymentState]string{
		invoice.PaymentStarted:   "nyyyyyyyy",
		invoice.PaymentProvider:  "nnyyyyyyy",
		invoice.PaymentAction:    "nnnyyyyyy",
		invoice.PaymentPending:   "nnnnyyyyy",
		invoice.PaymentPaid:      "nnnnnnnnn",
		invoice.PaymentDeclined:  "nnnnynnny",
		invoice.PaymentCancelled: "nnnnynnny",
		invoice.PaymentExpired:   "nnnnynnny",
		invoice.PaymentUnplaced:  "nnnnnnnnn",
		"unknown":                "nnnnynnny",
	} {
		var got strings.Builder
		for _, to := range states {
			got.WriteString(map[bool]string{true: "y", false: "n"}[from.MayMove(to)])
		}
		if got.String() != want {
			t.Errorf("%s: %s, want %s", from, &got, want)
		}
	}
}

// Whatever is reported in whatever order, money comes once, is never lost again, and a payment that has ended never opens.
func TestReportsInAnyOrderKeepMoney(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		state, money, ended := invoice.PaymentStarted, 0, false
		for _, to := range rapid.SliceOf(rapid.SampledFrom(invoice.PaymentStates())).Draw(t, "reports") {
			if !state.MayMove(to) {
				continue
			}
			if state = to; state.Money() {
				money++
			}
			if ended && state.Open() {
				t.Fatalf("a payment that had ended is %s", state)
			}
			ended = ended || !state.Open()
		}
		if money > 1 || state.Money() != (money == 1) {
			t.Fatalf("%s with money %d times", state, money)
		}
	})
}
