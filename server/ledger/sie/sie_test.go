package sie_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"bompass/server/ledger"
	"bompass/server/ledger/sie"
	"bompass/shared/oslo"
)

func postings() []ledger.Posting {
	at := oslo.At(oslo.Date(2026, time.November, 8), 0, 0, 0)
	return []ledger.Posting{
		{ID: 7, Kind: ledger.Invoiced, Number: "100001", At: at, Entries: []ledger.Entry{
			{Account: ledger.Receivable("a1"), Amount: 156_00},
			{Account: ledger.Revenue("fjellinjen"), Amount: -150_00},
			{Account: ledger.VAT(12_00), Amount: -6_00},
		}},
		{ID: 9, Kind: ledger.Paid, Number: "100001", At: at.Add(30 * time.Hour), Entries: ledger.OfPayment("a1", 156_00)},
	}
}

// A file of two vouchers, as accounting systems read it.
func TestFile(t *testing.T) {
	var out bytes.Buffer
	w := sie.NewWriter(&out, sie.Standard(), "Vei AS", oslo.At(oslo.Date(2026, time.December, 1), 9, 0, 0))
	for _, p := range postings() {
		if err := w.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := charmap.CodePage437.NewDecoder().String(out.String())
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(`#FLAGGA 0
#PROGRAM "Bompass" "1"
#FORMAT PC8
#GEN 20261201
#SIETYP 4
#FNAMN "Vei AS"
#VALUTA NOK
#KONTO 1500 "Kundefordringer"
#KONTO 1570 "Kortinnbetalinger"
#KONTO 1920 "Bankinnskudd"
#KONTO 2701 "Utgående merverdiavgift 25 %"
#KONTO 2703 "Utgående merverdiavgift 12 %"
#KONTO 2980 "Innbetalinger uten faktura"
#KONTO 2990 "Depositum for brikker"
#KONTO 3100 "Bompenger og fergebilletter"
#KONTO 3990 "Gebyrer"
#KONTO 8050 "Forsinkelsesrenter"
#DIM 20 "Bompengeselskap"
#VER "F" 7 20261108 "Faktura 100001"
{
   #TRANS 1500 {8 "a1"} 156.00
   #TRANS 3100 {20 "fjellinjen"} -150.00
   #TRANS 2703 {} -6.00
}
#VER "B" 9 20261109 "Innbetaling 100001"
{
   #TRANS 1920 {} 156.00
   #TRANS 1500 {8 "a1"} -156.00
}
`, "\n", "\r\n")
	if text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	vouchers, sums := w.Sums()
	got := map[string]string{}
	for _, s := range sums {
		got[s.Number+" "+string(s.Account)] = s.Amount.String()
	}
	if vouchers != 2 || len(got) != 4 || got["1500 receivable"] != "0.00" || got["3100 revenue:fjellinjen"] != "-150.00" {
		t.Errorf("%d vouchers, sums %v", vouchers, got)
	}
}

// What does not add up, or has no account or series, is not exported.
func TestWrongPostingIsRefused(t *testing.T) {
	for want, spoil := range map[string]func(*ledger.Posting){
		"adds up to 0.01, not to 0":    func(p *ledger.Posting) { p.Entries[0].Amount++ },
		"not in the chart of accounts": func(p *ledger.Posting) { p.Entries[2].Account = "vat:1500" },
		"no series of vouchers is for": func(p *ledger.Posting) { p.Kind = "gift" },
	} {
		p := postings()[0]
		spoil(&p)
		if err := sie.NewWriter(&bytes.Buffer{}, sie.Standard(), "Vei AS", time.Now()).Add(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// A chart of one's own goes before the standard, an account's own line before its group's.
func TestChartOfOnesOwn(t *testing.T) {
	chart, err := sie.ReadChart(strings.NewReader("# our books\n\nrevenue:fjellinjen 3110 Fjellinjen AS\nreceivable\t1510  Kunder \"bom\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := sie.NewWriter(&out, chart, "Vei AS", time.Now())
	if err := w.Add(postings()[0]); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`#KONTO 1510 "Kunder \"bom\""`, `#KONTO 3110 "Fjellinjen AS"`, `#TRANS 3110 {20 "fjellinjen"} -150.00`, "#TRANS 1510 "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the file lacks %s:\n%s", want, out.String())
		}
	}
	if _, err := sie.ReadChart(strings.NewReader("revenue three Fjellinjen")); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a number in letters: %v", err)
	}
}
