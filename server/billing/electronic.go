package billing

import (
	"errors"

	"bompass/shared/invoice"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Electronic is a document with what a file of it names beside.
type Electronic struct {
	ID           string
	Document     invoice.Document
	Buyer        string // name
	Organisation string // number of the buyer; empty for a person
	Street       string // of a person, as far as it is known
	PostalCode   string
	City         string
	Country      string // code of two letters
	Customer     toll.CustomerID
	Email        string         // where the customer is written to; empty if it is not known
	Account      toll.AccountID // of the person; empty for a company, and for a customer without one
	Language     string
	Reference    string   // the buyer's own, of the agreement
	Credited     oslo.Day // of a credit note: the day on which the invoice was issued
}

// ErrNoDocument is returned for a number that no document has.
var ErrNoDocument = errors.New("there is no document with this number")
