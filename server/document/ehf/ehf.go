// Package ehf writes invoices and credit notes as EHF 3.0, which is Peppol BIS Billing 3.0 in Norway: UBL 2.1 documents that
// accounting systems read. Public buyers ask for it, and from 2027-01-01 so does every business (lov 19 June 2026 no. 39).
//
// What the rules of the format let pass but bookkeeping does not is refused here: an invoice without a due date, sums or VAT
// that are not exactly those of the lines, and a credit note that names no invoice.
package ehf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"

	"bompass/shared/i18n"
	"bompass/shared/ident"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// Party is a seller or a buyer: a business that is registered in Norway. A buyer's number stands for its address where that
// is not known (bokføringsforskriften § 5-1-2).
type Party struct {
	Name         string
	Organisation string // number of nine digits
	Street       string
	PostalCode   string
	City         string
	VAT          bool // registered for VAT
	Registered   bool // in Foretaksregisteret
}

// Frame is what a document needs beside itself.
type Frame struct {
	Seller, Buyer Party
	Account       string   // number of the bank account that is paid to
	Reference     string   // the buyer's own, which its accounting sorts by; without one the agreement's number stands there
	Language      string   // of the texts; bookkeeping knows Norwegian, Swedish, Danish and English, so others get English
	Credited      oslo.Day // of a credit note: the day on which the invoice was issued
}

// Write returns a document as XML. It returns an error that names everything that is missing or wrong.
func Write(d invoice.Document, f Frame) ([]byte, error) {
	if err := check(d, f); err != nil {
		return nil, fmt.Errorf("document %s as EHF: %w", d.Number, err)
	}
	var out bytes.Buffer
	out.WriteString(xml.Header)
	encoder := xml.NewEncoder(&out)
	if err := encoder.Encode(newDocument(d, f)); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

func check(d invoice.Document, f Frame) error {
	wrong := []error{invoice.Check(d), f.Seller.check("seller"), f.Buyer.check("buyer")}
	require := func(ok bool, text string) {
		if !ok {
			wrong = append(wrong, errors.New(text))
		}
	}
	require(d.Number != "", "the document has no number")
	require(d.Issued != 0, "the document has no date of issue")
	require(d.From != 0 && d.From <= d.To, "the document has no period")
	require(len(d.Lines) > 0, "the document has no lines")
	require(f.Reference != "" || d.Agreement != "", "the buyer has no reference")
	require(f.Seller.Street != "" && f.Seller.PostalCode != "" && f.Seller.City != "", "the seller has no address")
	switch d.Kind {
	case invoice.KindInvoice:
		require(d.Due != 0, "the invoice has no due date")
		require(d.KID != "", "the invoice has no KID")
		require(d.Total >= 0, "the invoice is below zero: that is a credit note")
		_, problem := ident.Account(d.Account)
		require(problem == ident.None, "the account to pay to is no account number")
	case invoice.KindCredit:
		require(f.Credited != 0, "the invoice that is credited has no date")
	case invoice.KindReminder:
		require(false, "a reminder is no sale, which the format is for")
	default:
		require(false, fmt.Sprintf("%q is no kind of document", d.Kind))
	}
	return errors.Join(wrong...)
}

func (p Party) check(role string) error {
	var wrong []error
	if _, problem := ident.Organisation(p.Organisation); problem != ident.None {
		wrong = append(wrong, fmt.Errorf("the %s's organisation number %q is none", role, p.Organisation))
	}
	if p.Name == "" {
		wrong = append(wrong, fmt.Errorf("the %s has no name", role))
	}
	return errors.Join(wrong...)
}

// words returns the texts of a language in which bookkeeping may be done.
func words(language string) *i18n.Words {
	switch matched := i18n.Match(language); matched {
	case "nb", "sv":
		return i18n.For(matched)
	}
	return i18n.For("en")
}

// nets returns the amounts of lines without VAT. Those of one rate add up to exactly its base: each line has what it adds to
// the rounded sum of the lines before it.
func nets(d invoice.Document) []money.Ore {
	list := make([]money.Ore, len(d.Lines))
	for _, v := range d.VAT {
		var gross, net money.Ore
		last := 0
		for i := range d.Lines {
			if d.Lines[i].VAT != v.Rate {
				continue
			}
			gross += d.Lines[i].Amount
			sum := gross - gross.Share(int64(v.Rate), 100_00+int64(v.Rate))
			list[i], net, last = sum-net, sum, i
		}
		list[last] += v.Base - net // of a credit note, whose VAT takes the remainder of rounding
	}
	return list
}
