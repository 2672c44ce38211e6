package rating

import (
	"bompass/shared/money"
	"bompass/shared/toll"
)

// Rated is the price of a passage in one rating of its vehicle.
type Rated struct {
	Passage toll.PassageID
	Net     money.Ore
}

// Correction replaces the charge of a passage without editing it: Credit returns the earlier amount and is not
// positive, Debit charges the new amount and is not negative.
type Correction struct {
	Passage       toll.PassageID
	Credit, Debit money.Ore
}

// Sum returns the difference that the correction makes.
func (c Correction) Sum() money.Ore { return c.Credit + c.Debit }

// Correct compares two ratings of a vehicle, before and after a change: a late, moved, withdrawn or
// clock-corrected passage, another class, another agreement. It returns a correction for every passage whose
// charge differs, first those of the first rating, then new ones, each in the order given. The corrections sum to
// the difference between the two ratings.
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
