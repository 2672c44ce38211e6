package ehf

import (
	"encoding/xml"
	"strconv"
	"strings"

	"bompass/shared/i18n"
	"bompass/shared/invoice"
	"bompass/shared/money"
)

// The names and codes of the format.
const (
	customization = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
	profile       = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
	ublNames      = "urn:oasis:names:specification:ubl:schema:xsd:"
	norwegian     = "0192" // numbers of Enhetsregisteret
	typeInvoice   = "380"  // UNCL1001
	typeCredit    = "381"
	transfer      = "30" // UNCL4461: credit transfer
	piece         = "C62"
	currency      = "NOK"
	categoryNone  = "E" // UNCL5305: exempt. O, outside the scope, may not stand beside another category
	categoryVAT   = "S"
)

// document is an Invoice or a CreditNote. The order of the fields is that of the schema.
type document struct {
	XMLName         xml.Name
	Names           string            `xml:"xmlns,attr"`
	CAC             string            `xml:"xmlns:cac,attr"`
	CBC             string            `xml:"xmlns:cbc,attr"`
	Customization   string            `xml:"cbc:CustomizationID"`
	Profile         string            `xml:"cbc:ProfileID"`
	ID              string            `xml:"cbc:ID"`
	Issued          string            `xml:"cbc:IssueDate"`
	Due             string            `xml:"cbc:DueDate,omitempty"`
	InvoiceType     string            `xml:"cbc:InvoiceTypeCode,omitempty"`
	CreditType      string            `xml:"cbc:CreditNoteTypeCode,omitempty"`
	Currency        string            `xml:"cbc:DocumentCurrencyCode"`
	Reference       string            `xml:"cbc:BuyerReference"`
	Period          period            `xml:"cac:InvoicePeriod"`
	Credits         *billingReference `xml:"cac:BillingReference,omitempty"`
	Contract        string            `xml:"cac:ContractDocumentReference>cbc:ID,omitempty"`
	Seller          party             `xml:"cac:AccountingSupplierParty>cac:Party"`
	Buyer           party             `xml:"cac:AccountingCustomerParty>cac:Party"`
	Means           *paymentMeans     `xml:"cac:PaymentMeans,omitempty"`
	Tax             taxTotal          `xml:"cac:TaxTotal"`
	Total           monetaryTotal     `xml:"cac:LegalMonetaryTotal"`
	InvoiceLines    []line            `xml:"cac:InvoiceLine,omitempty"`
	CreditNoteLines []line            `xml:"cac:CreditNoteLine,omitempty"`
}

type period struct {
	From string `xml:"cbc:StartDate"`
	To   string `xml:"cbc:EndDate"`
}

type billingReference struct {
	ID     string `xml:"cac:InvoiceDocumentReference>cbc:ID"`
	Issued string `xml:"cac:InvoiceDocumentReference>cbc:IssueDate"`
}

type identifier struct {
	Scheme string `xml:"schemeID,attr,omitempty"`
	Value  string `xml:",chardata"`
}

type party struct {
	Endpoint identifier  `xml:"cbc:EndpointID"`
	Street   string      `xml:"cac:PostalAddress>cbc:StreetName,omitempty"`
	City     string      `xml:"cac:PostalAddress>cbc:CityName,omitempty"`
	Postal   string      `xml:"cac:PostalAddress>cbc:PostalZone,omitempty"`
	Country  string      `xml:"cac:PostalAddress>cac:Country>cbc:IdentificationCode"`
	Tax      []taxScheme `xml:"cac:PartyTaxScheme"`
	Name     string      `xml:"cac:PartyLegalEntity>cbc:RegistrationName"`
	Company  identifier  `xml:"cac:PartyLegalEntity>cbc:CompanyID"`
}

type taxScheme struct {
	Company string `xml:"cbc:CompanyID"`
	Scheme  string `xml:"cac:TaxScheme>cbc:ID"`
}

type paymentMeans struct {
	Code    string `xml:"cbc:PaymentMeansCode"`
	KID     string `xml:"cbc:PaymentID"`
	Account string `xml:"cac:PayeeFinancialAccount>cbc:ID"`
}

type amount struct {
	Currency string `xml:"currencyID,attr"`
	Value    string `xml:",chardata"`
}

func kroner(o money.Ore) amount { return amount{currency, o.String()} }

type taxTotal struct {
	Tax       amount        `xml:"cbc:TaxAmount"`
	Subtotals []taxSubtotal `xml:"cac:TaxSubtotal"`
}

type taxSubtotal struct {
	Base     amount   `xml:"cbc:TaxableAmount"`
	Tax      amount   `xml:"cbc:TaxAmount"`
	Category category `xml:"cac:TaxCategory"`
}

type category struct {
	ID      string `xml:"cbc:ID"`
	Percent string `xml:"cbc:Percent"`
	Reason  string `xml:"cbc:TaxExemptionReason,omitempty"`
	Scheme  string `xml:"cac:TaxScheme>cbc:ID"`
}

func categoryOf(rate invoice.Rate, reason string) category {
	if rate == invoice.NoVAT {
		return category{categoryNone, "0", reason, "VAT"}
	}
	whole, part := int(rate)/100, int(rate)%100
	percent := strconv.Itoa(whole)
	if part != 0 {
		percent = strings.TrimRight(percent+"."+strconv.Itoa(100 + part)[1:], "0")
	}
	return category{categoryVAT, percent, "", "VAT"}
}

