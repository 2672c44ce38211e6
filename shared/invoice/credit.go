package invoice

import (
	"maps"
	"slices"

	"bompass/shared/fault"
	"bompass/shared/money"
)

// Left returns how much of each line of an invoice its credit notes leave.
func Left(of Document, notes []Document) []money.Ore {
	left := make([]money.Ore, len(of.Lines))
	for i := range of.Lines {
		left[i] = of.Lines[i].Amount
	}
	for _, note := range notes {
		for _, l := range note.Lines {
			left[l.Credits-1] -= l.Amount
		}
	}
	return left
}

// Credit returns the credit note over some lines of an invoice, numbered from 1, with the amount of each. notes are the credit
// notes that the invoice has already; together they never credit more than a line has. The VAT of a credit note is the
// difference that it makes to the VAT of all, so that many small ones add up to exactly the invoice's: the last takes the
// remainder of rounding.
//
// It returns fault.FieldWrong at "line" for a line that the invoice has not or that is in the customer's favour, and at
// "amount" for an amount that is nothing or more than what is left of the line.
func Credit(of Document, notes []Document, amounts map[int]money.Ore) (Document, error) {
	left := Left(of, notes)
	note := noteOf(of)
	for _, number := range slices.Sorted(maps.Keys(amounts)) {
		if number < 1 || number > len(of.Lines) || of.Lines[number-1].Amount <= 0 {
			return Document{}, fault.New(fault.FieldWrong).At("line")
		}
		if amounts[number] <= 0 || amounts[number] > left[number-1] {
			return Document{}, fault.New(fault.FieldWrong).At("amount")
		}
		l := of.Lines[number-1]
		l.Amount, l.Credits = amounts[number], number
		note.Lines = append(note.Lines, l)
	}
	addSums(&note, notes)
	return note, nil
}

// CreditAll returns the credit note over everything that is left of a document, lines in the customer's favour included. ok is
// false if nothing is.
func CreditAll(of Document, notes []Document) (note Document, ok bool) {
	note = noteOf(of)
	for i, left := range Left(of, notes) {
		if left != 0 {
			l := of.Lines[i]
			l.Amount, l.Credits = left, i+1
			note.Lines = append(note.Lines, l)
		}
	}
	addSums(&note, notes)
	return note, len(note.Lines) > 0
}

// noteOf returns a credit note without lines.
func noteOf(of Document) Document {
	return Document{Kind: KindCredit, Agreement: of.Agreement, Credits: of.Number, From: of.From, To: of.To}
}

// addSums adds total and VAT to a note that follows others.
func addSums(note *Document, notes []Document) {
	var before []Line
	for _, n := range notes {
		before = append(before, n.Lines...)
	}
	note.Total, note.VAT = Total(note.Lines), vatBetween(before, note.Lines)
}

// vatBetween returns the VAT that lines add to that of those before.
func vatBetween(before, lines []Line) []VATSum {
	list := VATOf(lines)
	all, former := VATOf(append(slices.Clone(before), lines...)), VATOf(before)
	for i := range list {
		list[i].VAT = vatAt(all, list[i].Rate) - vatAt(former, list[i].Rate)
		list[i].Base = list[i].Amount - list[i].VAT
	}
	return list
}

// vatAt returns the VAT of one rate.
func vatAt(list []VATSum, rate Rate) money.Ore {
	for _, v := range list {
		if v.Rate == rate {
			return v.VAT
		}
	}
	return 0
}
