// Package nets reads and writes records of 80 characters in ISO-8859-1, of which the files of the Norwegian banks' payment service
// (OCR giro, AvtaleGiro) are made. A record begins with NY, the service, its kind and its type, two digits each.
package nets

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"bompass/shared/money"
	"bompass/shared/oslo"
)

// width is the number of characters of a record.
const width = 80

// Reader reads records and their fields. Its first error stays, and everything after it is zero.
type Reader struct {
	Line int    // of the record, from 1
	Text []byte // the record; empty after the last one
	Err  *Error
	rest []byte
}

// NewReader returns a Reader at the first record of a file.
func NewReader(data []byte) *Reader {
	r := &Reader{rest: data}
	r.Advance()
	return r
}

// Error is why a file is not read.
type Error struct {
	Line   int    // from 1
	Field  string // empty for the record as a whole
	Reason string
}

// Error names the line and the field.
func (e *Error) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
	}
	return fmt.Sprintf("line %d, %s: %s", e.Line, e.Field, e.Reason)
}

// Total is what an end record says of the records before it.
type Total struct {
	Payments, Records int
	Sum               money.Ore
	First, Last       oslo.Day
}

// Add counts a payment of some records.
func (t *Total) Add(records int, amount money.Ore, on oslo.Day) {
	t.Payments++
	t.Records += records
	t.Sum += amount
	if t.First == 0 || on < t.First {
		t.First = on
	}
	t.Last = max(t.Last, on)
}

// Join adds the total of an assignment.
func (t *Total) Join(a Total) {
	t.Payments += a.Payments
	t.Records += a.Records
	t.Sum += a.Sum
	if t.First == 0 || a.First != 0 && a.First < t.First {
		t.First = a.First
	}
	t.Last = max(t.Last, a.Last)
}

// Fail keeps the first error.
func (r *Reader) Fail(field, reason string, a ...any) {
	if r.Err == nil {
		r.Err = &Error{r.Line, field, fmt.Sprintf(reason, a...)}
	}
}

// Advance reads the next record.
func (r *Reader) Advance() {
	r.Line++
	if len(r.rest) == 0 {
		r.Text = nil
		return
	}
	line, rest, _ := bytes.Cut(r.rest, []byte("\n"))
	r.Text, r.rest = bytes.TrimSuffix(line, []byte("\r")), rest
	if len(r.Text) != width {
		r.Fail("", "has %d characters, want %d", len(r.Text), width)
		r.Text = nil
	}
}

// Is reports whether the record is of a service, a kind and a type: NY, two digits, two digits, two digits.
func (r *Reader) Is(prefix string) bool { return bytes.HasPrefix(r.Text, []byte(prefix)) }

// Want fails unless the record begins with a prefix.
func (r *Reader) Want(prefix, what string) {
	switch {
	case r.Err != nil || r.Is(prefix):
	case len(r.Text) == 0:
		r.Fail("", "the file ends, want %s (%s)", what, prefix)
	default:
		r.Fail("", "is a record %s, want %s (%s)", r.Text[:8], what, prefix)
	}
}

// Field returns characters from a position to another one, both from 1 and inclusive.
func (r *Reader) Field(from, to int) string {
	if r.Err != nil || len(r.Text) < to {
		return ""
	}
	return string(r.Text[from-1 : to])
}

// Digits returns a field of digits.
func (r *Reader) Digits(name string, from, to int) string {
	s := r.Field(from, to)
	if strings.Trim(s, "0123456789") != "" {
		r.Fail(name, "%q is not a number of %d digits", s, to-from+1)
		return ""
	}
	return s
}

// Number returns the value of a field of digits.
func (r *Reader) Number(name string, from, to int) int64 {
	s := r.Digits(name, from, to)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		r.Fail(name, "%q is too large", s)
	}
	return n
}

// Day returns a date of six digits, day, month and year of this century; 0 for zeros.
func (r *Reader) Day(name string, from int) oslo.Day {
	s := r.Digits(name, from, from+5)
	if s == "" || s == "000000" {
		return 0
	}
	t, err := time.Parse("20060102", "20"+s[4:]+s[2:4]+s[:2])
	if err != nil {
		r.Fail(name, "%q is not a day", s)
		return 0
	}
	return oslo.Date(t.Year(), t.Month(), t.Day())
}

// NeedDay returns a date that must be there.
func (r *Reader) NeedDay(name string, from int) oslo.Day {
	d := r.Day(name, from)
	if d == 0 {
		r.Fail(name, "is missing")
	}
	return d
}

// Latin returns a text of ISO-8859-1 without the blanks after it.
func (r *Reader) Latin(from, to int) string {
	var b strings.Builder
	for _, c := range []byte(r.Field(from, to)) {
		b.WriteRune(rune(c))
	}
	return strings.TrimRight(b.String(), " ")
}

// Amount returns øre of 17 digits.
func (r *Reader) Amount(name string, from int) money.Ore {
	return money.Ore(r.Number(name, from, from+16))
}

// End compares what an end record says with what was read. Its own record counts.
func (r *Reader) End(what string, t Total, first int) {
	for _, c := range []struct {
		name      string
		said, got int64
	}{
		{"number of payments of the " + what, r.Number("number of payments", 9, 16), int64(t.Payments)},
		{"number of records of the " + what, r.Number("number of records", 17, 24), int64(t.Records)},
		{"sum of the " + what, int64(r.Amount("sum", 25)), int64(t.Sum)},
	} {
		if c.said != c.got {
			r.Fail(c.name, "says %d, and from line %d there are %d", c.said, first, c.got)
		}
	}
}
