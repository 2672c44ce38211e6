package camt054

import (
	"io"
	"slices"
	"strings"

	"bompass/shared/money"
)

// namespace is that of a message, without its version.
const namespace = "urn:iso:std:iso:20022:tech:xsd:camt.054.001."

// Read reads a message. Its error is an *Error.
func Read(from io.Reader) (File, error) {
	r := newReader(from)
	f := r.document()
	if r.err != nil {
		return File{}, r.err
	}
	return f, nil
}

func (r *reader) document() (f File) {
	space, ok := r.root("Document")
	if !ok {
		return f
	}
	version, of := strings.CutPrefix(space, namespace)
	switch {
	case !of:
		r.fail("is of the namespace %q, want camt.054", space)
	case version != "02" && version != "08":
		r.fail("is camt.054.001.%s; versions 02 and 08 are read", version)
	}
	f.Version = version
	found := false
	r.each(func(name string) {
		if name == "BkToCstmrDbtCdtNtfctn" {
			found = true
			r.message(&f)
		}
	})
	switch {
	case r.err != nil:
	case !found:
		r.fail("has no BkToCstmrDbtCdtNtfctn")
	case f.ID == "" || f.On == 0:
		r.fail("has no GrpHdr with MsgId and CreDtTm")
	default:
		r.end()
	}
	return f
}

func (r *reader) message(f *File) {
	r.each(func(name string) {
		switch name {
		case "GrpHdr":
			r.each(func(name string) {
				switch name {
				case "MsgId":
					f.ID = r.text()
				case "CreDtTm":
					f.On = r.day()
				}
			})
		case "Ntfctn":
			f.Notifications = append(f.Notifications, r.notification())
		}
	})
}

func (r *reader) notification() (n Notification) {
	n.Line = r.line()
	r.entry = 0
	r.each(func(name string) {
		switch name {
		case "Id":
			n.ID = r.text()
		case "CpyDplctInd":
			n.Copy = r.text()
		case "Acct":
			r.at("Id", func() { n.Account = r.account() })
		case "Ntry":
			n.Entries = append(n.Entries, r.readEntry())
		}
	})
	if n.Account == "" {
		r.failLast("has no account")
	}
	return n
}

// account returns the number of the element Id of an account.
func (r *reader) account() (number string) {
	r.each(func(name string) {
		switch name {
		case "IBAN":
			number = r.text()
		case "Othr":
			r.at("Id", func() { number = r.text() })
		}
	})
	return number
}

func (r *reader) readEntry() (e Entry) {
	e.Line = r.line()
	r.entry++
	r.payment = 0
	side := ""
	r.each(func(name string) {
		switch name {
		case "Amt":
			e.Amount, e.Currency = r.amount()
		case "CdtDbtInd":
			side = r.text()
			e.Credit = r.credit(side)
		case "RvslInd":
			text := r.text()
			e.Reversal = text == "true" || text == "1"
		case "Sts":
			e.Status = r.status()
		case "BookgDt":
			e.Booked = r.date()
		case "AcctSvcrRef":
			e.Reference = r.text()
		case "NtryDtls":
			r.details(&e)
		}
	})
	switch {
	case e.Currency == "" || side == "" || e.Status == "":
		r.failLast("has no amount, no side or no status; Amt, CdtDbtInd and Sts are needed")
	case e.Status == Booked && e.Booked == 0:
		r.failLast("is booked and has no BookgDt")
	}
	r.complete(&e)
	return e
}

// status returns the status of an entry: a text in version 02, an element Cd in version 08.
func (r *reader) status() (status string) {
	own := r.mixed(func(name string) {
		if name == "Cd" {
			status = r.text()
		}
	})
	if status == "" {
		status = own
	}
	return status
}

// details reads payments of an entry, which are a batch if the bank says so.
func (r *reader) details(e *Entry) {
	line, count, sum := 0, -1, unknown
	first := len(e.Payments)
	r.each(func(name string) {
		switch name {
		case "Btch":
			line = r.line()
			r.each(func(name string) {
				switch name {
				case "NbOfTxs":
					count = r.count()
				case "TtlAmt":
					sum, _ = r.amount()
				}
			})
		case "TxDtls":
			r.payment++
			e.Payments = append(e.Payments, r.readPayment(e))
		}
	})
	got := len(e.Payments) - first
	if r.err != nil || got == 0 {
		return // a bank may report a batch by its sum alone
	}
	if count >= 0 && count != got {
		r.failAt(line, "the batch says %d payments, and there are %d", count, got)
	}
	if added, known := sumOf(e, e.Payments[first:]); sum != unknown && known && added != sum {
		r.failAt(line, "the batch says a sum of %s, and its payments have %s", sum, added)
	}
}

