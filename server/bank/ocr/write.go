package ocr

import (
	"bompass/server/bank/nets"
	"bompass/shared/money"
)

// Write returns the records of a file as a bank sends them, with CR and LF after each. Numbers and sums at the ends are those
// of its payments, which must not be negative, for the format has no sign there; the numbers and lines of payments are set. It is what simulators of a bank send.
func Write(f *File) []byte {
	w := &nets.Writer{}
	w.Record("NY000010%s%s%s", f.Sender, f.Number, f.Recipient)
	all := nets.Total{Records: 2}
	for i := range f.Assignments {
		a := &f.Assignments[i]
		w.Record("NY090020%s%s%s", a.Agreement, a.Number, a.Account)
		sum := nets.Total{Records: 2}
		for n := range a.Payments {
			p := &a.Payments[n]
			p.Number, p.Line = n+1, w.Line+1
			writePayment(w, p)
			sum.Add(p.records(), p.Amount, p.On)
		}
		w.Record("NY090088%08d%08d%017d%s%s%s", sum.Payments, sum.Records, sum.Sum, nets.Day(a.On), nets.Day(sum.First), nets.Day(sum.Last))
		all.Join(sum)
	}
	w.Record("NY000089%08d%08d%017d%s", all.Payments, all.Records, all.Sum, nets.Day(f.On))
	return w.Bytes()
}

// writePayment writes the two or three records of a payment.
func writePayment(w *nets.Writer, p *Payment) {
	sign, amount := "0", p.Amount
	if amount < 0 {
		sign, amount = "-", -amount
	}
	w.Record("NY09%02d30%07d%s%010s%s%017d%25s%s", p.Kind, p.Number, nets.Day(p.On), p.Statement, sign, amount, p.KID, p.Issuer)
	w.Record("NY09%02d31%07d%010s%09s0000000%s%011s", p.Kind, p.Number, p.Form, p.Archive, nets.Day(p.Ordered), p.Debtor)
	if p.Kind.hasText() {
		w.Record("NY09%02d32%07d%-40s", p.Kind, p.Number, p.Text)
	}
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
