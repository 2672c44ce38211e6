package ocr

import "strings"

// Read reads a file. Its error is an *Error.
func Read(data []byte) (File, error) {
	r := &reader{rest: data}
	r.advance()
	f := r.transmission()
	if r.err != nil {
		return File{}, r.err
	}
	return f, nil
}

// transmission reads the start, the assignments and the end of a file.
func (r *reader) transmission() (f File) {
	r.want("NY000010", "the start of a transmission")
	f.Sender, f.Number, f.Recipient = r.digits("sender", 9, 16), r.digits("number of the transmission", 17, 23), r.digits("recipient", 24, 31)
	r.advance()
	sum := total{records: 2}
	for r.err == nil && !r.is("NY000089") {
		a, of := r.assignment()
		f.Assignments = append(f.Assignments, a)
		sum.join(of)
	}
	r.end("transmission", sum, 1)
	f.On = r.needDay("day", 42)
	r.advance()
	if r.err == nil && len(r.text) > 0 {
		r.fail("", "follows the end of the transmission")
	}
	return f
}

// assignment reads the start of an assignment, its payments and its end.
func (r *reader) assignment() (a Assignment, sum total) {
	first := r.line
	r.want("NY090020", "the start of an assignment of OCR giro, or the end of the transmission")
	a.Agreement, a.Number, a.Account = r.digits("agreement", 9, 17), r.digits("number of the assignment", 18, 24), r.digits("account", 25, 35)
	r.advance()
	sum.records = 2
	for number := 0; r.err == nil && !r.is("NY090088"); {
		p := r.payment()
		if r.err == nil && p.Number <= number {
			r.err = &Error{p.Line, "number of the payment", "is not above the one before"}
		}
		number = p.Number
		a.Payments = append(a.Payments, p)
		sum.add(&p)
	}
	r.end("assignment", sum, first)
	a.On = r.needDay("day", 42)
	r.advance()
	return a, sum
}

// payment reads the records of a payment.
func (r *reader) payment() (p Payment) {
	p.Line = r.line
	if r.want("NY09", "a payment, or the end of the assignment"); r.err == nil && r.field(7, 8) != "30" {
		r.fail("", "is a record %s, want the first one of a payment (30) or the end of the assignment (NY090088)", r.field(1, 8))
	}
	kind := r.digits("kind of the payment", 5, 6)
	p.Kind = Kind(r.number("kind of the payment", 5, 6))
	if r.err == nil && (p.Kind < Giro || p.Kind > PurchaseWithText) {
		r.fail("kind of the payment", "%d is none of OCR giro", p.Kind)
	}
	number := r.digits("number of the payment", 9, 15)
	p.Number = int(r.number("number of the payment", 9, 15))
	p.On = r.needDay("day", 16)
	p.Statement = r.digits("line of the statement", 22, 31)
	p.Amount = r.amount("amount", 33)
	switch sign := r.field(32, 32); sign {
	case "-":
		p.Amount = -p.Amount
	case "0", " ", "":
	default:
		r.fail("sign", "%q is neither a minus nor 0", sign)
	}
	p.KID = strings.TrimLeft(r.field(50, 74), " ")
	if strings.Trim(p.KID, "0123456789-") != "" {
		r.fail("KID", "%q has other characters than digits", p.KID)
	}
	p.Issuer = r.latin(75, 80)
	r.advance()

	r.want("NY09"+kind+"31", "the second record of a payment")
	r.same(number)
	p.Form, p.Archive = r.digits("form", 16, 25), r.digits("reference of the bank", 26, 34)
	p.Ordered = r.day("day of the order", 42)
	if p.Debtor = r.digits("account of the payer", 48, 58); strings.Trim(p.Debtor, "0") == "" {
		p.Debtor = ""
	}
	r.advance()
	if p.Kind.hasText() && r.err == nil {
		r.want("NY09"+kind+"32", "the third record of a payment")
		r.same(number)
		p.Text = r.latin(16, 55)
		r.advance()
	}
	return p
}

// same fails unless the record has the number of its payment.
func (r *reader) same(number string) {
	if got := r.digits("number of the payment", 9, 15); r.err == nil && got != number {
		r.fail("number of the payment", "is %s, and that of the record before is %s", got, number)
	}
}
