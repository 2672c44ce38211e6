package camt054

import (
	"encoding/xml"
	"strconv"
	"strings"

	"bompass/shared/money"
)

// Write returns a message as a bank sends it, in the version of f. It is what simulators of a bank send. The lines of f are not used.
func Write(f *File) []byte {
	w := &writer{version: f.Version}
	w.b.WriteString(xml.Header)
	w.b.WriteString(`<Document xmlns="` + namespace + f.Version + `">` + "\n")
	w.in("BkToCstmrDbtCdtNtfctn", func() {
		w.in("GrpHdr", func() {
			w.text("MsgId", f.ID)
			w.text("CreDtTm", f.On.String()+"T06:00:00")
		})
		for i := range f.Notifications {
			n := &f.Notifications[i]
			w.in("Ntfctn", func() {
				w.text("Id", n.ID)
				w.optional("CpyDplctInd", n.Copy)
				w.in("Acct", func() { w.account(n.Account) })
				for k := range n.Entries {
					w.entry(&n.Entries[k])
				}
			})
		}
	})
	w.b.WriteString("</Document>\n")
	return []byte(w.b.String())
}

// writer writes elements, each on a line.
type writer struct {
	b       strings.Builder
	version string
}

func (w *writer) in(name string, f func()) {
	w.b.WriteString("<" + name + ">\n")
	f()
	w.b.WriteString("</" + name + ">\n")
}

func (w *writer) text(name, text string) {
	w.b.WriteString("<" + name + ">")
	_ = xml.EscapeText(&w.b, []byte(text)) // a Builder does not fail
	w.b.WriteString("</" + name + ">\n")
}

func (w *writer) optional(name, text string) {
	if text != "" {
		w.text(name, text)
	}
}

func (w *writer) amount(amount money.Ore, currency string) {
	w.b.WriteString(`<Amt Ccy="` + currency + `">` + amount.String() + "</Amt>\n")
}

func (w *writer) side(credit bool) {
	side := "DBIT"
	if credit {
		side = "CRDT"
	}
	w.text("CdtDbtInd", side)
}

func (w *writer) account(number string) {
	w.in("Id", func() {
		if strings.Trim(number, "0123456789") == "" {
			w.in("Othr", func() { w.text("Id", number) })
		} else {
			w.text("IBAN", number)
		}
	})
}

func (w *writer) entry(e *Entry) {
	w.in("Ntry", func() {
		w.amount(e.Amount, e.Currency)
		w.side(e.Credit)
		if e.Reversal {
			w.text("RvslInd", "true")
		}
		if w.version == "02" {
			w.text("Sts", e.Status)
		} else {
			w.in("Sts", func() { w.text("Cd", e.Status) })
		}
		if e.Booked != 0 {
			w.in("BookgDt", func() { w.text("Dt", e.Booked.String()) })
		}
		w.optional("AcctSvcrRef", e.Reference)
		w.in("NtryDtls", func() {
			w.in("Btch", func() { w.text("NbOfTxs", strconv.Itoa(len(e.Payments))) })
			for i := range e.Payments {
				w.payment(&e.Payments[i], e.Currency)
			}
		})
	})
}

func (w *writer) payment(p *Payment, currency string) {
	w.in("TxDtls", func() {
		w.in("Refs", func() {
			w.optional("AcctSvcrRef", p.Reference)
			w.optional("EndToEndId", p.EndToEnd)
		})
		if w.version == "02" {
			w.in("AmtDtls", func() { w.in("TxAmt", func() { w.amount(p.Amount, currency) }) })
		} else {
			w.amount(p.Amount, currency)
			w.side(p.Credit)
		}
		w.in("RltdPties", func() {
			switch {
			case p.Debtor == "":
			case w.version == "02":
				w.in("Dbtr", func() { w.text("Nm", p.Debtor) })
			default:
				w.in("Dbtr", func() { w.in("Pty", func() { w.text("Nm", p.Debtor) }) })
			}
			if p.Account != "" {
				w.in("DbtrAcct", func() { w.account(p.Account) })
			}
		})
		w.in("RmtInf", func() {
			w.optional("Ustrd", p.Text)
			if p.KID != "" {
				w.in("Strd", func() {
					w.in("CdtrRefInf", func() {
						w.in("Tp", func() { w.in("CdOrPrtry", func() { w.text("Cd", "SCOR") }) })
						w.text("Ref", p.KID)
					})
				})
			}
		})
	})
}
