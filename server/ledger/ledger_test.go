package ledger_test

import (
	"testing"

	"pgregory.net/rapid"

	"bompass/server/ledger"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// Entries of any invoice add up to 0, the receivable is its total, and crediting it whole takes every account back to where
// it was.
func TestEntriesAddUpToNothingAndCreditsTurnThemAround(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kinds := []invoice.LineKind{invoice.LinePassage, invoice.LineFare, invoice.LineTagFee, invoice.LinePaperFee, invoice.LineDeposit}
		var lines []invoice.Line
		all := map[int]money.Ore{}
		for i := range rapid.IntRange(1, 30).Draw(t, "lines") {
			kind := rapid.SampledFrom(kinds).Draw(t, "kind")
			l := invoice.Line{Kind: kind, VAT: invoice.RateOf(kind), Amount: money.Ore(rapid.Int64Range(1, 300_00).Draw(t, "amount"))}
			l.Charger = rapid.SampledFrom([]toll.ChargerID{"a", "b", "c"}).Draw(t, "charger")
			lines, all[i+1] = append(lines, l), l.Amount
		}
		d := invoice.Document{Kind: invoice.KindInvoice, Number: "1", Lines: lines, VAT: invoice.VATOf(lines), Total: invoice.Total(lines)}
		balances := map[ledger.Account]money.Ore{}
		post := func(d invoice.Document) {
			sum := money.Ore(0)
			for _, e := range ledger.OfInvoice(d, "p") {
				sum += e.Amount
				balances[e.Account] += e.Amount
			}
			if sum != 0 {
				t.Fatalf("the entries of %+v add up to %s", d, sum)
			}
		}
		post(d)
		if got := balances[ledger.Receivable("p")]; got != d.Total {
			t.Fatalf("receivable %s, want %s", got, d.Total)
		}
		note, err := invoice.Credit(d, nil, all)
		if err != nil {
			t.Fatal(err)
		}
		post(note)
		for account, balance := range balances {
			if balance != 0 {
				t.Fatalf("%s has %s after everything was credited", account, balance)
			}
		}
	})
}
