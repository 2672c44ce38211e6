package rating

import (
	"bompass/shared/money"
	"bompass/shared/toll"
)

// Rated is what a passage costs in one rating of its vehicle.
type Rated struct {
	Passage toll.PassageID
	Net     money.Ore
}

// Correction replaces what was charged for a passage, never by editing it: Credit gives back the
// earlier amount and is not positive, Debit charges the new one and is not negative.
type Correction struct {
	Passage       toll.PassageID
	Credit, Debit money.Ore
}

// Sum is what the correction changes.
func (c Correction) Sum() money.Ore { return c.Credit + c.Debit }

// Correct compares two ratings of a vehicle, before and after something became known: a late, moved,
// withdrawn or clock-corrected passage, another class, another agreement. It yields a correction for
// every passage whose charge is another one, first those that stood, then new ones, each in the order
// given; together they sum to the difference between the two, tolling.md.
func Correct(before, after []Rated) (list []Correction) {
	now := make(map[toll.PassageID]money.Ore, len(after))
	for _, r := range after {
		now[r.Passage] = r.Net
	}
	stood := make(map[toll.PassageID]bool, len(before))
	for _, r := range before {
		stood[r.Passage] = true
		if now[r.Passage] != r.Net {
			list = append(list, Correction{Passage: r.Passage, Credit: -r.Net, Debit: now[r.Passage]})
		}
	}
	for _, r := range after {
		if !stood[r.Passage] && r.Net != 0 {
			list = append(list, Correction{Passage: r.Passage, Debit: r.Net})
		}
	}
	return list
}
