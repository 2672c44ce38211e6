package ehf_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bompass/server/document/ehf"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// rules checks UBL documents by the schema, the European and the Peppol rules. It comes with the rules, which are not ours
// and not in the repository.
const rules = "../../../../shared/vectors/billing/ehf/check.sh"

func frame() ehf.Frame {
	return ehf.Frame{
		Seller:    ehf.Party{Name: "Bompass Utsteder AS", Organisation: "974760673", Street: "Bomveien 1", PostalCode: "0150", City: "Oslo", VAT: true, Registered: true},
		Buyer:     ehf.Party{Name: "Fjordtrans & Sønner AS", Organisation: "914588200", Street: "Kaien 3", PostalCode: "5003", City: "Bergen"},
		Reference: "MERKET 4711", Language: "nb", Credited: oslo.Date(2026, time.February, 1),
	}
}

// document returns an invoice with some lines of every kind, and a credit note over some of them.
func document(r *rand.Rand, n int) (invoice.Document, invoice.Document) {
	d := invoice.Document{
		Kind: invoice.KindInvoice, Number: fmt.Sprintf("1000%06d", n), KID: "1000042000173", Account: "99991042764", Agreement: "7001001",
		From: oslo.Date(2026, time.January, 1), To: oslo.Date(2026, time.January, 31), Issued: oslo.Date(2026, time.February, 1), Due: oslo.Date(2026, time.February, 16),
	}
	kinds := []invoice.LineKind{invoice.LinePassage, invoice.LineFare, invoice.LineCorrection, invoice.LineTagFee, invoice.LineDeposit, invoice.LinePaperFee}
	for i := range 1 + r.IntN(12) {
		l := invoice.Line{
			Kind: kinds[r.IntN(len(kinds))], At: time.Date(2026, time.January, 1+r.IntN(31), r.IntN(24), r.IntN(60), 0, 0, time.UTC),
			Charger: "fjellinjen", ChargerName: "Fjellinjen AS", Amount: money.Ore(1 + r.IntN(900_00)),
		}
		l.VAT = invoice.RateOf(l.Kind)
		if l.Kind == invoice.LinePassage || l.Kind == invoice.LineFare || l.Kind == invoice.LineCorrection {
			l.Passage, l.Revision, l.Station, l.StationName = toll.PassageID(fmt.Sprint("p", i)), 1, "ring-1", `Ring 1 <nord> "A"`
			l.Plate, l.Tag, l.Reference = toll.Plate{Country: "NO", Text: "EK31204"}, "T1", "Avdeling 3"
		}
		if l.Kind == invoice.LineCorrection {
			l.Corrects, l.Amount = "1000000001", l.Amount-450_00
			if r.IntN(2) == 0 {
				l.VAT = invoice.LowVAT
			}
		}
		d.Lines = append(d.Lines, l)
	}
	if sum := invoice.Total(d.Lines); sum < 0 {
		d.Lines = append(d.Lines, invoice.Line{Kind: invoice.LineTagFee, At: d.Lines[0].At, Charger: "fjellinjen", ChargerName: "Fjellinjen AS", Amount: -sum, VAT: invoice.StandardVAT})
	}
	d.VAT, d.Total = invoice.VATOf(d.Lines), invoice.Total(d.Lines)
	amounts := map[int]money.Ore{}
	for i := range d.Lines {
		if most := d.Lines[i].Amount; most > 0 && r.IntN(2) == 0 {
			amounts[i+1] = 1 + money.Ore(r.Int64N(int64(most)))
		}
	}
	credit, err := invoice.Credit(d, nil, amounts)
	if err != nil || len(credit.Lines) == 0 {
		return d, invoice.Document{}
	}
	credit.Number, credit.Issued = fmt.Sprintf("2000%06d", n), oslo.Date(2026, time.March, 1)
	return d, credit
}

