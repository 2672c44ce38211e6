package bgmax

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"bompass/shared/money"
	"bompass/shared/oslo"
)

// width is the number of characters of a line. Programs cut the blanks at its end.
const width = 80

// reader reads lines and their fields. Its first error stays, and everything after it is zero.
type reader struct {
	rest []byte
	line int
	code string // of the line; empty after the last one
	text []byte // of the line, filled up with blanks
	err  *Error
}

// fail keeps the first error.
func (r *reader) fail(field, reason string, a ...any) {
	if r.err == nil {
		r.err = &Error{r.line, field, fmt.Sprintf(reason, a...)}
	}
}

// advance reads the next line that is not blank.
func (r *reader) advance() {
	r.code, r.text = "", nil
	for len(r.rest) > 0 && r.err == nil {
		r.line++
		line, rest, _ := bytes.Cut(r.rest, []byte("\n"))
		r.rest = rest
		line = bytes.TrimRight(line, "\r ")
		switch {
		case len(line) > width:
			r.fail("", "has %d characters, want %d at most", len(line), width)
		case len(line) == 0:
			continue
		case len(line) < 2 || strings.Trim(string(line[:2]), "0123456789") != "":
			r.fail("", "does not begin with a code of two digits")
		default:
			r.text = append(bytes.Clone(line), bytes.Repeat([]byte(" "), width-len(line))...)
			r.code = string(line[:2])
		}
		return
	}
	r.line++
}

// field returns characters from a position to another one, both from 1 and inclusive, without blanks around them.
func (r *reader) field(from, to int) string {
	if r.err != nil || len(r.text) < to {
		return ""
	}
	var b strings.Builder
	for _, c := range r.text[from-1 : to] {
		b.WriteRune(rune(c)) // ISO-8859-1
	}
	return strings.Trim(b.String(), " ")
}

// digits returns a field of digits; it may be blank.
func (r *reader) digits(name string, from, to int) string {
	s := r.field(from, to)
	if strings.Trim(s, "0123456789") != "" {
		r.fail(name, "%q is not a number of %d digits", s, to-from+1)
		return ""
	}
	return s
}

// bare returns a field of digits without the zeros before it.
func (r *reader) bare(name string, from, to int) string {
	return strings.TrimLeft(r.digits(name, from, to), "0")
}

// number returns the value of a field of digits; 0 for blanks.
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

// day returns a date of eight digits: year, month and day.
func (r *reader) day(name string, from int) oslo.Day {
	s := r.digits(name, from, from+7)
	if r.err != nil {
		return 0
	}
	if len(s) == 8 {
		if d, err := oslo.ParseDay(s[:4] + "-" + s[4:6] + "-" + s[6:]); err == nil {
			return d
		}
	}
	r.fail(name, "%q is not a day", s)
	return 0
}

// amountMax is the maximum of an amount: so many of them can be added up.
const amountMax = 1e15

// amount returns an amount of 18 digits.
func (r *reader) amount(name string, from int) money.Ore {
	n := r.number(name, from, from+17)
	if n > amountMax {
		r.fail(name, "%d is too large", n)
	}
	return money.Ore(n)
}
