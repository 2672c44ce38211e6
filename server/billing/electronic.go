package billing

import (
	"errors"

	"bompass/shared/invoice"
	"bompass/shared/oslo"
)

// Electronic is a document with what a file for the buyer's accounting system names beside it.
type Electronic struct {
	Document     invoice.Document
	Buyer        string // name
	Organisation string // number of the buyer; empty for a person
	Language     string
	Reference    string   // the buyer's own, of the agreement
	Credited     oslo.Day // of a credit note: the day on which the invoice was issued
}

// ErrNoDocument is returned for a number that no document has.
var ErrNoDocument = errors.New("there is no document with this number")