type monetaryTotal struct {
	Lines   amount `xml:"cbc:LineExtensionAmount"`
	Without amount `xml:"cbc:TaxExclusiveAmount"`
	With    amount `xml:"cbc:TaxInclusiveAmount"`
	Payable amount `xml:"cbc:PayableAmount"`
}

type quantity struct {
	Unit  string `xml:"unitCode,attr"`
	Value string `xml:",chardata"`
}

type line struct {
	ID         string     `xml:"cbc:ID"`
	Invoiced   *quantity  `xml:"cbc:InvoicedQuantity,omitempty"`
	Credited   *quantity  `xml:"cbc:CreditedQuantity,omitempty"`
	Amount     amount     `xml:"cbc:LineExtensionAmount"`
	CostCentre string     `xml:"cbc:AccountingCost,omitempty"`
	Name       string     `xml:"cac:Item>cbc:Name"`
	Category   category   `xml:"cac:Item>cac:ClassifiedTaxCategory"`
	Properties []property `xml:"cac:Item>cac:AdditionalItemProperty"`
	Price      amount     `xml:"cac:Price>cbc:PriceAmount"`
}

type property struct {
	Name  string `xml:"cbc:Name"`
	Value string `xml:"cbc:Value"`
}

// newDocument returns the document as the format has it. The document and its frame have been checked.
func newDocument(d invoice.Document, f Frame) document {
	w := words(f.Language)
	out := document{
		CAC: ublNames + "CommonAggregateComponents-2", CBC: ublNames + "CommonBasicComponents-2",
		Customization: customization, Profile: profile, ID: d.Number, Issued: d.Issued.String(), Currency: currency,
		Reference: f.Reference, Period: period{d.From.String(), d.To.String()}, Contract: d.Agreement,
		Seller: newParty(f.Seller), Buyer: newParty(f.Buyer),
	}
	if out.Reference == "" {
		out.Reference = d.Agreement
	}
	kind, lines := "Invoice", newLines(d, w)
	if d.Kind == invoice.KindCredit {
		kind, out.CreditType, out.CreditNoteLines = "CreditNote", typeCredit, lines
		out.Credits = &billingReference{d.Credits, f.Credited.String()}
	} else {
		out.Due, out.InvoiceType, out.InvoiceLines = d.Due.String(), typeInvoice, lines
		out.Means = &paymentMeans{transfer, d.KID, d.Account}
	}
	out.XMLName, out.Names = xml.Name{Local: kind}, ublNames+kind+"-2"
	var base, tax money.Ore
	for _, v := range d.VAT {
		base, tax = base+v.Base, tax+v.VAT
		out.Tax.Subtotals = append(out.Tax.Subtotals, taxSubtotal{kroner(v.Base), kroner(v.VAT), categoryOf(v.Rate, w.T("ehf.exempt"))})
	}
	out.Tax.Tax = kroner(tax)
	out.Total = monetaryTotal{kroner(base), kroner(base), kroner(base + tax), kroner(d.Total)}
	return out
}

func newParty(p Party) party {
	number := identifier{norwegian, p.Organisation}
	out := party{Endpoint: number, Street: p.Street, City: p.City, Postal: p.PostalCode, Country: "NO", Name: p.Name, Company: number}
	if p.VAT {
		out.Tax = append(out.Tax, taxScheme{"NO" + p.Organisation + "MVA", "VAT"})
	}
	if p.Registered {
		out.Tax = append(out.Tax, taxScheme{"Foretaksregisteret", "TAX"})
	}
	return out
}

// newLines returns the lines. An amount below zero is a quantity of −1 at a positive price, since the format forbids
// negative prices.
func newLines(d invoice.Document, w *i18n.Words) []line {
	list := make([]line, len(d.Lines))
	for i, net := range nets(d) {
		l := &d.Lines[i]
		count := &quantity{piece, "1"}
		price := net
		if net < 0 {
			count.Value, price = "-1", -net
		}
		list[i] = line{
			ID: strconv.Itoa(i + 1), Amount: kroner(net), CostCentre: l.Reference, Name: lineName(l, w),
			Category: categoryOf(l.VAT, ""), Properties: properties(l, w), Price: kroner(price),
		}
		if d.Kind == invoice.KindCredit {
			list[i].Credited = count
		} else {
			list[i].Invoiced = count
		}
	}
	return list
}

func lineName(l *invoice.Line, w *i18n.Words) string {
	station, corrects := l.StationName, l.Corrects
	if station == "" {
		station = string(l.Station)
	}
	return w.T("ehf.line."+string(l.Kind), "station", station, "number", corrects)
}

// properties returns what a buyer's accounting may want to sort by: time and place of what was delivered, vehicle and tag.
func properties(l *invoice.Line, w *i18n.Words) (list []property) {
	add := func(key, value string) {
		if value != "" {
			list = append(list, property{w.T(key), value})
		}
	}
	if l.Passage != "" {
		add("ehf.time", w.Instant(l.At))
	}
	add("ehf.place", l.StationName)
	add("ehf.company", l.ChargerName)
	if l.Plate.Text != "" {
		add("ehf.vehicle", l.Plate.String())
	}
	add("ehf.tag", string(l.Tag))
	return list
}
