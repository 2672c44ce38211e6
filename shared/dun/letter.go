package dun

import (
	"time"

	"bompass/shared/money"
	"bompass/shared/oslo"
)

// Letter is a letter about an unpaid claim.
type Letter struct {
	Sent     oslo.Day
	Fee      money.Ore
	Deadline oslo.Day // the last day on which a payment is in time
	Warns    bool     // that the claim goes to a debt collector (inkassovarsel)
}

// Claim is an unpaid invoice as the rules see it.
type Claim struct {
	Due      oslo.Day
	Open     money.Ore // principal not paid yet
	Disputed bool      // with any reason: nothing is sent, and no fee is charged
	Letters  []Letter  // sent so far, the oldest first
}

// Plan is the issuer's choice within the rules.
type Plan struct {
	First    int       // days after the due date when the first letter is sent
	Pause    int       // days after a letter's deadline when the next one is sent: money on its way arrives meanwhile
	Deadline int       // days that a letter gives; at least 14
	Letters  int       // that are sent in all, the last with the warning of a debt collector
	Fees     bool      // whether letters have the fee that the rules allow
	Least    money.Ore // open principal below which nothing is sent: rounding and bank fees leave small amounts over
}

// Standard is a plan of two letters, each with a fee.
func Standard() Plan {
	return Plan{First: feeAfter, Pause: 3, Deadline: deadlineMin, Letters: 2, Fees: true, Least: 50_00}
}

// Next returns the letter that is to be sent on a day. ok is false if none is: the claim is settled or disputed, the time has
// not come, or all letters are sent.
func (p Plan) Next(c Claim, today oslo.Day) (l Letter, ok bool, err error) {
	if c.Open <= 0 || c.Open < p.Least || c.Disputed || len(c.Letters) >= p.Letters || today < p.Due(c) {
		return Letter{}, false, nil
	}
	if today >= regimeEnds {
		return Letter{}, false, MissingError{"letters", today}
	}
	l = Letter{Sent: today, Deadline: today + oslo.Day(max(p.Deadline, deadlineMin)), Warns: len(c.Letters)+1 == p.Letters}
	if p.Fees && mayCharge(c, today) {
		if l.Fee, err = Fee(today); err != nil {
			return Letter{}, false, err
		}
	}
	return l, true, nil
}

// Due returns the first day on which the next letter of an open claim may be sent.
func (p Plan) Due(c Claim) oslo.Day {
	if len(c.Letters) == 0 {
		return c.Due + oslo.Day(max(p.First, 1))
	}
	return c.Letters[len(c.Letters)-1].Deadline + 1 + oslo.Day(p.Pause)
}

// mayCharge reports whether a letter of today may have a fee: two weeks after the due date, at most two letters with one, the
// second after the deadline of the first. Six months after the last of them the count begins anew.
func mayCharge(c Claim, today oslo.Day) bool {
	if today < c.Due+feeAfter {
		return false
	}
	fees, next := 0, today // fees of the series that today's letter would continue
	for i := len(c.Letters) - 1; i >= 0; i-- {
		l := c.Letters[i]
		if l.Fee == 0 {
			continue
		}
		if next >= monthsAfter(l.Sent, feesForgotten) {
			break
		}
		if fees == 0 && today <= l.Deadline {
			return false
		}
		fees++
		next = l.Sent
	}
	return fees < feesMax
}

// monthsAfter returns the day some months later; the last of a shorter month.
func monthsAfter(d oslo.Day, months int) oslo.Day {
	y, m, dd := d.YMD()
	first := oslo.Date(y, m+time.Month(months), 1)
	return min(first+oslo.Day(dd-1), first.Month().Last())
}
