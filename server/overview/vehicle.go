package overview

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// VehicleRecord is what is stored about a vehicle that a customer has or had.
type VehicleRecord struct {
	Vehicle    toll.Vehicle
	FactsFrom  time.Time
	Declared   bool // the facts are the customer's own statement
	Ordered    bool
	Mounts     []MountRecord // on agreements of the customer, newest first
	Exemptions []toll.Exemption
}

// MountRecord is a period on an agreement of the customer.
type MountRecord struct {
	Number  string
	Charger toll.ChargerID
	Blocked time.Time // since when the agreement is blocked; zero if it is not
	Tag     toll.TagID
	Status  toll.TagStatus
	Sent    time.Time // when the tag was sent; zero if that is not known
	toll.Validity
}

// VehicleDay is the sum of one vehicle's passages of a day.
type VehicleDay struct {
	Day      oslo.Day
	Passages int
	Unread   int // matched by the plate alone
	Net      money.Ore
}

// readDays are the numbers of days for which a vehicle's page shows how often the tag was read.
var readDays = [...]int{30, 90}

// Vehicle returns the page of a vehicle that the customer has or had. Another one is fault.NotFound.
func (s *Service) Vehicle(ctx context.Context, customer toll.CustomerID, id toll.VehicleID, now time.Time) (api.VehicleReply, error) {
	record, found, err := s.store.Vehicle(ctx, customer, id, now)
	if err != nil {
		return api.VehicleReply{}, fmt.Errorf("vehicle: %w", err)
	}
	if !found {
		return api.VehicleReply{}, fault.New(fault.NotFound)
	}
	month := oslo.MonthOf(now)
	reply := api.VehicleReply{
		ID: id, Plate: record.Vehicle.Plate, Facts: record.Vehicle.Facts, FactsFrom: record.FactsFrom, Declared: record.Declared,
		Ordered: record.Ordered, Month: month, Current: record.Vehicle.Owner == customer, Mounts: []api.VehicleMount{},
	}
	var tag toll.TagID
	var blocked time.Time
	for _, m := range record.Mounts {
		if m.Contains(now) {
			reply.Current, tag, blocked = true, m.Tag, m.Blocked
		}
		reply.Mounts = append(reply.Mounts, api.VehicleMount{
			Agreement: m.Number, Charger: s.charger(m.Charger), Tag: m.Tag, Status: m.Status, Delivered: m.Sent, Blocked: !m.Blocked.IsZero(), Validity: m.Validity,
		})
	}
	reply.Class = record.Vehicle.Facts.Class(tag != "").String()
	if reply.Current {
		for _, e := range record.Exemptions {
			reply.Exemptions = append(reply.Exemptions, api.ExemptPeriod{Kind: e.Kind, Validity: e.Validity})
		}
	}
	if !blocked.IsZero() {
		if reply.Blocked, err = s.passages.LostToBlock(ctx, customer, id, blocked, now); err != nil {
			return reply, fmt.Errorf("vehicle: blocked: %w", err)
		}
	}
	return reply, s.addFigures(ctx, customer, &reply, tag, now)
}

// addFigures adds what the vehicle's passages have cost, its counts towards caps, and how often its tag was read. The
// tag is empty if the vehicle has none now.
func (s *Service) addFigures(ctx context.Context, customer toll.CustomerID, reply *api.VehicleReply, tag toll.TagID, now time.Time) error {
	today := oslo.DayOf(now)
	days, err := s.store.VehicleDays(ctx, customer, reply.ID, (reply.Month - api.OverviewMonths + 1).First(), today)
	if err != nil {
		return fmt.Errorf("vehicle: days: %w", err)
	}
	reply.Months = monthsOf(days)
	counts, err := s.store.CapCounts(ctx, customer, reply.Month)
	if err != nil {
		return fmt.Errorf("vehicle: caps: %w", err)
	}
	reply.Caps = s.caps(reply.ID, counts)
	if tag == "" {
		return nil
	}
	// A tag that was mounted later could not be read before.
	mounted := oslo.DayOf(firstOf(reply.Mounts, tag))
	for _, n := range readDays {
		reads := api.TagReads{Days: n}
		for _, d := range days {
			if d.Day > today-oslo.Day(n) && d.Day >= mounted {
				reads.Passages += d.Passages
				reads.Read += d.Passages - d.Unread
			}
		}
		reply.Reads = append(reply.Reads, reads)
	}
	reply.Unread, err = s.passages.UnreadRun(ctx, customer, reply.ID)
	return err
}

// monthsOf adds up days by month, in order.
func monthsOf(days []VehicleDay) (months []api.MonthSpend) {
	for _, d := range days {
		month := d.Day.Month()
		at, found := slices.BinarySearchFunc(months, month, func(m api.MonthSpend, month oslo.Month) int { return cmp.Compare(m.Month, month) })
		if !found {
			months = slices.Insert(months, at, api.MonthSpend{Month: month})
		}
		months[at].Net += d.Net
		months[at].Passages += d.Passages
	}
	return months
}

// firstOf returns since when a tag is on the vehicle without a break: periods that follow each other are one.
func firstOf(mounts []api.VehicleMount, tag toll.TagID) (first time.Time) {
	for _, m := range mounts { // newest first
		if m.Tag == tag && (first.IsZero() || m.To.Equal(first)) {
			first = m.From
		}
	}
	return first
}

// unreadMax is the maximum number of vehicles of an overview for which the newest passages are read.
const unreadMax = 20

// addUnread adds to the vehicles whose tag was least read this month how many of the newest passages in a row it was
// not read at, and what that cost.
func (s *Service) addUnread(ctx context.Context, customer toll.CustomerID, agreements []api.AgreementOverview) (err error) {
	var suspects []*api.VehicleOverview
	for _, a := range agreements {
		for i := range a.Vehicles {
			if v := &a.Vehicles[i]; v.Unread >= api.UnreadRunMin {
				suspects = append(suspects, v)
			}
		}
	}
	slices.SortStableFunc(suspects, func(a, b *api.VehicleOverview) int { return cmp.Compare(b.Unread, a.Unread) })
	for _, v := range suspects[:min(unreadMax, len(suspects))] {
		if v.Run, err = s.passages.UnreadRun(ctx, customer, v.ID); err != nil {
			return fmt.Errorf("overview: unread tags: %w", err)
		}
	}
	return nil
}
