package ocr

import (
	"strings"

	"bompass/server/bank/nets"
)

// reader reads a transmission.
type reader struct{ *nets.Reader }

// Read reads a file. Its error is an *Error.
func Read(data []byte) (File, error) {
	r := reader{nets.NewReader(data)}
	f := r.transmission()
	if r.Err != nil {
		return File{}, r.Err
	}
	return f, nil
}

// transmission reads the start, the assignments and the end of a file.
func (r reader) transmission() (f File) {
	r.Want("NY000010", "the start of a transmission")
	f.Sender, f.Number, f.Recipient = r.Digits("sender", 9, 16), r.Digits("number of the transmission", 17, 23), r.Digits("recipient", 24, 31)
	r.Advance()
	sum := nets.Total{Records: 2}
	for r.Err == nil && !r.Is("NY000089") {
		a, of := r.assignment()
		f.Assignments = append(f.Assignments, a)
		sum.Join(of)
	}
	r.End("transmission", sum, 1)
	f.On = r.NeedDay("day", 42)
	r.Advance()
	if r.Err == nil && len(r.Text) > 0 {
		r.Fail("", "follows the end of the transmission")
	}
	return f
}

// assignment reads the start of an assignment, its payments and its end.
func (r reader) assignment() (a Assignment, sum nets.Total) {
	first := r.Line
	r.Want("NY090020", "the start of an assignment of OCR giro, or the end of the transmission")
	a.Agreement, a.Number, a.Account = r.Digits("agreement", 9, 17), r.Digits("number of the assignment", 18, 24), r.Digits("account", 25, 35)
	r.Advance()
	sum.Records = 2
	for number := 0; r.Err == nil && !r.Is("NY090088"); {
		p := r.payment()
		if r.Err == nil && p.Number <= number {
			r.Err = &nets.Error{Line: p.Line, Field: "number of the payment", Reason: "is not above the one before"}
		}
		number = p.Number
		a.Payments = append(a.Payments, p)
		sum.Add(p.records(), p.Amount, p.On)
	}
	r.End("assignment", sum, first)
	a.On = r.NeedDay("day", 42)
	r.Advance()
	return a, sum
}

// payment reads the records of a payment.
func (r reader) payment() (p Payment) {
	p.Line = r.Line
	if r.Want("NY09", "a payment, or the end of the assignment"); r.Err == nil && r.Field(7, 8) != "30" {
		r.Fail("", "is a record %s, want the first one of a payment (30) or the end of the assignment (NY090088)", r.Field(1, 8))
	}
	kind := r.Digits("kind of the payment", 5, 6)
	p.Kind = Kind(r.Number("kind of the payment", 5, 6))
	if r.Err == nil && (p.Kind < Giro || p.Kind > PurchaseWithText) {
		r.Fail("kind of the payment", "%d is none of OCR giro", p.Kind)
	}
	number := r.Digits("number of the payment", 9, 15)
	p.Number = int(r.Number("number of the payment", 9, 15))
	p.On = r.NeedDay("day", 16)
	p.Statement = r.Digits("line of the statement", 22, 31)
	p.Amount = r.Amount("amount", 33)
	switch sign := r.Field(32, 32); sign {
	case "-":
		p.Amount = -p.Amount
	case "0", " ", "":
	default:
		r.Fail("sign", "%q is neither a minus nor 0", sign)
	}
	p.KID = strings.TrimLeft(r.Field(50, 74), " ")
	if strings.Trim(p.KID, "0123456789-") != "" {
		r.Fail("KID", "%q has other characters than digits", p.KID)
	}
	p.Issuer = r.Latin(75, 80)
	r.Advance()

	r.Want("NY09"+kind+"31", "the second record of a payment")
	r.same(number)
	p.Form, p.Archive = r.Digits("form", 16, 25), r.Digits("reference of the bank", 26, 34)
	p.Ordered = r.Day("day of the order", 42)
	if p.Debtor = r.Digits("account of the payer", 48, 58); strings.Trim(p.Debtor, "0") == "" {
		p.Debtor = ""
	}
	r.Advance()
	if p.Kind.hasText() && r.Err == nil {
		r.Want("NY09"+kind+"32", "the third record of a payment")
		r.same(number)
		p.Text = r.Latin(16, 55)
		r.Advance()
	}
	return p
}

// same fails unless the record has the number of its payment.
func (r reader) same(number string) {
	if got := r.Digits("number of the payment", 9, 15); r.Err == nil && got != number {
		r.Fail("number of the payment", "is %s, and that of the record before is %s", got, number)
	}
}