// unknown is the amount of a payment that says none.
const unknown = money.Ore(-1)

// sumOf adds up payments in the direction of their entry. It reports whether all amounts are known.
func sumOf(e *Entry, payments []Payment) (sum money.Ore, known bool) {
	for i := range payments {
		switch p := &payments[i]; {
		case p.Amount == unknown:
			return 0, false
		case p.Credit == e.Credit:
			sum += p.Amount
		default:
			sum -= p.Amount
		}
	}
	return sum, true
}

// complete checks the payments of an entry against it. An entry without any, or with payments that say no amounts, is one payment.
func (r *reader) complete(e *Entry) {
	if r.err != nil {
		return
	}
	said := slices.ContainsFunc(e.Payments, func(p Payment) bool { return p.Amount != unknown })
	switch {
	case len(e.Payments) == 1 && !said:
		e.Payments[0].Amount = e.Amount
		return
	case !said:
		e.Payments = []Payment{{Line: e.Line, Amount: e.Amount, Credit: e.Credit, Reference: e.Reference}}
		return
	}
	sum, known := sumOf(e, e.Payments)
	r.path = append(r.path, "Ntry")
	switch {
	case !known:
		r.failAt(e.Line, "has %d payments, and some of them say no amount", len(e.Payments))
	case sum != e.Amount:
		r.failAt(e.Line, "is of %s, and its %d payments have %s", e.Amount, len(e.Payments), sum)
	}
	r.path = r.path[:len(r.path)-1]
}

// readPayment reads a payment. An amount of another currency than the entry's is not known.
func (r *reader) readPayment(e *Entry) (p Payment) {
	p.Line, p.Amount, p.Credit = r.line(), unknown, e.Credit
	amount := func() {
		if amount, currency := r.amount(); p.Amount == unknown && currency == e.Currency {
			p.Amount = amount
		}
	}
	var texts []string
	r.each(func(name string) {
		switch name {
		case "Refs":
			r.each(func(name string) {
				switch name {
				case "AcctSvcrRef":
					p.Reference = r.text()
				case "EndToEndId":
					p.EndToEnd = r.text()
				}
			})
		case "Amt": // of version 08
			amount()
		case "CdtDbtInd":
			p.Credit = r.credit(r.text())
		case "AmtDtls":
			r.at("TxAmt", func() { r.at("Amt", amount) })
		case "RltdPties":
			r.parties(&p)
		case "RmtInf":
			p.KID = r.remittance(&texts)
		}
	})
	p.Text = strings.Join(texts, " ")
	return p
}

// parties reads the payer's name and account.
func (r *reader) parties(p *Payment) {
	r.each(func(name string) {
		switch name {
		case "Dbtr":
			r.each(func(name string) {
				switch name {
				case "Nm": // of version 02
					p.Debtor = r.text()
				case "Pty":
					r.at("Nm", func() { p.Debtor = r.text() })
				}
			})
		case "DbtrAcct":
			r.at("Id", func() { p.Account = r.account() })
		}
	})
}

// remittance returns the structured reference of a payment, if it has exactly one, and adds what else the payer wrote.
func (r *reader) remittance(texts *[]string) string {
	var references []string
	r.each(func(name string) {
		switch name {
		case "Ustrd":
			*texts = append(*texts, r.text())
		case "Strd":
			r.at("CdtrRefInf", func() {
				kind, reference := "", ""
				r.each(func(name string) {
					switch name {
					case "Tp":
						r.at("CdOrPrtry", func() { r.at("Cd", func() { kind = r.text() }) })
					case "Ref":
						reference = r.text()
					}
				})
				switch {
				case kind == "SCOR" && reference != "" && !slices.Contains(references, reference):
					references = append(references, reference)
				case kind != "SCOR" && reference != "":
					*texts = append(*texts, reference)
				}
			})
		}
	})
	if len(references) == 1 {
		return references[0]
	}
	*texts = append(*texts, references...)
	return ""
}
