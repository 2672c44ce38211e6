package rating

import (
	"time"

	"bompass/shared/money"
	"bompass/shared/toll"
)

// Rule names the kind of a step. Names are published (explanations, CLI, database) and never change.
type Rule string

// The rules in the order in which they are applied.
const (
	RuleList         Rule = "list"          // list price: Ore is the price; Band, Class and Tariff say which
	RuleExempt       Rule = "exempt"        // not charged: Text is the exemption kind
	RuleDirection    Rule = "direction"     // not charged in this direction
	RuleToll         Rule = "toll"          // toll part of a ferry crossing, outside VAT
	RuleDuplicate    Rule = "duplicate"     // the same passage as By, which is charged
	RuleTag          Rule = "tag"           // tag discount: Num/Den is the share taken off; Text is "plate" on a plate match
	RuleSupplement   Rule = "supplement"    // discount of a supplementary agreement: Text is the product, Num/Den the share taken off
	RuleZeroEmission Rule = "zero-emission" // Num/Den is the share that is paid
	RulePair         Rule = "pair"          // linked stations: charged together with By within Mins, or free without a passage at the paired station
	RuleAnnul        Rule = "annul"         // linked stations: free together with By within Mins
	RuleHour         Rule = "hour"          // inside another passage's window: By is the passage that carried the charge
	RuleWaive        Rule = "waive"         // linked stations: free because of By, which was paid within Mins
	RuleDay          Rule = "day"           // beyond Amount, the most that a calendar day costs
	RuleCap          Rule = "cap"           // beyond the monthly cap: Count of Of
	RuleCounted      Rule = "counted"       // this paid passage is number Count of Of; Ore is 0
	RulePending      Rule = "pending"       // not final: a passage within Mins that is not known yet can change it
	RuleVAT          Rule = "vat"           // Amount of VAT at Num/Den is included in the fare; Ore is 0

	// Rules used only when charges are posted, never returned by rating.
	RuleWithdrawn Rule = "withdrawn" // the passage did not happen: Text is the station's reason
	RuleMoved     Rule = "moved"     // refunded here: the passage now belongs to another payer
)

// TakesBack reports whether a charge with the rule as its only reason is refunded whole.
func (r Rule) TakesBack() bool { return r == RuleWithdrawn || r == RuleMoved }

// Step is one reason of a charge. The Ore of all steps of a charge sum to its net amount.
type Step struct {
	Rule   Rule           `json:"rule"`
	Ore    money.Ore      `json:"ore"`
	Tariff string         `json:"tariff,omitempty"` // version: "oslo@2023-03-01"
	Class  string         `json:"class,omitempty"`  // toll.Class in words
	Band   string         `json:"band,omitempty"`   // "base" or the band's name, "rush"
	Num    int            `json:"num,omitempty"`
	Den    int            `json:"den,omitempty"`
	From   time.Time      `json:"from,omitzero"` // start of the hour-rule window
	Mins   int            `json:"mins,omitempty"`
	By     toll.PassageID `json:"by,omitempty"`
	Count  int            `json:"count,omitempty"`
	Of     int            `json:"of,omitempty"`
	Text   string         `json:"text,omitempty"`
	Amount money.Ore      `json:"amount,omitempty"` // amount that the rule refers to; not part of the sum
}

// Sum returns the net amount of a charge's steps.
func Sum(steps []Step) (net money.Ore) {
	for _, s := range steps {
		net += s.Ore
	}
	return net
}
