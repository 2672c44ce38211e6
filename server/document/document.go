// Package document writes an invoice or credit note as a file of each form.
package document

import (
	"fmt"

	"bompass/server/billing"
	"bompass/server/document/ehf"
	"bompass/server/document/pdf"
	"bompass/shared/i18n"
	"bompass/shared/invoice"
)

// Renderer returns the function that writes the documents of a seller.
func Renderer(seller ehf.Party) billing.Render {
	return func(e billing.Electronic, form invoice.Form) ([]byte, error) {
		if seller.Name == "" {
			return nil, billing.ErrNoIssuer
		}
		switch form {
		case invoice.FormEHF:
			return ehf.Write(e.Document, ehf.Frame{
				Seller: seller, Buyer: ehf.Party{Name: e.Buyer, Organisation: e.Organisation},
				Reference: reference(e), Language: e.Language, Credited: e.Credited,
			})
		case invoice.FormPDF, invoice.FormDetailed:
			return pdf.Write(e.Document, pdf.Frame{
				Seller: pdf.Party{
					Name: seller.Name, Organisation: seller.Organisation, Address: []string{seller.Street, seller.PostalCode + " " + seller.City},
					VAT: seller.VAT, Registered: seller.Registered,
				},
				Buyer:     pdf.Party{Name: e.Buyer, Organisation: e.Organisation, Address: address(e)},
				Reference: e.Reference, Language: e.Language, Detailed: form == invoice.FormDetailed,
			})
		}
		return nil, fmt.Errorf("%q is no form of a document", form)
	}
}

// reference returns the buyer's reference, which EHF always has. The registered owner of a vehicle who has no agreement has none,
// so the document's own number stands there.
func reference(e billing.Electronic) string {
	if e.Reference == "" && e.Document.Agreement == "" {
		return e.Document.Number
	}
	return e.Reference
}

// address returns the lines of the buyer's address, with the country if it is not Norway.
func address(e billing.Electronic) (lines []string) {
	place := e.PostalCode + " " + e.City
	for _, line := range []string{e.Street, place} {
		if line != "" && line != " " {
			lines = append(lines, line)
		}
	}
	if len(lines) > 0 && e.Country != "" && e.Country != "NO" {
		lines = append(lines, i18n.For(e.Language).T("country."+e.Country))
	}
	return lines
}
