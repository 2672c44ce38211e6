package invoice

import (
	"slices"

	"bompass/shared/money"
	"bompass/shared/toll"
)

// Verdict is the result of comparing what an invoice asks for a passage with its price.
type Verdict string

// The verdicts.
const (
	Equal     Verdict = "equal"
	Changed   Verdict = "changed" // the charge was changed after the invoice, and is right now: the difference comes on another one
	Different Verdict = "different"
	Unrated   Verdict = "unrated" // there is no price to compare with: a fee, a correction, or a passage that is not kept any more
)

// Price is the price of a passage by the price lists, and what it is charged now.
type Price struct{ Own, Charged money.Ore }

// Compared is a line with its verdict. Own is its price by the price lists, of all lines of the passage together.
type Compared struct {
	Verdict Verdict
	Asked   money.Ore // by all lines of the passage
	Own     money.Ore
}

// Compare compares each line with the price of its passage. The two lines of a ferry crossing are compared together. later has
// the passages that were charged again after the invoice.
func Compare(lines []Line, prices map[toll.PassageID]Price, later []toll.PassageID) []Compared {
	asked := map[toll.PassageID]money.Ore{}
	for i := range lines {
		if lines[i].Kind == LinePassage || lines[i].Kind == LineFare {
			asked[lines[i].Passage] += lines[i].Amount
		}
	}
	list := make([]Compared, len(lines))
	for i := range lines {
		l := &lines[i]
		price, rated := prices[l.Passage]
		c := Compared{Verdict: Equal, Asked: asked[l.Passage], Own: price.Own}
		switch {
		case !rated || l.Kind != LinePassage && l.Kind != LineFare:
			c.Verdict = Unrated
		case c.Asked == price.Own:
		case price.Own == price.Charged && slices.Contains(later, l.Passage):
			c.Verdict = Changed
		default:
			c.Verdict = Different
		}
		list[i] = c
	}
	return list
}
