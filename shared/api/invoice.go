package api

import (
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/role"
	"bompass/shared/toll"
)

// The routes of invoices.
var (
	InvoiceList = customer[InvoiceListRequest, InvoiceListReply]("invoice.list", "GET", "/api/v1/invoices", role.SeeBills)
	Invoice     = customer[InvoiceRequest, InvoiceReply]("invoice", "GET", "/api/v1/invoice", role.SeeBills)
	InvoiceFile = customer[InvoiceFileRequest, Empty]("invoice.file", "GET", "/api/v1/invoice/file", role.SeeBills)
)

// InvoiceListRequest selects the documents that were issued in a period.
type InvoiceListRequest struct {
	Agreement toll.AgreementID `json:"agreement,omitempty"` // empty selects all, and those without an agreement
	From      oslo.Day         `json:"from"`
	To        oslo.Day         `json:"to"` // the last day, included
}

// InvoiceListReply lists documents, the newest first, and what is owed whatever the period is.
type InvoiceListReply struct {
	Invoices []InvoiceSummary `json:"invoices"`
	Any      bool             `json:"any"` // there is a document, perhaps of another period
	Owed     []Owed           `json:"owed"`
}

// InvoiceSummary is an invoice, a credit note or a reminder without its lines. The documents of one claim, an invoice and its
// reminders, have together what is outstanding of it: the latest has all.
type InvoiceSummary struct {
	Kind        invoice.Kind     `json:"kind"`
	Number      string           `json:"number"`
	AgreementID toll.AgreementID `json:"agreement_id,omitempty"` // empty for a registered owner
	Agreement   string           `json:"agreement,omitempty"`    // its number
	Month       oslo.Month       `json:"month"`                  // that the invoice is for
	Issued      oslo.Day         `json:"issued"`
	Due         oslo.Day         `json:"due"`
	Total       money.Ore        `json:"total"` // of a reminder with what was outstanding before it
	VAT         money.Ore        `json:"vat"`   // part of the total
	Outstanding money.Ore        `json:"outstanding"`
	KID         string           `json:"kid"`
	Account     string           `json:"account,omitempty"` // to pay to
	State       invoice.State    `json:"state"`
	Credits     string           `json:"credits,omitempty"`  // number of the document that a credit note reduces
	Reminds     string           `json:"reminds,omitempty"`  // number of the invoice that a reminder asks for
	Reminder    string           `json:"reminder,omitempty"` // number of the reminder that asks for this document now
	Payable     bool             `json:"payable,omitempty"`  // by card, by this person
}

// Owed is what is owed under one agreement, or without one if Agreement is empty. The balance is what was paid less what was
// invoiced and what is not invoiced yet: -(Outstanding + Unbilled).
type Owed struct {
	Agreement   toll.AgreementID `json:"agreement,omitempty"`
	Outstanding money.Ore        `json:"outstanding"` // of all invoices
	Invoices    int              `json:"invoices"`    // that are not paid
	Due         oslo.Day         `json:"due"`         // of the one that is due first; 0 without one
	Unbilled    money.Ore        `json:"unbilled"`
	Passages    int              `json:"passages"`      // that are not invoiced
	Since       oslo.Day         `json:"since"`         // day of the earliest of them; 0 without one
	Pay         string           `json:"pay,omitempty"` // number of the document that is due first, if this person can pay it by card
}

// InvoiceRequest names a document.
type InvoiceRequest struct {
	Number string `json:"number"`
}

// InvoiceReply is a document. Lines are missing for a reader who may not see where vehicles have been.
type InvoiceReply struct {
	InvoiceSummary
	From     oslo.Day         `json:"from"`
	To       oslo.Day         `json:"to"` // the last day
	Lines    []invoice.Line   `json:"lines,omitempty"`
	Rates    []invoice.VATSum `json:"rates"`
	Chargers []invoice.Sum    `json:"chargers"`
	Vehicles []invoice.Sum    `json:"vehicles"`
	Later    []toll.PassageID `json:"later,omitempty"`    // passages whose charges were changed after the invoice
	Payments []Payment        `json:"payments,omitempty"` // of the claim
	Claimed  money.Ore        `json:"claimed,omitempty"`  // of a reminder: what was outstanding before it
	Warns    bool             `json:"warns,omitempty"`    // of a reminder: that the claim goes to a debt collector
	Reason   string           `json:"reason,omitempty"`   // of a credit note
	Notes    []string         `json:"notes,omitempty"`    // numbers of the credit notes of the document
	Drawn    bool             `json:"drawn,omitempty"`    // the bank draws it from the payer's account on the day it is due
	Company  bool             `json:"company,omitempty"`  // the customer is one, to which documents are sent as EHF, too
}

// InvoiceFileRequest names a document as a file. Forms that say where vehicles have been need the right to see passages.
type InvoiceFileRequest struct {
	Number string       `json:"number"`
	Form   invoice.Form `json:"form"`
	Show   string       `json:"show,omitempty"` // not empty: to be shown by the browser rather than saved
}

// Payment is money that was paid for an invoice.
type Payment struct {
	On     oslo.Day  `json:"on"`
	Amount money.Ore `json:"amount"`
}
