// Package ocr reads and writes OCR giro, the file in which a Norwegian bank reports the payments that carry a KID.
//
// A file is one transmission of records of 80 characters in ISO-8859-1: a start, assignments (one for each agreement about an
// account) of payments of two or three records each, and an end. Assignments and the transmission end with the numbers of
// their payments and records and the sum, which must be right: a file is read whole or not at all. The format is that of the
// manual "OCR giro" of the Norwegian banks' payment service.
package ocr

import (
	"bompass/server/bank/nets"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// File is a transmission.
type File struct {
	Sender      string // eight digits
	Number      string // of the transmission, seven digits
	Recipient   string // the customer unit, eight digits
	On          oslo.Day
	Assignments []Assignment
}

// Assignment is the payments to an account under an agreement.
type Assignment struct {
	Agreement string // nine digits
	Number    string // seven digits
	Account   string // that was paid to, eleven digits
	On        oslo.Day
	Payments  []Payment
}

// Payment is one payment.
type Payment struct {
	Line      int // of its first record in the file, from 1
	Kind      Kind
	Number    int       // within its assignment, from 1
	On        oslo.Day  // on which the money reached the account
	Statement string    // centre, day, partial settlement and serial number: ten digits that lead to the line of the statement
	Amount    money.Ore // negative for a credit note
	KID       string    // as it stands, without the blanks before it
	Issuer    string    // of a card, or zeros: six characters
	Form      string    // number of the form, ten digits
	Archive   string    // the bank's reference, nine digits; of kinds of a terminal, the terminal and its session
	Ordered   oslo.Day  // on which the payer's bank was told to pay; 0 if the file does not say
	Debtor    string    // the payer's account, eleven digits, empty if the file does not say
	Text      string    // of the kinds with a text
}

// Kind is the means of a payment.
type Kind int

// The kinds.
const (
	Giro             Kind = 10 // from an account
	StandingOrder    Kind = 11
	Remittance       Kind = 12
	BusinessTerminal Kind = 13
	Counter          Kind = 14
	AvtaleGiro       Kind = 15 // direct debit
	TeleGiro         Kind = 16
	Cash             Kind = 17
	ReversalWithKID  Kind = 18
	PurchaseWithKID  Kind = 19
	ReversalWithText Kind = 20
	PurchaseWithText Kind = 21
)

// Reversal reports whether the money went back to the payer.
func (k Kind) Reversal() bool { return k == ReversalWithKID || k == ReversalWithText }

// hasText reports whether payments of the kind have a third record.
func (k Kind) hasText() bool { return k == ReversalWithText || k == PurchaseWithText }

// Error is why a file is not read.
type Error = nets.Error

// records returns the number of records of a payment.
func (p *Payment) records() int {
	if p.Kind.hasText() {
		return 3
	}
	return 2
}