// Every document follows the rules of the format, and one that does not is found by them.
func TestDocumentsFollowTheRules(t *testing.T) {
	if _, err := os.Stat(rules); errors.Is(err, os.ErrNotExist) {
		t.Skip("NOT RUN: the rules of electronic invoices are not beside the checkout, in shared/vectors/billing/ehf; no document was held to them")
	}
	dir, r := t.TempDir(), rand.New(rand.NewPCG(1, 2))
	var files []string
	write := func(d invoice.Document, f ehf.Frame) string {
		t.Helper()
		text, err := ehf.Write(d, f)
		if err != nil {
			t.Fatalf("%v\n%+v", err, d)
		}
		file := filepath.Join(dir, d.Number+".xml")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for n := range 40 {
		f := frame()
		f.Language = []string{"nb", "en", "sv", "de"}[n%4]
		if n%5 == 0 {
			f.Reference, f.Buyer.Street, f.Buyer.PostalCode, f.Buyer.City = "", "", "", ""
		}
		d, credit := document(r, n)
		files = append(files, write(d, f))
		if credit.Number != "" {
			files = append(files, write(credit, f))
		}
	}
	if found := check(t, files...); found != "" {
		t.Errorf("the rules found:\n%s", found)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "broken.xml")
	if err := os.WriteFile(broken, []byte(strings.Replace(string(text), "<cbc:PriceAmount currencyID=\"NOK\">", "<cbc:PriceAmount currencyID=\"NOK\">-", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if found := check(t, broken); !strings.Contains(found, "BR-27") {
		t.Errorf("a negative price is not found: %q", found)
	}
}

// check returns what the rules find in files.
func check(t *testing.T, files ...string) string {
	t.Helper()
	found, err := exec.Command("sh", append([]string{rules}, files...)...).CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) {
		t.Fatalf("%v: %s", err, found)
	}
	return strings.TrimSpace(string(found))
}

// The lines without VAT add up to the bases, the bases and VAT to the total, for every document and every split of it into
// credit notes.
func TestSumsAreThoseOfTheDocument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, credit := document(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3)), 1)
		for _, d := range []invoice.Document{d, credit} {
			if d.Number == "" {
				continue
			}
			text, err := ehf.Write(d, frame())
			if err != nil {
				t.Fatal(err)
			}
			var got struct {
				Lines []struct {
					Amount   string `xml:"LineExtensionAmount"`
					Invoiced string `xml:"InvoicedQuantity"`
					Credited string `xml:"CreditedQuantity"`
					Percent  string `xml:"Item>ClassifiedTaxCategory>Percent"`
					Price    string `xml:"Price>PriceAmount"`
				} `xml:",any"`
				Bases []struct {
					Base    string `xml:"TaxableAmount"`
					Tax     string `xml:"TaxAmount"`
					Percent string `xml:"TaxCategory>Percent"`
				} `xml:"TaxTotal>TaxSubtotal"`
				Payable string `xml:"LegalMonetaryTotal>PayableAmount"`
			}
			if err := xml.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			var all money.Ore
			bases := map[string]money.Ore{}
			for _, b := range got.Bases {
				bases[b.Percent] = ore(t, b.Base)
				all += ore(t, b.Base) + ore(t, b.Tax)
			}
			lines := 0
			for _, l := range got.Lines {
				if l.Price == "" {
					continue // another element of the document
				}
				lines++
				bases[l.Percent] -= ore(t, l.Amount)
				price := ore(t, l.Price)
				if l.Invoiced+l.Credited == "-1" {
					price = -price
				}
				if price != ore(t, l.Amount) {
					t.Errorf("a line of %s has the price %s", l.Amount, l.Price)
				}
			}
			for percent, left := range bases {
				if left != 0 {
					t.Errorf("the lines with %s %% are off by %s", percent, left)
				}
			}
			if all != d.Total || ore(t, got.Payable) != d.Total || lines != len(d.Lines) {
				t.Errorf("%s of %d lines to pay, with VAT %s; the document has %s and %d", got.Payable, lines, all, d.Total, len(d.Lines))
			}
		}
	})
}

func ore(t *rapid.T, text string) money.Ore {
	o, err := money.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// What the format lets pass and bookkeeping does not is refused, and so is what is missing.
func TestIncompleteDocumentIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(d *invoice.Document, f *ehf.Frame){
		"no due date":           func(d *invoice.Document, _ *ehf.Frame) { d.Due = 0 },
		"total":                 func(d *invoice.Document, _ *ehf.Frame) { d.Total++ },
		"VAT at rate":           func(d *invoice.Document, _ *ehf.Frame) { d.VAT[0].VAT++; d.VAT[0].Base-- },
		"no number":             func(d *invoice.Document, _ *ehf.Frame) { d.Number = "" },
		"no KID":                func(d *invoice.Document, _ *ehf.Frame) { d.KID = "" },
		"no reference":          func(d *invoice.Document, f *ehf.Frame) { d.Agreement, f.Reference = "", "" },
		"no account number":     func(d *invoice.Document, _ *ehf.Frame) { d.Account = "99991042765" },
		"seller's organisation": func(_ *invoice.Document, f *ehf.Frame) { f.Seller.Organisation = "974760674" },
		"buyer's organisation":  func(_ *invoice.Document, f *ehf.Frame) { f.Buyer.Organisation = "" },
		"buyer has no name":     func(_ *invoice.Document, f *ehf.Frame) { f.Buyer.Name = "" },
		"seller has no address": func(_ *invoice.Document, f *ehf.Frame) { f.Seller.City = "" },
		"names no invoice":      func(d *invoice.Document, _ *ehf.Frame) { d.Kind = invoice.KindCredit },
		"has no date":           func(d *invoice.Document, f *ehf.Frame) { d.Kind, f.Credited = invoice.KindCredit, 0 },
	} {
		d, _ := document(rand.New(rand.NewPCG(5, 6)), 1)
		f := frame()
		if _, err := ehf.Write(d, f); err != nil {
			t.Fatal(err)
		}
		spoil(&d, &f)
		if _, err := ehf.Write(d, f); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
