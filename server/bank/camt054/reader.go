package camt054

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"bompass/shared/money"
	"bompass/shared/oslo"
)

// Bounds of what is read of a message.
const (
	depthMax = 40
	textMax  = 1000 // bytes of a text; the longest of the format has 500 characters
)

// reader reads elements one by one. Its first error stays, and everything after it is zero.
type reader struct {
	decoder *xml.Decoder
	path    []string
	last    string // element that was read to its end last
	money   string // currency of the element that was begun last
	entry   int    // number of the entry in its notification, from 1
	payment int    // number of the payment in its entry, from 1
	err     *Error
}

func newReader(from io.Reader) *reader { return &reader{decoder: xml.NewDecoder(from)} }

// line returns the line that has been read to.
func (r *reader) line() int {
	line, _ := r.decoder.InputPos()
	return line
}

// fail keeps the first error, at the element that is read.
func (r *reader) fail(reason string, a ...any) { r.failAt(r.line(), reason, a...) }

func (r *reader) failAt(line int, reason string, a ...any) {
	if r.err == nil {
		r.err = &Error{line, r.where(), fmt.Sprintf(reason, a...)}
	}
}

// where returns the path of the element that is read.
func (r *reader) where() string {
	var b strings.Builder
	for i, name := range r.path {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(name)
		switch name {
		case "Ntry":
			fmt.Fprintf(&b, "[%d]", r.entry)
		case "TxDtls":
			fmt.Fprintf(&b, "[%d]", r.payment)
		}
	}
	return b.String()
}

// token returns the next token and follows the path. It returns nil at the end and after an error.
func (r *reader) token() xml.Token {
	if r.err != nil {
		return nil
	}
	t, err := r.decoder.Token()
	if err != nil {
		wrong := &xml.SyntaxError{}
		switch {
		case errors.Is(err, io.EOF) && len(r.path) == 0:
		case errors.As(err, &wrong):
			r.failAt(wrong.Line, "%s", wrong.Msg)
		default:
			r.fail("%v", err)
		}
		return nil
	}
	switch t := t.(type) {
	case xml.StartElement:
		if len(r.path) == depthMax {
			r.fail("is nested more than %d deep", depthMax)
			return nil
		}
		r.path = append(r.path, t.Name.Local)
		r.money = ""
		for _, a := range t.Attr {
			if a.Name.Local == "Ccy" {
				r.money = a.Value
			}
		}
	case xml.EndElement:
		r.last = r.path[len(r.path)-1]
		r.path = r.path[:len(r.path)-1]
	case xml.Directive:
		r.fail("defines a document type, which is not read")
		return nil
	}
	return t
}

// root reads to the first element, and returns its namespace if it has a name.
func (r *reader) root(name string) (space string, ok bool) {
	for t := r.token(); t != nil; t = r.token() {
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local != name {
				r.fail("is no %s", name)
			}
			return t.Name.Space, r.err == nil
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				r.fail("begins with a text, want XML")
			}
		}
	}
	r.fail("is empty, want XML")
	return "", false
}

// end fails if anything follows the root but blanks and comments.
func (r *reader) end() {
	for t := r.token(); t != nil; t = r.token() {
		switch t := t.(type) {
		case xml.StartElement:
			r.fail("follows the end of the message")
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				r.fail("a text follows the end of the message")
			}
		}
	}
}

// each calls f for each element in the one that is read, which it reads to its end. What f does not read is passed over.
func (r *reader) each(f func(name string)) { r.mixed(f) }

// mixed is each for elements that may have a text of their own, which it returns without blanks around it.
func (r *reader) mixed(f func(name string)) string {
	depth := len(r.path)
	var b strings.Builder
	for t := r.token(); t != nil; t = r.token() {
		switch t := t.(type) {
		case xml.StartElement:
			f(t.Name.Local)
			for len(r.path) > depth && r.token() != nil {
			}
		case xml.EndElement:
			return strings.TrimSpace(b.String())
		case xml.CharData:
			if b.Len()+len(t) <= textMax {
				b.Write(t)
			} else if strings.TrimSpace(string(t)) != "" {
				r.fail("has more than %d characters", textMax)
			}
		}
	}
	return ""
}

// at calls f for the elements of a name.
func (r *reader) at(name string, f func()) {
	r.each(func(found string) {
		if found == name {
			f()
		}
	})
}

// text returns the text of the element that is read, without blanks around it.
func (r *reader) text() string { return r.mixed(func(string) {}) }

// failLast keeps the first error, at the element that was read to its end last.
func (r *reader) failLast(reason string, a ...any) {
	if r.err == nil {
		r.path = append(r.path, r.last)
		r.fail(reason, a...)
	}
}

// count returns a number of at most 15 digits.
func (r *reader) count() int {
	s := r.text()
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || len(s) > 15 {
		r.failLast("%q is not a number", s)
	}
	return n
}

// amount returns hundredths of a currency, and its code.
func (r *reader) amount() (money.Ore, string) {
	currency := r.money
	s := r.text()
	short := s
	if whole, decimals, ok := strings.Cut(s, "."); ok && len(decimals) > 2 {
		short = whole + "." + decimals[:2] + strings.TrimRight(decimals[2:], "0")
	}
	amount, err := money.Parse(short)
	switch {
	case err != nil || amount < 0:
		r.failLast("%q is not an amount with at most two decimals", s)
	case len(currency) != 3:
		r.failLast("has no currency")
	}
	return amount, currency
}

// credit reports whether a text says that money came in.
func (r *reader) credit(side string) bool {
	if r.err == nil && side != "CRDT" && side != "DBIT" {
		r.fail("CdtDbtInd is %q, want CRDT or DBIT", side)
	}
	return side == "CRDT"
}

// day returns the day of a date, or of an instant as the bank's clock shows it.
func (r *reader) day() oslo.Day {
	s := r.text()
	if len(s) > 10 && s[10] == 'T' {
		s = s[:10]
	}
	d, err := oslo.ParseDay(s)
	if err != nil {
		r.failLast("%q is not a day", s)
	}
	return d
}

// date returns the day of an element with a date or an instant.
func (r *reader) date() (d oslo.Day) {
	r.each(func(name string) {
		if name == "Dt" || name == "DtTm" {
			d = r.day()
		}
	})
	return d
}
