// Package invoice says what a document of money is: an invoice, a credit note or a reminder with its lines, its sums by toll company and
// vehicle, and its VAT. A document is added up from its lines alone, so a browser gets the same sums as the server.
//
// Amounts include VAT, as prices of tolls and ferries do. VAT is computed once for each rate of a document, never by line
// (EN 16931, BR-CO-17).
package invoice

import (
	"cmp"
	"slices"
	"time"

	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// Kind is the kind of a document.
type Kind string

// The kinds. Each has a series of numbers of its own.
const (
	KindInvoice Kind = "invoice"
	KindCredit  Kind = "credit" // reduces what a document says; its lines have the amounts that are given back
	// KindReminder asks again for an invoice that is overdue. Its lines are the fee and the interest alone: the amount of the
	// invoice stays apart.
	KindReminder Kind = "reminder"
)

// LineKind is what a line is for.
type LineKind string

// The kinds of lines. A ferry crossing is two lines, because only its fare has VAT.
const (
	LinePassage    LineKind = "passage"
	LineFare       LineKind = "fare"       // of a ferry
	LineCorrection LineKind = "correction" // of a passage that an earlier invoice has; its amount may be negative
	LineTagFee     LineKind = "tag.fee"
	LineDeposit    LineKind = "deposit"
	LinePaperFee   LineKind = "paper.fee"
	LineReminder   LineKind = "reminder.fee"
	LineInterest   LineKind = "interest"
)

// Rate is a rate of VAT in hundredths of a percent; 0 is exempt or outside the act.
type Rate int

// The rates in Norway. Domestic ferries have the low one (merverdiavgiftsloven § 5-4); tolls, deposits and fees for late
// payment have none.
const (
	NoVAT       Rate = 0
	LowVAT      Rate = 12_00
	StandardVAT Rate = 25_00
)

// RateOf returns the rate of a kind of lines.
func RateOf(kind LineKind) Rate {
	switch kind {
	case LineFare:
		return LowVAT
	case LineTagFee, LinePaperFee:
		return StandardVAT
	case LinePassage, LineCorrection, LineDeposit, LineReminder, LineInterest:
	}
	return NoVAT
}

// Line is a line of a document. What it says is kept with the document and never read again from passages or prices.
type Line struct {
	Kind        LineKind       `json:"kind"`
	Passage     toll.PassageID `json:"passage,omitempty"`
	Revision    int            `json:"revision,omitempty"` // of the passage's charge, up to which the amount counts
	At          time.Time      `json:"at"`                 // of the passage, or from when the fee is due
	Station     toll.StationID `json:"station,omitempty"`
	StationName string         `json:"stationName,omitempty"`
	Charger     toll.ChargerID `json:"charger"`
	ChargerName string         `json:"chargerName"`
	Vehicle     toll.VehicleID `json:"vehicle,omitempty"`
	Plate       toll.Plate     `json:"plate,omitzero"`
	Tag         toll.TagID     `json:"tag,omitempty"`
	Reference   string         `json:"reference,omitempty"` // the customer's own, of the vehicle
	List        money.Ore      `json:"list"`                // before discounts
	Amount      money.Ore      `json:"amount"`              // to pay, with VAT
	VAT         Rate           `json:"vat,omitempty"`
	Tariff      string         `json:"tariff,omitempty"`
	Steps       []rating.Step  `json:"steps,omitempty"`    // why the amount is what it is
	Corrects    string         `json:"corrects,omitempty"` // number of the invoice with the line that this one corrects
	Credits     int            `json:"credits,omitempty"`  // of a credit note: number of the invoice's line, from 1
	Late        []Late         `json:"late,omitempty"`     // why a fee or interest of a reminder is what it is
}

// Late is the rule behind the fee or a part of the interest of a reminder.
type Late struct {
	Amount     money.Ore `json:"amount"`         // that bears interest; of a fee, the collection rate that it is a twentieth of
	From       oslo.Day  `json:"from"`           // of a fee, when the invoice was due
	To         oslo.Day  `json:"to"`             // the last day
	Rate       Rate      `json:"rate,omitempty"` // of interest, a year
	Regulation string    `json:"regulation"`
}

// Document is an invoice, a credit note or a reminder.
type Document struct {
	Kind      Kind      `json:"kind"`
	Number    string    `json:"number"`
	KID       string    `json:"kid,omitempty"`
	Account   string    `json:"account,omitempty"` // number of the bank account to pay to
	Agreement string    `json:"agreement"`         // number
	Credits   string    `json:"credits,omitempty"` // number of the document that a credit note reduces
	Reason    string    `json:"reason,omitempty"`  // of a credit note
	Reminds   string    `json:"reminds,omitempty"` // number of the invoice that a reminder asks for
	Claimed   money.Ore `json:"claimed,omitempty"` // of a reminder: what was outstanding before it, which it asks for beside its lines
	Warns     bool      `json:"warns,omitempty"`   // of a reminder: that the claim goes to a debt collector (inkassovarsel)
	From      oslo.Day  `json:"from"`
	To        oslo.Day  `json:"to"` // the last day
	Issued    oslo.Day  `json:"issued"`
	Due       oslo.Day  `json:"due"`
	Lines     []Line    `json:"lines"`
	VAT       []VATSum  `json:"vat"`
	Total     money.Ore `json:"total"`
}

// Sum is a sum of lines that have something in common.
type Sum struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Lines  int       `json:"lines"`
	Amount money.Ore `json:"amount"`
}

