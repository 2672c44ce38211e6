package bgmax

import "bompass/shared/money"

// Read reads a file. Its error is an *Error.
func Read(data []byte) (File, error) {
	r := &reader{rest: data}
	r.advance()
	f := r.file()
	if r.err != nil {
		return File{}, r.err
	}
	return f, nil
}

// counts are the numbers of lines that the end of a file says.
type counts struct{ payments, deductions, extra, deposits int64 }

func (r *reader) file() (f File) {
	if r.code != "01" || r.field(3, 22) != "BGMAX" {
		r.fail("", "is not the start of BgMax (01BGMAX)")
	}
	if version := r.field(23, 24); version != "01" {
		r.fail("version", "is %q, want 01", version)
	}
	if f.Stamp = r.digits("instant", 25, 44); len(f.Stamp) != 20 {
		r.fail("instant", "has %d digits, want 20", len(f.Stamp))
	}
	f.On = r.day("instant", 25)
	f.Test = r.field(45, 45) == "T"
	r.advance()
	var got counts
	for r.err == nil && r.code != "70" {
		switch r.code {
		case "":
			r.fail("", "the file ends, want a section (05) or the end (70)")
		case "05":
			f.Sections = append(f.Sections, r.section(&got))
		case "01", "15", "20", "21", "22", "23", "25", "26", "27", "28", "29":
			r.fail("", "is of code %s, want a section (05) or the end (70)", r.code)
		default:
			r.advance()
		}
	}
	r.end(got)
	return f
}

// end compares the counts of the end with what was read.
func (r *reader) end(got counts) {
	for _, c := range []struct {
		name string
		from int
		got  int64
	}{{"number of payments", 3, got.payments}, {"number of deductions", 11, got.deductions}, {"number of extra references", 19, got.extra}, {"number of deposits", 27, got.deposits}} {
		if said := r.number(c.name, c.from, c.from+7); said != c.got {
			r.fail(c.name, "says %d, and there are %d", said, c.got)
		}
	}
	r.advance()
	if r.code != "" {
		r.fail("", "follows the end of the file")
	}
}

// section reads a section up to its deposit.
func (r *reader) section(got *counts) (s Section) {
	s.Line, s.Bankgiro, s.Plusgiro = r.line, r.bare("bankgiro number", 3, 12), r.bare("plusgiro number", 13, 22)
	if s.Currency = r.field(23, 25); s.Currency != "SEK" && s.Currency != "EUR" {
		r.fail("currency", "is %q, want SEK or EUR", s.Currency)
	}
	r.advance()
	for r.err == nil && r.code != "15" {
		switch r.code {
		case "20", "21":
			s.Payments = append(s.Payments, r.payment(got))
		case "":
			r.fail("", "the file ends, want the deposit (15) of the section of line %d", s.Line)
		case "01", "05", "70", "22", "23", "25", "26", "27", "28", "29":
			r.fail("", "is of code %s, want a payment (20), a deduction (21) or the deposit (15) of the section of line %d", r.code, s.Line)
		default:
			r.advance()
		}
	}
	got.deposits++
	r.deposit(&s)
	return s
}

// deposit reads the deposit of a section and compares it with the payments.
func (r *reader) deposit(s *Section) {
	s.Deposit = Deposit{Account: r.bare("account", 3, 37), On: r.day("day of the deposit", 38), Number: r.digits("number of the deposit", 46, 50), Kind: r.field(80, 80)}
	if said := r.amount("sum of the deposit", 51); said != max(s.Sum(), -s.Sum()) {
		r.fail("sum of the deposit", "says %s, and the payments from line %d have %s", said, s.Line, s.Sum())
	}
	if currency := r.field(69, 71); currency != s.Currency {
		r.fail("currency of the deposit", "is %q, and that of the section of line %d is %s", currency, s.Line, s.Currency)
	}
	if said := r.number("number of payments of the deposit", 72, 79); said != int64(len(s.Payments)) {
		r.fail("number of payments of the deposit", "says %d, and from line %d there are %d", said, s.Line, len(s.Payments))
	}
	r.advance()
}

// post reads what payments and extra references have in common.
func (r *reader) post() Post {
	return Post{
		Sender: r.bare("bankgiro number of the payer", 3, 12), Reference: r.field(13, 37), Amount: r.amount("amount", 38),
		Kind: Kind(r.number("kind of the reference", 56, 56)), Channel: int(r.number("channel", 57, 57)),
	}
}

// payment reads a payment with the lines that belong to it.
func (r *reader) payment(got *counts) (p Payment) {
	p.Line, p.Deduction, p.Post, p.Serial, p.Image = r.line, r.code == "21", r.post(), r.digits("serial number", 58, 69), r.field(70, 70) == "1"
	if p.Deduction {
		p.Code = r.field(71, 71)
		got.deductions++
	} else {
		got.payments++
	}
	r.advance()
	for r.err == nil && r.detail(&p, got) {
		r.advance()
	}
	r.complete(&p)
	return p
}

// detail reads a line that belongs to a payment. It reports false for any other line.
func (r *reader) detail(p *Payment, got *counts) bool {
	switch r.code {
	case "22", "23":
		e := r.post()
		if r.code == "23" {
			e.Amount = -e.Amount
		}
		got.extra++
		p.Extra = append(p.Extra, e)
	case "25":
		p.Text = append(p.Text, r.field(3, 52))
	case "26":
		p.Payer.Name, p.Payer.Extra = r.field(3, 37), r.field(38, 72)
	case "27":
		p.Payer.Street, p.Payer.PostalCode = r.field(3, 37), r.field(38, 46)
	case "28":
		p.Payer.City, p.Payer.Country, p.Payer.CountryCode = r.field(3, 37), r.field(38, 72), r.field(73, 74)
	case "29":
		p.Payer.Organisation = r.bare("number of the organisation", 3, 14)
	case "", "01", "05", "15", "20", "21", "70":
		return false
	}
	return true
}

// complete compares the amounts of extra references with that of their payment. They may also be references alone, without amounts.
func (r *reader) complete(p *Payment) {
	var sum money.Ore
	said := false
	for _, e := range p.Extra {
		sum += e.Amount
		said = said || e.Amount != 0
	}
	if said && sum != p.Amount && r.err == nil {
		r.err = &Error{p.Line, "amount", "is " + p.Amount.String() + ", and its extra references have " + sum.String()}
	}
}
