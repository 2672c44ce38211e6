// Package bgmax reads and writes BgMax, the file in which the Swedish bankgiro reports payments.
//
// A file is lines of 80 characters in ISO-8859-1 that begin with two digits: a start, sections (one for each receiving number and
// currency) of payments, each section ended by the deposit of its sum on an account, and an end with counts. A payment may pay
// several invoices, which follow it as extra references, and says who paid it. Counts and sums must be right: a file is read whole or not at
// all. Lines of unknown codes are passed over, as the format asks for. It is described in Bankgirot's manual "Bankgiro Inbetalningar".
package bgmax

import (
	"fmt"

	"bompass/shared/money"
	"bompass/shared/oslo"
)

// File is a file of the bankgiro.
type File struct {
	Stamp    string // instant at which the file was made, 20 digits; no other file has it
	On       oslo.Day
	Test     bool
	Sections []Section
}

// Section is the payments to a number, which reach the account in one sum.
type Section struct {
	Line     int
	Bankgiro string // that was paid to, without the zeros before it
	Plusgiro string
	Currency string // SEK or EUR
	Payments []Payment
	Deposit  Deposit
}

// Deposit is the sum of a section on an account.
type Deposit struct {
	Account string // without the zeros before it
	On      oslo.Day
	Number  string // of the deposit, five digits
	Kind    string // of the deposit, one character
}

// Payment is one payment or deduction.
type Payment struct {
	Line      int
	Deduction bool   // money went back to the payer
	Code      string // why, of a deduction: one character
	Post
	Extra  []Post // what it pays, if it pays several invoices
	Text   []string
	Payer  Payer
	Serial string // of the payment, twelve digits
	Image  bool   // there is a picture of the form
}

// Post is a reference and an amount.
type Post struct {
	Sender    string // bankgiro number of the payer, empty if there is none
	Reference string
	Kind      Kind
	Amount    money.Ore // in öre or cents; negative in an extra reference that takes something off
	Channel   int       // by which it was paid
}

// Kind is the kind of a reference.
type Kind int

// The kinds that banks have checked; a reference of any other kind is what the payer wrote.
const (
	None    Kind = 0
	Checked Kind = 2 // the number of an invoice with its check digit (OCR)
)

// Payer is a payer, as far as the bank says it.
type Payer struct{ Name, Extra, Street, PostalCode, City, Country, CountryCode, Organisation string }

// Sum returns the sum of a section's payments, without what was deducted.
func (s *Section) Sum() (sum money.Ore) {
	for i := range s.Payments {
		if p := &s.Payments[i]; p.Deduction {
			sum -= p.Amount
		} else {
			sum += p.Amount
		}
	}
	return sum
}

// Error is why a file is not read.
type Error struct {
	Line   int
	Field  string // empty for the line as a whole
	Reason string
}

// Error names the line and the field.
func (e *Error) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
	}
	return fmt.Sprintf("line %d, %s: %s", e.Line, e.Field, e.Reason)
}
