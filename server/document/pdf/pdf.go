// Package pdf writes invoices, credit notes and reminders as PDF for people: tagged, so that a screen reader finds headings and tables,
// with embedded fonts, the language and a text layer. A summary has sums; a detailed document has each line with time and
// place, on as many pages as it takes.
package pdf

import (
	"errors"
	"fmt"

	"bompass/shared/i18n"
	"bompass/shared/invoice"
)

// Party is a seller or a buyer.
type Party struct {
	Name         string
	Organisation string   // number of nine digits; empty for a person
	Address      []string // lines; empty if it is not known
	VAT          bool     // registered for VAT
	Registered   bool     // in Foretaksregisteret
}

// Frame is what a document needs beside itself.
type Frame struct {
	Seller, Buyer Party
	Reference     string // the buyer's own
	Language      string
	Detailed      bool // with every line, rather than sums alone
}

// Write returns a document as PDF. The same document and frame give the same bytes. It returns an error that names everything
// that is missing or wrong: what bookkeeping asks for (bokføringsforskriften § 5-1-1), and sums that are not those of the lines.
func Write(d invoice.Document, f Frame) ([]byte, error) {
	if err := check(d, f); err != nil {
		return nil, fmt.Errorf("document %s as PDF: %w", d.Number, err)
	}
	p := &printer{Document: d, frame: f, w: i18n.For(i18n.Match(f.Language))}
	p.sheet = newSheet(p.w.Lang(), p.title(), f.Seller.Name, d.Issued.Start())
	p.print()
	out, err := p.finish()
	if err != nil {
		return nil, fmt.Errorf("document %s as PDF: %w", d.Number, err)
	}
	return out, nil
}

func check(d invoice.Document, f Frame) error {
	wrong := []error{invoice.Check(d)}
	require := func(ok bool, text string) {
		if !ok {
			wrong = append(wrong, errors.New(text))
		}
	}
	require(d.Number != "", "the document has no number")
	require(d.Issued != 0, "the document has no date of issue")
	require(d.From != 0 && d.From <= d.To, "the document has no period")
	require(len(d.Lines) > 0 || d.Kind == invoice.KindReminder, "the document has no lines")
	require(f.Seller.Name != "" && f.Seller.Organisation != "" && len(f.Seller.Address) > 0, "the seller has no name, number or address")
	switch d.Kind {
	case invoice.KindInvoice, invoice.KindReminder:
		require(d.Due != 0 && d.KID != "" && d.Account != "", "the invoice has no due date, KID or account to pay to")
	case invoice.KindCredit:
	default:
		require(false, fmt.Sprintf("%q is no kind of document", d.Kind))
	}
	return errors.Join(wrong...)
}
