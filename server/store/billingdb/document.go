package billingdb

import (
	"encoding/json"
	"strconv"
	"time"

	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// documentRow is a document without its lines.
type documentRow struct {
	ID          string
	Kind        invoice.Kind
	Number      int64
	CustomerID  toll.CustomerID
	AgreementID toll.AgreementID
	Agreement   string // number
	Credits     string // number of the document
	Reminds     string // number of the invoice
	Claimed     money.Ore
	Warns       bool
	Reason      string
	Period      time.Time
	FirstOn     time.Time
	IssuedOn    time.Time
	DueOn       time.Time
	KID         string
	Account     string
	Total       money.Ore
	VAT         []invoice.VATSum
}

// The parts of a statement that selects documentRow from invoice i.
const (
	selectDocument  = "select " + documentColumns + fromDocument
	fromDocument    = " from invoice i "
	documentColumns = `i.id::text as id, i.kind, i.number, i.customer_id::text as customer_id, i.agreement_id::text as agreement_id,
	coalesce((select number from agreement where id = i.agreement_id), '') as agreement,
	coalesce((select number::text from invoice where id = i.credits), '') as credits,
	coalesce((select number::text from invoice where id = i.claim and i.kind = 'reminder'), '') as reminds, i.claimed, i.warns, i.reason, i.period, i.first_on, i.issued_on, i.due_on, i.kid, i.account, i.total, i.vat`
)

func (r *documentRow) document() invoice.Document {
	return invoice.Document{
		Kind: r.Kind, Number: strconv.FormatInt(r.Number, 10), KID: r.KID, Account: r.Account, Agreement: r.Agreement, Credits: r.Credits,
		Reminds: r.Reminds, Claimed: r.Claimed, Warns: r.Warns, Reason: r.Reason,
		From: dayOf(r.FirstOn), To: dayOf(r.Period).Month().Last(), Issued: dayOf(r.IssuedOn), Due: dayOf(r.DueOn), Total: r.Total, VAT: r.VAT,
	}
}

// dayOf returns the day of a date of the database, which comes as midnight UTC.
func dayOf(date time.Time) oslo.Day {
	year, month, day := date.Date()
	return oslo.Date(year, month, day)
}

// lineRow is a line of a document.
type lineRow struct {
	InvoiceID string
	Amount    money.Ore
	Said      json.RawMessage
}

func (r *lineRow) line() (l invoice.Line, err error) {
	err = json.Unmarshal(r.Said, &l)
	return l, err
}
