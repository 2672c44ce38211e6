package bgmax

import (
	"fmt"
	"strings"
)

// Write returns a file as the bankgiro sends it, with CR and LF after each line; counts and sums are those of its payments. It is
// what simulators of a bank send. The lines of f are not used.
func Write(f *File) []byte {
	w := &writer{}
	kind := "P"
	if f.Test {
		kind = "T"
	}
	w.record("01%-20s01%s%s", "BGMAX", f.Stamp, kind)
	var n counts
	for i := range f.Sections {
		s := &f.Sections[i]
		w.record("05%010s%10s%s", s.Bankgiro, s.Plusgiro, s.Currency)
		for k := range s.Payments {
			w.payment(&s.Payments[k], &n)
		}
		y, m, d := s.Deposit.On.YMD()
		w.record("15%035s%04d%02d%02d%05s%018d%s%08d%s", s.Deposit.Account, y, m, d, s.Deposit.Number, max(s.Sum(), -s.Sum()), s.Currency, len(s.Payments), s.Deposit.Kind)
		n.deposits++
	}
	w.record("70%08d%08d%08d%08d", n.payments, n.deductions, n.extra, n.deposits)
	out := make([]byte, 0, w.b.Len())
	for _, c := range w.b.String() {
		if c > 0xff {
			c = '?'
		}
		out = append(out, byte(c))
	}
	return out
}

type writer struct{ b strings.Builder }

// record writes a line, filled up with blanks.
func (w *writer) record(format string, a ...any) {
	text := fmt.Sprintf(format, a...)
	w.b.WriteString(text + strings.Repeat(" ", max(0, width-len([]rune(text)))) + "\r\n")
}

// post returns the fields that payments and extra references have in common.
func post(p *Post) string {
	amount := max(p.Amount, -p.Amount)
	return fmt.Sprintf("%010s%25s%018d%d%d", p.Sender, p.Reference, amount, p.Kind, p.Channel)
}

func (w *writer) payment(p *Payment, n *counts) {
	code, image := "20", "0"
	if p.Deduction {
		code = "21"
		n.deductions++
	} else {
		n.payments++
	}
	if p.Image {
		image = "1"
	}
	w.record("%s%s%012s%s%s", code, post(&p.Post), p.Serial, image, p.Code)
	for i := range p.Extra {
		e := &p.Extra[i]
		code := "22"
		if e.Amount < 0 {
			code = "23"
		}
		n.extra++
		w.record("%s%s%012s%s", code, post(e), p.Serial, image)
	}
	for _, text := range p.Text {
		w.record("25%-50s", text)
	}
	if p.Payer == (Payer{}) {
		return
	}
	w.record("26%-35s%-35s", p.Payer.Name, p.Payer.Extra)
	w.record("27%-35s%-9s", p.Payer.Street, p.Payer.PostalCode)
	w.record("28%-35s%-35s%-2s", p.Payer.City, p.Payer.Country, p.Payer.CountryCode)
	w.record("29%012s", p.Payer.Organisation)
}
