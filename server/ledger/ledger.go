// Package ledger says which accounts an event of money touches, and by how much. Entries of one event add up to 0. A positive
// amount is owed to the issuer or paid to it, a negative one is what it owes or has earned.
//
// Charges are not in the ledger: they are its sub-ledger, and reach it with the invoice that they stand on.
package ledger

import (
	"strconv"

	"bompass/shared/invoice"
	"bompass/shared/money"
)

// Kind is the kind of an event.
type Kind string

// The kinds.
const (
	Invoiced Kind = "invoice"
	Credited Kind = "credit"
	Reminded Kind = "reminder"
	Paid     Kind = "payment"
	Received Kind = "received" // money that no invoice is known for
)

// Account is the name of an account.
type Account string

// Receivable is what a payer owes: of an agreement, or of a registered owner without one.
func Receivable(payer string) Account { return Account("receivable:" + payer) }

// Revenue is what a toll company has earned, without VAT.
func Revenue(charger string) Account { return Account("revenue:" + charger) }

// VAT is what is owed to the state at a rate.
func VAT(rate invoice.Rate) Account { return Account("vat:" + strconv.Itoa(int(rate))) }

// Fees is what fees of a kind, or late interest, have earned, without VAT.
func Fees(kind invoice.LineKind) Account { return Account("fee:" + string(kind)) }

// Deposits is what customers have left as deposits, and gets back to them.
const Deposits Account = "deposit"

// Bank is what was paid to the issuer's account.
const Bank Account = "bank"

// Card is what was paid by card and the provider has yet to pay out.
const Card Account = "clearing:card"

// Unplaced is what was paid and stands on no invoice yet.
const Unplaced Account = "unplaced"

// OfPayment returns the entries of a payment.
func OfPayment(payer string, amount money.Ore) []Entry {
	return []Entry{{Bank, amount}, {Receivable(payer), -amount}}
}

// Entry is a change of an account.
type Entry struct {
	Account Account
	Amount  money.Ore
}

// OfInvoice returns the entries of an invoice or a reminder, or of a credit note, which are those turned around. VAT is booked by
// rate as the document says it; what rounding once per rate leaves over stays with the largest account of the rate, so that
// the entries add up to 0.
func OfInvoice(d invoice.Document, payer string) []Entry {
	sign := money.Ore(1)
	if d.Kind == invoice.KindCredit {
		sign = -1
	}
	entries := []Entry{{Receivable(payer), sign * d.Total}}
	for _, v := range d.VAT {
		var accounts []Entry
		for i := range d.Lines {
			if d.Lines[i].VAT == v.Rate {
				accounts = add(accounts, accountOf(&d.Lines[i]), d.Lines[i].Amount)
			}
		}
		entries = append(entries, shares(accounts, v, sign)...)
		if v.VAT != 0 {
			entries = append(entries, Entry{VAT(v.Rate), -sign * v.VAT})
		}
	}
	return nonZero(entries)
}

// accountOf returns the account that a line earns for.
func accountOf(l *invoice.Line) Account {
	switch l.Kind {
	case invoice.LineDeposit:
		return Deposits
	case invoice.LineTagFee, invoice.LinePaperFee, invoice.LineReminder, invoice.LineInterest:
		return Fees(l.Kind)
	case invoice.LinePassage, invoice.LineFare, invoice.LineCorrection:
	}
	return Revenue(string(l.Charger))
}

// add adds an amount to its account's entry.
func add(list []Entry, account Account, amount money.Ore) []Entry {
	for i := range list {
		if list[i].Account == account {
			list[i].Amount += amount
			return list
		}
	}
	return append(list, Entry{account, amount})
}

// shares returns the base of a rate, shared out among the accounts of its lines.
func shares(accounts []Entry, v invoice.VATSum, sign money.Ore) (list []Entry) {
	left, largest := v.Base, 0
	for i, a := range accounts {
		base := a.Amount.Share(100_00, 100_00+int64(v.Rate))
		left -= base
		list = append(list, Entry{a.Account, -sign * base})
		if a.Amount > accounts[largest].Amount {
			largest = i
		}
	}
	list[largest].Amount -= sign * left
	return list
}

func nonZero(list []Entry) (kept []Entry) {
	for _, e := range list {
		if e.Amount != 0 {
			kept = append(kept, e)
		}
	}
	return kept
}
