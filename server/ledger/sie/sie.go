// Package sie writes the postings of a month as a file of type SIE 4I, which accounting systems import: one voucher for each
// transaction of the ledger (SIE file format, edition 4B, sie.se).
package sie

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"bompass/server/ledger"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// Dimensions of the file. 8 is the customer by the format; own ones begin at 20.
const (
	customers = "8"
	chargers  = "20"
)

// Series of vouchers, by kind of transaction.
var series = map[ledger.Kind]string{ledger.Invoiced: "F", ledger.Credited: "K", ledger.Reminded: "P", ledger.Paid: "B", ledger.Received: "B"}

// Writer writes a file. Its methods return the error of the underlying writer at Close.
type Writer struct {
	out   *bufio.Writer
	chart Chart
	sums  map[ledger.Account]money.Ore // by account of the ledger without its payer
	count int
}

// NewWriter writes the head of a file of a company's vouchers.
func NewWriter(out io.Writer, chart Chart, company string, made time.Time) *Writer {
	// The format has one character set, that of IBM computers in 1981.
	text := encoding.ReplaceUnsupported(charmap.CodePage437.NewEncoder())
	w := &Writer{out: bufio.NewWriter(text.Writer(out)), chart: chart, sums: map[ledger.Account]money.Ore{}}
	w.line("#FLAGGA 0")
	w.line("#PROGRAM %s %s", quoted("Bompass"), quoted("1"))
	w.line("#FORMAT PC8")
	w.line("#GEN %s", date(oslo.DayOf(made)))
	w.line("#SIETYP 4")
	w.line("#FNAMN %s", quoted(company))
	w.line("#VALUTA NOK")
	for _, a := range chart.accounts() {
		w.line("#KONTO %s %s", a.Number, quoted(a.Name))
	}
	w.line("#DIM %s %s", chargers, quoted("Bompengeselskap"))
	return w
}

// Add writes a transaction.
func (w *Writer) Add(p ledger.Posting) error {
	name, ok := series[p.Kind]
	if !ok {
		return fmt.Errorf("transaction %d is of the kind %q, which no series of vouchers is for", p.ID, p.Kind)
	}
	w.line("#VER %s %d %s %s", quoted(name), p.ID, date(oslo.DayOf(p.At)), quoted(strings.TrimSpace(titles[p.Kind]+" "+p.Number)))
	w.line("{")
	var sum money.Ore
	for _, e := range p.Entries {
		group, rest, _ := strings.Cut(string(e.Account), ":")
		account, ok := w.chart.find(group, rest)
		if !ok {
			return fmt.Errorf("account %q of transaction %d is not in the chart of accounts", e.Account, p.ID)
		}
		w.line("   #TRANS %s %s %s", account.Number, object(group, rest), e.Amount)
		sum += e.Amount
		if group == receivable {
			w.sums[ledger.Account(group)] += e.Amount
		} else {
			w.sums[e.Account] += e.Amount
		}
	}
	w.line("}")
	if sum != 0 {
		return fmt.Errorf("transaction %d adds up to %s, not to 0", p.ID, sum)
	}
	w.count++
	return nil
}

var titles = map[ledger.Kind]string{ledger.Invoiced: "Faktura", ledger.Credited: "Kreditnota", ledger.Reminded: "Purring", ledger.Paid: "Innbetaling", ledger.Received: "Innbetaling uten faktura"}

// Close writes what is left.
func (w *Writer) Close() error { return w.out.Flush() }

// Sum is what an account of the ledger changed by.
type Sum struct {
	Account ledger.Account
	Number  string // of the account in the file
	Amount  money.Ore
}

// Sums returns how many vouchers there are, and the sums of their accounts.
func (w *Writer) Sums() (vouchers int, list []Sum) {
	for _, name := range slices.Sorted(maps.Keys(w.sums)) {
		group, rest, _ := strings.Cut(string(name), ":")
		account, _ := w.chart.find(group, rest)
		list = append(list, Sum{name, account.Number, w.sums[name]})
	}
	return w.count, list
}

func (w *Writer) line(format string, args ...any) {
	_, _ = fmt.Fprintf(w.out, format+"\r\n", args...) // a failed write is returned by Flush
}

// object returns the list of objects of an entry: the customer of a receivable, the toll company of a revenue.
func object(group, rest string) string {
	switch group {
	case receivable:
		return "{" + customers + " " + quoted(rest) + "}"
	case revenue:
		return "{" + chargers + " " + quoted(rest) + "}"
	}
	return "{}"
}

func date(d oslo.Day) string { return strings.ReplaceAll(d.String(), "-", "") }

// quoted returns a text in quotation marks, without the control characters that the format forbids.
func quoted(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 127 {
			return -1
		}
		return r
	}, text)
	return `"` + unwritten.Replace(text) + `"`
}

// unwritten are the characters that need another form in a text of the file; its character set has æ and å, and no ø.
var unwritten = strings.NewReplacer(`"`, `\"`, "ø", "o", "Ø", "O")
