package reading

import (
	"context"
	"strconv"
	"time"

	"bompass/server/passage"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/oslo"
	"bompass/shared/recheck"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Minimum and maximum margin around a month within which passages are read that affect its prices. A chain
// of passages that follow each other closely is cut off at the maximum.
const (
	recheckMarginMin = 24 * time.Hour
	recheckMarginMax = 32 * 24 * time.Hour
)

// Recheck returns the charges of one vehicle in a calendar month, with the input of every charge. The margin around
// the month is doubled until no passage outside it can affect the month. Passages that another customer pays for
// are counted and not shown.
func (s *Service) Recheck(ctx context.Context, customer toll.CustomerID, req api.RecheckRequest) (api.RecheckReply, error) {
	payer, err := passage.ParseID(string(customer))
	if err != nil {
		return api.RecheckReply{}, err
	}
	return s.recheck(ctx, payer, req)
}

func (s *Service) recheck(ctx context.Context, payer passage.ID, req api.RecheckRequest) (api.RecheckReply, error) {
	vehicle, err := passage.ParseID(string(req.Vehicle))
	if err != nil {
		return api.RecheckReply{}, fault.New(fault.BadRequest, "why", "no such vehicle").At("vehicle")
	}
	for margin := recheckMarginMin; ; margin *= 2 {
		span := FleetSpan{Vehicles: []passage.ID{vehicle}, From: req.Month.Start().Add(-margin), To: (req.Month + 1).Start().Add(margin)}
		// One more than the maximum, to notice that there are more.
		b, err := s.store.RecheckData(ctx, span, api.RecheckPassagesMax+1)
		if err != nil {
			return api.RecheckReply{}, err
		}
		if len(b.Rows) > api.RecheckPassagesMax {
			return api.RecheckReply{}, fault.New(fault.TooLarge, "max", strconv.Itoa(api.RecheckPassagesMax))
		}
		if relevant, whole := s.relevant(b, req.Month, span); whole || margin >= recheckMarginMax {
			return relevant.reply(payer, req.Month), nil
		}
	}
}

// relevant returns one vehicle's data without the passages that cannot affect the month, and whether none outside the span
// can.
func (s *Service) relevant(b RecheckData, month oslo.Month, span FleetSpan) (RecheckData, bool) {
	at := make([]time.Time, len(b.Rows))
	for i := range b.Rows {
		at[i] = b.Rows[i].At
	}
	first, end, whole := recheck.RelevantRange(at, month, s.plan().Longest(), span.From, span.To)
	b.Rows = b.Rows[first:end]
	return b, whole
}

// reply returns the passages and charges that the customer pays for.
func (b RecheckData) reply(payer passage.ID, month oslo.Month) api.RecheckReply {
	reply := api.RecheckReply{Statement: recheck.Statement{Month: month, Passages: []recheck.Passage{}, Charges: []recheck.Charge{}}}
	hidden := 0
	for i := range b.Rows {
		row := &b.Rows[i]
		if row.Customer != payer {
			hidden++
			continue
		}
		reply.Passages = append(reply.Passages, b.passage(row))
		if inside := !row.At.Before(month.Start()) && row.At.Before((month + 1).Start()); !inside || row.Revision == 0 {
			continue
		}
		reply.Charges = append(reply.Charges, recheck.Charge{Passage: toll.FormatPassageID(row.ID), List: row.List, Net: row.Net, Steps: row.Steps})
		reply.Debited += row.Posted
	}
	if len(reply.Passages) > 0 { // not even the number of passages of another customer's vehicle is disclosed
		reply.Hidden = hidden
	}
	return reply
}

// passage returns the input of rating for a row, as the pipeline rates it.
func (b RecheckData) passage(row *RecheckRow) recheck.Passage {
	known := b.facts(row.At)
	return recheck.Passage{
		ID: toll.FormatPassageID(row.ID), Station: row.Station, At: row.At, Direction: row.Direction,
		Facts: known.Facts, LengthMM: known.LengthMM, Exempt: b.exemption(row.At), Products: b.products(row.At),
		Agreement: row.Agreement != (passage.ID{}) && !row.Blocked, TagRead: row.MatchedBy == toll.ByTag,
		MatchedBy: row.MatchedBy, Tag: row.Tag,
	}
}

// facts returns the facts of the vehicle at an instant.
func (b RecheckData) facts(at time.Time) passage.DatedFacts {
	for i := range b.Facts {
		if b.Facts[i].Contains(at) {
			return b.Facts[i]
		}
	}
	return passage.DatedFacts{}
}

// products returns the supplementary agreements that are in force at an instant.
func (b RecheckData) products(at time.Time) (held []tariff.ProductID) {
	for i := range b.Supplements {
		if b.Supplements[i].Contains(at) {
			held = append(held, tariff.ProductID(b.Supplements[i].Product))
		}
	}
	return held
}

// exemption returns the exemption of the vehicle at an instant, empty if there is none.
func (b RecheckData) exemption(at time.Time) toll.ExemptionKind {
	for i := range b.Exemptions {
		if b.Exemptions[i].Contains(at) {
			return b.Exemptions[i].Kind
		}
	}
	return ""
}
