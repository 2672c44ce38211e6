package avtalegiro

import (
	"bytes"
	"fmt"
	"strings"

	"bompass/server/bank/nets"
)

// reader reads a transmission.
type reader struct{ *nets.Reader }

// IsMandates reports whether a file begins as one of mandates does.
func IsMandates(data []byte) bool {
	_, second, _ := bytes.Cut(data[:min(len(data), 200)], []byte("\n"))
	return bytes.HasPrefix(data, []byte("NY000010")) && bytes.HasPrefix(second, []byte("NY212420"))
}

// ReadMandates reads mandates. Its error is an *Error.
func ReadMandates(data []byte) (MandateFile, error) {
	r := reader{nets.NewReader(data)}
	f := r.mandates()
	if r.Err != nil {
		return MandateFile{}, r.Err
	}
	return f, nil
}

func (r reader) mandates() (f MandateFile) {
	r.Want("NY000010", "the start of a transmission")
	f.Number = r.Digits("number of the transmission", 17, 23)
	r.Advance()
	sum := nets.Total{Records: 2}
	for r.Err == nil && !r.Is("NY000089") {
		a, of := r.account()
		f.Accounts = append(f.Accounts, a)
		sum.Join(of)
	}
	r.counts("transmission", sum, 1)
	f.On = r.Day("day", 42)
	r.Advance()
	if r.Err == nil && len(r.Text) > 0 {
		r.Fail("", "follows the end of the transmission")
	}
	return f
}

// account reads the mandates of an account.
func (r reader) account() (a AccountMandates, sum nets.Total) {
	a.Line = r.Line
	r.Want("NY212420", "the start of mandates, or the end of the transmission")
	a.Number, a.Account = r.Digits("number of the assignment", 18, 24), r.Digits("account", 25, 35)
	r.Advance()
	sum.Records = 2
	for number := int64(0); r.Err == nil && !r.Is("NY212488"); r.Advance() {
		m := Mandate{Line: r.Line}
		r.Want("NY219470", "a mandate, or the end of the mandates (NY212488)")
		n := r.Number("number of the mandate", 9, 15)
		if n <= number {
			r.Fail("number of the mandate", "is not above the one before")
		}
		number = n
		m.Change = Change(r.Number("kind of the change", 16, 16))
		if m.Change > Ended {
			r.Fail("kind of the change", "is %d, want 0, 1 or 2", m.Change)
		}
		m.KID = strings.TrimLeft(r.Field(17, 41), " ")
		if r.Err == nil && (m.KID == "" || strings.Trim(m.KID, "0123456789-") != "") {
			r.Fail("KID", "%q is no KID", m.KID)
		}
		notice := r.Field(42, 42)
		if r.Err == nil && notice != "J" && notice != "N" {
			r.Fail("notice", "is %q, want J or N", notice)
		}
		m.Notice = notice == "J"
		a.Mandates = append(a.Mandates, m)
		sum.Payments++
		sum.Records++
	}
	r.counts("mandates", sum, a.Line)
	r.Advance()
	return a, sum
}

// counts compares what an end record says with what was read. Mandates have no sum.
func (r reader) counts(what string, t nets.Total, first int) {
	for _, c := range []struct {
		name      string
		said, got int64
	}{
		{"number of mandates of the " + what, r.Number("number of mandates", 9, 16), int64(t.Payments)},
		{"number of records of the " + what, r.Number("number of records", 17, 24), int64(t.Records)},
	} {
		if c.said != c.got {
			r.Fail(c.name, "says %d, and from line %d there are %d", c.said, first, c.got)
		}
	}
}

// WriteMandates returns the records of mandates as a bank sends them. It is what simulators of a bank send.
func WriteMandates(f *MandateFile) []byte {
	w := &nets.Writer{}
	w.Record("NY00001000008080%s%08d", f.Number, 0)
	all := nets.Total{Records: 2}
	for i := range f.Accounts {
		a := &f.Accounts[i]
		w.Record("NY212420%09d%s%s", 0, a.Number, a.Account)
		sum := nets.Total{Records: 2}
		for n := range a.Mandates {
			m := &a.Mandates[n]
			notice := "N"
			if m.Notice {
				notice = "J"
			}
			w.Record("NY219470%07d%d%25s%s", n+1, m.Change, m.KID, notice)
			sum.Payments++
			sum.Records++
		}
		w.Record("NY212488%08d%08d", sum.Payments, sum.Records)
		all.Join(sum)
	}
	w.Record("NY000089%08d%08d%s%s", all.Payments, all.Records, fmt.Sprintf("%017d", 0), nets.Day(f.On))
	return w.Bytes()
}
