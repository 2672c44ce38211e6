package dunning

import (
	"fmt"

	"bompass/shared/dun"
	"bompass/shared/invoice"
	"bompass/shared/money"
	"bompass/shared/oslo"
)

// rules returns the claim as the rules see it.
func (c *Claim) rules() dun.Claim {
	d := dun.Claim{Due: c.Due, Open: c.open(), Disputed: c.Held}
	for _, l := range c.Letters {
		d.Letters = append(d.Letters, dun.Letter{Sent: l.Sent, Fee: l.Fee, Deadline: l.Deadline})
	}
	return d
}

// open returns what is not paid of the invoice itself. Payments go to it first, and to fees and interest last.
func (c *Claim) open() money.Ore {
	open := c.Principal
	for _, p := range c.Payments {
		open -= p.Amount
	}
	return open
}

// compose returns the reminder of a claim that is sent today, or ErrNone.
func compose(c Claim, plan dun.Plan, today oslo.Day) (invoice.Document, error) {
	next, ok, err := plan.Next(c.rules(), today)
	if err != nil {
		return invoice.Document{}, err
	}
	if !ok {
		return invoice.Document{}, ErrNone
	}
	d := invoice.Document{
		Kind: invoice.KindReminder, Reminds: c.Invoice, Agreement: c.Agreement, Account: c.Account, From: c.From, To: c.To,
		Issued: today, Due: invoice.DueDay(today, int(next.Deadline-today)), Claimed: c.Outstanding, Warns: next.Warns,
	}
	if next.Fee > 0 {
		line, err := feeLine(c, next)
		if err != nil {
			return d, err
		}
		d.Lines = append(d.Lines, line)
	}
	interest, err := interestLine(c, today)
	if err != nil {
		return d, err
	}
	if interest.Amount > 0 {
		d.Lines = append(d.Lines, interest)
	}
	d.VAT, d.Total = invoice.VATOf(d.Lines), invoice.Total(d.Lines)
	if err := invoice.Check(d); err != nil {
		return d, fmt.Errorf("the reminder does not add up: %w", err)
	}
	return d, nil
}

// feeLine returns the line of a letter's fee.
func feeLine(c Claim, next dun.Letter) (invoice.Line, error) {
	rate, regulation, err := dun.CollectionRate(next.Sent)
	return invoice.Line{
		Kind: invoice.LineReminder, At: next.Sent.Start(), List: next.Fee, Amount: next.Fee,
		Late: []invoice.Late{{Amount: rate, From: c.Due, To: next.Sent, Regulation: regulation}},
	}, err
}

// interestLine returns the line of the interest until today: List is all of it, Amount is without that of earlier letters. A payment bears none from the day
// after it.
func interestLine(c Claim, today oslo.Day) (invoice.Line, error) {
	left, all := c.Principal, []dun.Portion(nil)
	add := func(amount money.Ore, until oslo.Day) error {
		list, err := dun.Portions(amount, c.Due, until)
		all = append(all, list...)
		left -= amount
		return err
	}
	for _, p := range c.Payments {
		if err := add(min(p.Amount, left), min(p.On, today)); err != nil {
			return invoice.Line{}, err
		}
	}
	if err := add(left, today); err != nil {
		return invoice.Line{}, err
	}
	l := invoice.Line{Kind: invoice.LineInterest, At: (c.Due + 1).Start(), List: dun.InterestOf(all)}
	l.Amount = l.List
	for _, before := range c.Letters {
		l.Amount -= before.Interest
	}
	for _, p := range all {
		l.Late = append(l.Late, invoice.Late{Amount: p.Amount, From: p.From, To: p.To, Rate: invoice.Rate(p.Hundredths), Regulation: p.Regulation})
	}
	return l, nil
}
