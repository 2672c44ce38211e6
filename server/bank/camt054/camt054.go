// Package camt054 reads and writes camt.054, the ISO 20022 message in which a bank notifies of single payments to an account.
//
// Banks send two versions, camt.054.001.02 and camt.054.001.08; others are refused. A message is notifications of one account
// each, of entries on the account's statement, of payments. An entry that is a batch says the number and the sum of its payments,
// which must be right: a message is read whole or not at all. XML that defines a document type is refused, so that nothing outside
// the message is read and nothing in it grows.
package camt054

import (
	"fmt"

	"bompass/shared/money"
	"bompass/shared/oslo"
)

// File is a message.
type File struct {
	Version       string // "02" or "08"
	ID            string // of the message
	On            oslo.Day
	Notifications []Notification
}

// Notification is the entries of one account.
type Notification struct {
	Line    int
	ID      string
	Account string // IBAN, or the number in another form
	Copy    string // COPY, CODU or DUPL if the notification was sent before; empty otherwise
	Entries []Entry
}

// Entry is a line of the account's statement.
type Entry struct {
	Line      int
	Amount    money.Ore // in hundredths of the currency
	Currency  string
	Credit    bool // the money came in
	Reversal  bool // it takes back an earlier entry
	Status    string
	Booked    oslo.Day
	Reference string // of the bank
	Payments  []Payment
}

// Booked is the status of an entry that is on the account.
const Booked = "BOOK"

// Payment is one payment of an entry.
type Payment struct {
	Line      int
	Amount    money.Ore
	Credit    bool   // the money came in
	Reference string // of the bank
	EndToEnd  string // reference of the payer
	KID       string // structured reference of the payee; empty if there is none, or several
	Debtor    string // name of the payer
	Account   string // of the payer: IBAN, or the number in another form
	Text      string
}

// Error is why a message is not read.
type Error struct {
	Line   int
	Path   string // of the element, such as Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry[2]/Amt
	Reason string
}

// Error names the line and the element.
func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
	}
	return fmt.Sprintf("line %d, %s: %s", e.Line, e.Path, e.Reason)
}
