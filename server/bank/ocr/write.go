package ocr

import (
	"fmt"
	"strings"

	"bompass/shared/money"
	"bompass/shared/oslo"
)

// Write returns the records of a file as a bank sends them, with CR and LF after each. Numbers and sums at the ends are those
// of its payments, which must not be negative, for the format has no sign there; the numbers and lines of payments are set. It is what simulators of a bank send.
func Write(f *File) []byte {
	var b strings.Builder
	line := 0
	record := func(format string, a ...any) {
		text := fmt.Sprintf(format, a...)
		b.WriteString(text + strings.Repeat("0", width-len([]rune(text))) + "\r\n")
		line++
	}
	record("NY000010%s%s%s", f.Sender, f.Number, f.Recipient)
	all := total{records: 2}
	for i := range f.Assignments {
		a := &f.Assignments[i]
		record("NY090020%s%s%s", a.Agreement, a.Number, a.Account)
		sum := total{records: 2}
		for n := range a.Payments {
			p := &a.Payments[n]
			p.Number, p.Line = n+1, line+1
			writePayment(record, p)
			sum.add(p)
		}
		record("NY090088%08d%08d%017d%s%s%s", sum.payments, sum.records, sum.sum, day(a.On), day(sum.first), day(sum.last))
		all.join(sum)
	}
	record("NY000089%08d%08d%017d%s", all.payments, all.records, all.sum, day(f.On))
	return latin1(b.String())
}

// writePayment writes the two or three records of a payment.
func writePayment(record func(string, ...any), p *Payment) {
	sign, amount := "0", p.Amount
	if amount < 0 {
		sign, amount = "-", -amount
	}
	record("NY09%02d30%07d%s%010s%s%017d%25s%s", p.Kind, p.Number, day(p.On), p.Statement, sign, amount, p.KID, p.Issuer)
	record("NY09%02d31%07d%010s%09s0000000%s%011s", p.Kind, p.Number, p.Form, p.Archive, day(p.Ordered), p.Debtor)
	if p.Kind.hasText() {
		record("NY09%02d32%07d%-40s", p.Kind, p.Number, p.Text)
	}
}

// day returns day, month and year in six digits; zeros for no day.
func day(d oslo.Day) string {
	if d == 0 {
		return "000000"
	}
	y, m, n := d.YMD()
	return fmt.Sprintf("%02d%02d%02d", n, m, y%100)
}

// latin1 returns a text in ISO-8859-1, with a question mark for what it does not have.
func latin1(s string) []byte {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			r = '?'
		}
		out = append(out, byte(r))
	}
	return out
}

// Sum returns the sum of the payments of a file.
func (f *File) Sum() (sum money.Ore) {
	for i := range f.Assignments {
		for n := range f.Assignments[i].Payments {
			sum += f.Assignments[i].Payments[n].Amount
		}
	}
	return sum
}
