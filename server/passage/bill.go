package passage

import (
	"context"
	"strconv"
	"time"

	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/recheck"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// BillData is what one vehicle's bill is made of: its passages in a span with the charges that stand, and
// what the registers say of the vehicle.
type BillData struct {
	Rows        []BillRow // in the order of time
	Facts       []DatedFacts
	Exemptions  []toll.Exemption
	Supplements []toll.Supplement
}

// BillRow is a kept passage with its charge. Revision 0 is none yet.
type BillRow struct {
	Record
	Revision          int16
	List, Net, Posted money.Ore // Posted is the sum of all that was posted
	Steps             []rating.Step
}

// BillStore gives what bills are made of.
type BillStore interface {
	// BillData returns at most limit rows of a span.
	BillData(ctx context.Context, span Span, limit int) (BillData, error)
}

// How far beyond the month's edges a bill is looked for, at first and at most. Passages that follow
// each other closely for longer than that have no end.
const (
	billEdge    = 24 * time.Hour
	billEdgeMax = 32 * 24 * time.Hour
)

// Bill returns one vehicle's month as the customer pays for it, with what every charge was worked out
// from. What somebody else pays for is counted and not shown.
func (d *Service) Bill(ctx context.Context, customer toll.CustomerID, req api.BillRequest) (api.BillReply, error) {
	vehicle, err := ParseID(string(req.Vehicle))
	if err != nil {
		return api.BillReply{}, fault.New(fault.BadRequest, "why", "no such vehicle").At("vehicle")
	}
	payer, err := ParseID(string(customer))
	if err != nil {
		return api.BillReply{}, err
	}
	for edge := billEdge; ; edge *= 2 {
		span := Span{Vehicle: vehicle, From: req.Month.Start().Add(-edge), To: (req.Month + 1).Start().Add(edge)}
		b, err := d.store.BillData(ctx, span, api.BillMax+1)
		if err != nil {
			return api.BillReply{}, err
		}
		if len(b.Rows) > api.BillMax {
			return api.BillReply{}, fault.New(fault.TooLarge, "max", strconv.Itoa(api.BillMax))
		}
		at := make([]time.Time, len(b.Rows))
		for i := range b.Rows {
			at[i] = b.Rows[i].At
		}
		first, end, whole := recheck.RelevantRange(at, req.Month, d.plan.Longest(), span.From, span.To)
		if whole || edge >= billEdgeMax {
			b.Rows = b.Rows[first:end]
			return b.reply(payer, req), nil
		}
	}
}

// reply keeps what the customer pays for.
func (b BillData) reply(payer ID, req api.BillRequest) api.BillReply {
	reply := api.BillReply{Bill: recheck.Bill{Month: req.Month, Passages: []recheck.Passage{}, Charges: []recheck.Charge{}}}
	hidden := 0
	for i := range b.Rows {
		row := &b.Rows[i]
		if row.Customer != payer {
			hidden++
			continue
		}
		reply.Passages = append(reply.Passages, b.passage(row))
		if inside := !row.At.Before(req.Month.Start()) && row.At.Before((req.Month + 1).Start()); !inside || row.Revision == 0 {
			continue
		}
		reply.Charges = append(reply.Charges, recheck.Charge{Passage: toll.FormatPassageID(row.ID), List: row.List, Net: row.Net, Steps: row.Steps})
		reply.Debited += row.Posted
	}
	if len(reply.Passages) > 0 { // of somebody else's vehicle not even a number is told
		reply.Hidden = hidden
	}
	return reply
}

// passage is what rating was given for a row: the same as traits of the vehicle, in full.
func (b BillData) passage(row *BillRow) recheck.Passage {
	known := b.facts(row.At)
	return recheck.Passage{
		ID: toll.FormatPassageID(row.ID), Station: row.Station, At: row.At, Direction: row.Direction,
		Facts: known.Facts, LengthMM: known.LengthMM, Exempt: b.exemption(row.At), Products: b.products(row.At),
		Agreement: row.Agreement != ID{} && !row.Blocked, TagRead: row.MatchedBy == toll.ByTag,
		MatchedBy: row.MatchedBy, Tag: row.Tag,
	}
}

func (b BillData) facts(at time.Time) DatedFacts {
	for i := range b.Facts {
		if b.Facts[i].Contains(at) {
			return b.Facts[i]
		}
	}
	return DatedFacts{}
}

func (b BillData) products(at time.Time) (held []tariff.ProductID) {
	for i := range b.Supplements {
		if b.Supplements[i].Contains(at) {
			held = append(held, tariff.ProductID(b.Supplements[i].Product))
		}
	}
	return held
}

func (b BillData) exemption(at time.Time) toll.ExemptionKind {
	for i := range b.Exemptions {
		if b.Exemptions[i].Contains(at) {
			return b.Exemptions[i].Kind
		}
	}
	return ""
}
