// Package dun has the Norwegian rules of reminding people of unpaid invoices: from when on a letter may have a fee, how large
// fee and interest are, and which letter comes next. Every number has the day from which it is in force and the regulation
// that set it. Where no rule is known for a day, the functions return an error that names what is missing; nothing is
// guessed.
//
// Sources: inkassolova, inkassoforskriften chapter 1 (fees), forsinkelsesrenteloven § 3 and the regulations of every
// half-year (interest).
package dun

import (
	"fmt"

	"bompass/shared/money"
	"bompass/shared/oslo"
)

// Days that letters and payers are given.
const (
	feeAfter      = 14 // days after the due date: an earlier letter is free of charge
	deadlineMin   = 14 // days from the sending of a letter
	feesMax       = 2  // letters with a fee for one claim
	feesForgotten = 6  // months after the last letter with a fee, when the count begins anew
)

// MissingError is a rule that no table has for a day. A run that meets it stops.
type MissingError struct {
	Rule string // what is missing: "late interest", "fee rate" or "letters"
	Day  oslo.Day
}

// Error says what is missing and what to do.
func (m MissingError) Error() string {
	return fmt.Sprintf("no %s is known for %s; add the regulation to package dun", m.Rule, m.Day)
}

// CollectionRate returns the collection rate (inkassosats) of a day, which fees are a share of, and the regulation that set it.
func CollectionRate(on oslo.Day) (rate money.Ore, regulation string, err error) {
	for _, r := range collectionRates {
		if r.from <= on && on < r.until {
			return r.rate, r.regulation, nil
		}
	}
	return 0, "", MissingError{"fee rate", on}
}

// Fee returns the fee of one letter that is sent on a day: a twentieth of the collection rate of that day, in whole kroner,
// half a krone up.
func Fee(sent oslo.Day) (money.Ore, error) {
	rate, _, err := CollectionRate(sent)
	if err != nil {
		return 0, err
	}
	return money.Ore((int64(rate)/100 + 10) / 20 * 100), nil
}

// Portion is an amount that bears interest at one rate for some days.
type Portion struct {
	Amount     money.Ore
	From, To   oslo.Day // the last day, included
	Hundredths int      // of a percent a year
	Regulation string
}

// Portions returns the portions of an amount from the day after its due date up to and including the day of payment, one for
// each half-year.
func Portions(amount money.Ore, due, paid oslo.Day) (list []Portion, err error) {
	if amount <= 0 {
		return nil, nil
	}
	for day := due + 1; day <= paid; {
		rate, ok := interestOn(day)
		if !ok {
			return nil, MissingError{"late interest", day}
		}
		last := min(rate.until-1, paid)
		list = append(list, Portion{amount, day, last, rate.hundredths, rate.regulation})
		day = last + 1
	}
	return list, nil
}

// InterestOf returns the interest of portions. It is simple: each day counts a 365th of its rate, and the sum is rounded once.
func InterestOf(list []Portion) money.Ore {
	var sum int64 // øre × days × hundredths of a percent
	for _, p := range list {
		sum += int64(p.Amount) * int64(p.To-p.From+1) * int64(p.Hundredths)
	}
	return money.Ore(sum).Share(1, 365*10_000)
}

// Interest returns the late interest of an amount that is paid on one day.
func Interest(principal money.Ore, due, paid oslo.Day) (money.Ore, error) {
	list, err := Portions(principal, due, paid)
	return InterestOf(list), err
}

// Compensation returns what a business may be asked for besides, for the cost of collection, on the day of the due date.
func Compensation(due oslo.Day) (money.Ore, error) {
	rate, ok := interestOn(due)
	if !ok {
		return 0, MissingError{"compensation", due}
	}
	return rate.compensation, nil
}

// interestOn returns the rate of a day.
func interestOn(day oslo.Day) (interestRate, bool) {
	for _, r := range interestRates {
		if r.from <= day && day < r.until {
			return r, true
		}
	}
	return interestRate{}, false
}
