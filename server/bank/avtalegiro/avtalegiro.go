// Package avtalegiro reads and writes the files of AvtaleGiro, the direct debit of Norwegian banks: mandates that payers have given,
// changed or ended in their banks, and the claims of a payee, which the banks draw on the day they are due, with what is deleted of
// them again.
//
// The records are those of OCR giro, in which the payments of claims come back; numbers and sums must be right. The format is that
// of the manual "AvtaleGiro" of the Norwegian banks' payment service, version 3.3.
package avtalegiro

import (
	"bompass/server/bank/nets"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// Error is why a file is not read.
type Error = nets.Error

// Days on which banks are open between the day on which a claim reaches them and the day on which it is due, at least: for
// claims of which the bank sends the payer a notice, and for those it does not. To delete one, DaysToDelete.
const (
	DaysWithNotice = 9
	DaysWithout    = 4
	DaysToDelete   = 1
)

// MandateFile is mandates as a bank reports them.
type MandateFile struct {
	Number   string   // of the transmission, seven digits
	On       oslo.Day // 0 if the file does not say
	Accounts []AccountMandates
}

// AccountMandates is the mandates for claims of an account.
type AccountMandates struct {
	Line     int
	Number   string // of the assignment, seven digits
	Account  string
	Mandates []Mandate
}

// Mandate is what a payer has decided about claims of a KID.
type Mandate struct {
	Line   int
	Change Change
	KID    string
	Notice bool // the bank sends the payer a notice of each claim
}

// Change is the kind of a mandate's record.
type Change int

// The kinds.
const (
	Listed  Change = 0 // one of all that there are
	Changed Change = 1 // new, or with another answer about notices
	Ended   Change = 2
)

// ClaimFile is claims as a payee sends them.
type ClaimFile struct {
	Sender    string // customer unit, eight digits
	Number    string // of the transmission, seven digits
	Account   string // to pay to, eleven digits
	Claims    []Claim
	Deletions []Claim // of earlier claims
}

// Claim is an amount that is drawn on a day.
type Claim struct {
	Notice bool // the bank sends the payer a notice
	Due    oslo.Day
	Amount money.Ore
	KID    string // of the mandate
	Name   string // of the payer, ten characters
	Text   string // for the payer, 25 characters
}
