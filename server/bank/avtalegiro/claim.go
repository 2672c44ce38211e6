package avtalegiro

import (
	"strings"

	"bompass/server/bank/nets"
)

// The records of an assignment of claims, and of one of deletions.
var (
	claims    = kind{start: "NY210020", end: "NY210088", name: "claims"}
	deletions = kind{start: "NY213620", end: "NY213688", name: "deletions"}
)

type kind struct{ start, end, name string }

// typeOf returns the type of a record of a claim.
func (k *kind) typeOf(c *Claim) string {
	switch {
	case k.start == deletions.start:
		return "93"
	case c.Notice:
		return "21"
	}
	return "02"
}

// WriteClaims returns the records of a transmission: claims, then deletions.
func WriteClaims(f *ClaimFile) []byte {
	w := &nets.Writer{}
	w.Record("NY000010%s%s00008080", f.Sender, f.Number)
	all := nets.Total{Records: 2}
	for _, part := range []struct {
		kind
		list []Claim
	}{{claims, f.Claims}, {deletions, f.Deletions}} {
		if len(part.list) == 0 {
			continue
		}
		w.Record("%s%09d%s%s", part.start, 0, f.assignment(&part.kind), f.Account)
		sum := nets.Total{Records: 2}
		for i := range part.list {
			c := &part.list[i]
			record := part.typeOf(c)
			w.Record("NY21%s30%07d%s%11s%017d%25s", record, i+1, nets.Day(c.Due), "", c.Amount, c.KID)
			w.Record("NY21%s31%07d%-10s%25s%-25s", record, i+1, cut(c.Name, 10), "", cut(c.Text, 25))
			sum.Add(2, c.Amount, c.Due)
		}
		w.Record("%s%08d%08d%017d%s%s", part.end, sum.Payments, sum.Records, sum.Sum, nets.Day(sum.First), nets.Day(sum.Last))
		all.Join(sum)
	}
	w.Record("NY000089%08d%08d%017d%s", all.Payments, all.Records, all.Sum, nets.Day(all.First))
	return w.Bytes()
}

// assignment returns the number of an assignment, which no other one of a year has: that of the transmission and of the kind.
func (f *ClaimFile) assignment(k *kind) string {
	last := "0"
	if k.start == deletions.start {
		last = "1"
	}
	return f.Number[1:] + last
}

// cut returns the first n characters of a text.
func cut(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

// ReadClaims reads a transmission of claims, with one account. Specifications for the payer are passed over. Its error is an *Error.
func ReadClaims(data []byte) (ClaimFile, error) {
	r := reader{nets.NewReader(data)}
	f := r.claims()
	if r.Err != nil {
		return ClaimFile{}, r.Err
	}
	return f, nil
}

func (r reader) claims() (f ClaimFile) {
	r.Want("NY000010", "the start of a transmission")
	f.Sender, f.Number = r.Digits("sender", 9, 16), r.Digits("number of the transmission", 17, 23)
	r.Advance()
	sum := nets.Total{Records: 2}
	for r.Err == nil && !r.Is("NY000089") {
		k := &claims
		if r.Is(deletions.start) {
			k = &deletions
		}
		list, of := r.assignment(&f, k)
		if k == &deletions {
			f.Deletions = append(f.Deletions, list...)
		} else {
			f.Claims = append(f.Claims, list...)
		}
		sum.Join(of)
	}
	r.End("transmission", sum, 1)
	r.Advance()
	if r.Err == nil && len(r.Text) > 0 {
		r.Fail("", "follows the end of the transmission")
	}
	return f
}

// assignment reads an assignment of claims or of deletions.
func (r reader) assignment(f *ClaimFile, k *kind) (list []Claim, sum nets.Total) {
	first := r.Line
	r.Want(k.start, "the start of "+k.name+", or the end of the transmission")
	f.Account = r.Digits("account", 25, 35)
	r.Advance()
	sum.Records = 2
	for r.Err == nil && !r.Is(k.end) {
		c, records := r.claim(k)
		list = append(list, c)
		sum.Add(records, c.Amount, c.Due)
	}
	r.End(k.name, sum, first)
	r.Advance()
	return list, sum
}

// claim reads the records of a claim, and returns their number.
func (r reader) claim(k *kind) (c Claim, records int) {
	c.Notice = r.Is("NY2121")
	record := k.typeOf(&c)
	r.Want("NY21"+record+"30", "the first record of a claim, or the end ("+k.end+")")
	number := r.Digits("number of the claim", 9, 15)
	c.Due, c.Amount = r.NeedDay("due day", 16), r.Amount("amount", 33)
	c.KID = strings.TrimLeft(r.Field(50, 74), " ")
	r.Advance()
	r.Want("NY21"+record+"31", "the second record of a claim")
	if got := r.Digits("number of the claim", 9, 15); r.Err == nil && got != number {
		r.Fail("number of the claim", "is %s, and that of the record before is %s", got, number)
	}
	c.Name, c.Text = r.Latin(16, 25), r.Latin(51, 75)
	r.Advance()
	for records = 2; r.Is("NY21" + record + "49"); records++ {
		r.Advance()
	}
	return c, records
}
