package ocr

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

// reader reads records and their fields. Its first error stays, and everything after it is zero.
type reader struct {
	rest []byte
	line int    // of record
	text []byte // of record; empty after the last one
	err  *Error
}

// fail keeps the first error.
func (r *reader) fail(field, reason string, a ...any) {
	if r.err == nil {
		r.err = &Error{r.line, field, fmt.Sprintf(reason, a...)}
	}
}

// advance reads the next record.
func (r *reader) advance() {
	r.line++
	if len(r.rest) == 0 {
		r.text = nil
		return
	}
	line, rest, _ := bytes.Cut(r.rest, []byte("\n"))
	r.text, r.rest = bytes.TrimSuffix(line, []byte("\r")), rest
	if len(r.text) != width {
		r.fail("", "has %d characters, want %d", len(r.text), width)
		r.text = nil
	}
}

// is reports whether the record is of a service, a kind and a type: NY, two digits, two digits, two digits.
func (r *reader) is(prefix string) bool { return bytes.HasPrefix(r.text, []byte(prefix)) }

// want fails unless the record begins with a prefix.
func (r *reader) want(prefix, what string) {
	switch {
	case r.err != nil || r.is(prefix):
	case len(r.text) == 0:
		r.fail("", "the file ends, want %s (%s)", what, prefix)
	default:
		r.fail("", "is a record %s, want %s (%s)", r.text[:8], what, prefix)
	}
}

// field returns characters from a position to another one, both from 1 and inclusive.
func (r *reader) field(from, to int) string {
	if r.err != nil || len(r.text) < to {
		return ""
	}
	return string(r.text[from-1 : to])
}

// digits returns a field of digits.
func (r *reader) digits(name string, from, to int) string {
	s := r.field(from, to)
	if strings.Trim(s, "0123456789") != "" {
		r.fail(name, "%q is not a number of %d digits", s, to-from+1)
		return ""
	}
	return s
}

// number returns the value of a field of digits.
func (r *reader) number(name string, from, to int) int64 {
	s := r.digits(name, from, to)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		r.fail(name, "%q is too large", s)
	}
	return n
}

// day returns a date of six digits, day, month and year of this century; 0 for zeros.
func (r *reader) day(name string, from int) oslo.Day {
	s := r.digits(name, from, from+5)
	if s == "" || s == "000000" {
		return 0
	}
	t, err := time.Parse("20060102", "20"+s[4:]+s[2:4]+s[:2])
	if err != nil {
		r.fail(name, "%q is not a day", s)
		return 0
	}
	return oslo.Date(t.Year(), t.Month(), t.Day())
}

// needDay returns a date that must be there.
func (r *reader) needDay(name string, from int) oslo.Day {
	d := r.day(name, from)
	if d == 0 {
		r.fail(name, "is missing")
	}
	return d
}

// latin returns a text of ISO-8859-1 without the blanks after it.
func (r *reader) latin(from, to int) string {
	var b strings.Builder
	for _, c := range []byte(r.field(from, to)) {
		b.WriteRune(rune(c))
	}
	return strings.TrimRight(b.String(), " ")
}

// amount returns øre of 17 digits.
func (r *reader) amount(name string, from int) money.Ore {
	return money.Ore(r.number(name, from, from+16))
}

// end compares what an end record says with what was read. Its own record counts.
func (r *reader) end(what string, t total, first int) {
	for _, c := range []struct {
		name      string
		said, got int64
	}{
		{"number of payments of the " + what, r.number("number of payments", 9, 16), int64(t.payments)},
		{"number of records of the " + what, r.number("number of records", 17, 24), int64(t.records)},
		{"sum of the " + what, int64(r.amount("sum", 25)), int64(t.sum)},
	} {
		if c.said != c.got {
			r.fail(c.name, "says %d, and from line %d there are %d", c.said, first, c.got)
		}
	}
}