// VATSum is the VAT of the lines with one rate. Base and VAT add up to Amount.
type VATSum struct {
	Rate   Rate      `json:"rate"`
	Base   money.Ore `json:"base"`
	VAT    money.Ore `json:"vat"`
	Amount money.Ore `json:"amount"`
}

// Total returns the sum of lines.
func Total(lines []Line) (sum money.Ore) {
	for i := range lines {
		sum += lines[i].Amount
	}
	return sum
}

// VATOf returns the VAT of lines by rate, the lowest rate first.
func VATOf(lines []Line) []VATSum {
	var list []VATSum
	for i := range lines {
		at := slices.IndexFunc(list, func(v VATSum) bool { return v.Rate == lines[i].VAT })
		if at < 0 {
			at, list = len(list), append(list, VATSum{Rate: lines[i].VAT})
		}
		list[at].Amount += lines[i].Amount
	}
	for i := range list {
		list[i].VAT = vatIn(list[i].Amount, list[i].Rate)
		list[i].Base = list[i].Amount - list[i].VAT
	}
	slices.SortFunc(list, func(a, b VATSum) int { return cmp.Compare(a.Rate, b.Rate) })
	return list
}

// vatIn returns the VAT that an amount with VAT contains.
func vatIn(amount money.Ore, rate Rate) money.Ore {
	return amount.Share(int64(rate), 100_00+int64(rate))
}

// ByCharger returns the sums by toll company, in the order of their first lines.
func ByCharger(lines []Line) []Sum {
	return sums(lines, func(l *Line) (id, name string) { return string(l.Charger), l.ChargerName })
}

// ByVehicle returns the sums by vehicle, in the order of their first lines; lines without a vehicle have the empty id.
func ByVehicle(lines []Line) []Sum {
	return sums(lines, func(l *Line) (id, name string) { return string(l.Vehicle), l.Plate.String() })
}

// ByReference returns the sums by the customer's own reference, sorted; lines without one have the empty id.
func ByReference(lines []Line) []Sum {
	list := sums(lines, func(l *Line) (id, name string) { return l.Reference, l.Reference })
	slices.SortFunc(list, func(a, b Sum) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func sums(lines []Line, key func(*Line) (id, name string)) []Sum {
	var list []Sum
	places := map[string]int{}
	for i := range lines {
		id, name := key(&lines[i])
		at, ok := places[id]
		if !ok {
			at = len(list)
			places[id], list = at, append(list, Sum{ID: id, Name: name})
		}
		list[at].Lines++
		list[at].Amount += lines[i].Amount
	}
	return list
}

// DueDay returns the day on which an invoice of a day is due, some days later: the next working day if that is a Saturday,
// Sunday or public holiday. No law asks for it; banks move no money on the others.
func DueDay(issued oslo.Day, days int) oslo.Day {
	due := issued + oslo.Day(days)
	for oslo.Holiday(due) || due.Weekday() == time.Saturday || due.Weekday() == time.Sunday {
		due++
	}
	return due
}
