// Package overview computes the customer's first page: agreements and vehicles, and the cost of this month so far. It
// only adds up amounts that are charged already.
package overview

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// LatestMax is the maximum number of passages on the first page.
const LatestMax = 5

// CustomerVehicle is a vehicle on a customer's agreement, or owned by the customer, at an instant. Agreement and
// Tag are empty for a vehicle that is owned but on no agreement.
type CustomerVehicle struct {
	Vehicle   toll.Vehicle
	Agreement toll.AgreementID
	Tag       toll.TagID
	Status    toll.TagStatus // of the tag; empty without one
	Ordered   bool           // a tag is ordered and not sent yet
}

// VehicleSum is the cost of one vehicle's passages under one agreement in a month. Agreement is empty for passages that
// the owner pays without an agreement.
type VehicleSum struct {
	Agreement toll.AgreementID
	Vehicle   toll.VehicleID
	Passages  int
	Net       money.Ore
	Unread    int // passages matched by the plate alone
}

// Store is the persistence for the overview and for the page of a vehicle.
type Store interface {
	CustomerStore
	VehicleStore
}

// CustomerStore is the persistence for the overview of a customer.
type CustomerStore interface {
	// Agreements returns the agreements in force, ordered by number.
	Agreements(ctx context.Context, customer toll.CustomerID, at time.Time) ([]toll.Agreement, error)
	// CustomerVehicles returns the vehicles on the customer's agreements and those owned, each once, ordered by plate.
	CustomerVehicles(ctx context.Context, customer toll.CustomerID, at time.Time) ([]CustomerVehicle, error)
	MonthSums(ctx context.Context, customer toll.CustomerID, month oslo.Month) ([]VehicleSum, error)
	// Spend adds up each day of a month and the one before, and each of the api.OverviewMonths months until it, in order.
	Spend(ctx context.Context, customer toll.CustomerID, month oslo.Month) ([]api.DaySpend, []api.MonthSpend, error)
	// CapCounts returns the count of each vehicle's charges towards caps in a month, by station.
	CapCounts(ctx context.Context, customer toll.CustomerID, month oslo.Month) ([]CapCount, error)
}

// VehicleStore is the persistence for the page of a vehicle.
type VehicleStore interface {
	// Vehicle returns a vehicle that the customer has or had.
	Vehicle(ctx context.Context, customer toll.CustomerID, id toll.VehicleID, at time.Time) (record VehicleRecord, found bool, err error)
	// VehicleDays returns the sums of the days of a period on which the vehicle has passed at the customer's cost, in order.
	VehicleDays(ctx context.Context, customer toll.CustomerID, id toll.VehicleID, first, last oslo.Day) ([]VehicleDay, error)
}

// Passages returns the newest passages of a customer.
type Passages interface {
	Latest(ctx context.Context, customer toll.CustomerID, n int) ([]api.PassageLine, error)
	// UnreadRun returns a vehicle's newest passages in a row at which its tag was not read.
	UnreadRun(ctx context.Context, customer toll.CustomerID, vehicle toll.VehicleID) (api.UnreadRun, error)
	// LostToBlock returns the discount that a vehicle's passages have lost since its agreement was blocked.
	LostToBlock(ctx context.Context, customer toll.CustomerID, vehicle toll.VehicleID, since, now time.Time) (api.BlockedSpan, error)
}

// Service computes the overview. It is safe for concurrent use.
type Service struct {
	store    Store
	passages Passages
	charger  func(toll.ChargerID) string
	capOf    func(toll.StationID) Cap
}

// NewService returns a Service. The function charger returns a toll company's name, and capOf the cap of a station.
func NewService(store Store, passages Passages, charger func(toll.ChargerID) string, capOf func(toll.StationID) Cap) *Service {
	return &Service{store: store, passages: passages, charger: charger, capOf: capOf}
}

// Overview returns the first page of a customer of the given kind at an instant.
func (s *Service) Overview(ctx context.Context, customer toll.CustomerID, kind toll.CustomerKind, now time.Time) (api.OverviewReply, error) {
	month := oslo.MonthOf(now)
	agreements, err := s.store.Agreements(ctx, customer, now)
	if err != nil {
		return api.OverviewReply{}, fmt.Errorf("overview: agreements: %w", err)
	}
	holdings, err := s.store.CustomerVehicles(ctx, customer, now)
	if err != nil {
		return api.OverviewReply{}, fmt.Errorf("overview: vehicles: %w", err)
	}
	sums, err := s.store.MonthSums(ctx, customer, month)
	if err != nil {
		return api.OverviewReply{}, fmt.Errorf("overview: sums: %w", err)
	}
	reply := api.OverviewReply{Month: month, Agreements: make([]api.AgreementOverview, 0, len(agreements))}
	for _, a := range agreements {
		o := s.agreement(a, holdings, sums)
		o.Kind = kind
		reply.Agreements = append(reply.Agreements, o)
	}
	if reply.Unagreed = unagreed(holdings, sums); reply.Unagreed != nil {
		reply.Unagreed.Kind = kind
	}
	// The total includes passages of vehicles without an agreement.
	for _, sum := range sums {
		reply.Total += sum.Net
	}
	if err := s.addUnread(ctx, customer, reply.Agreements); err != nil {
		return api.OverviewReply{}, err
	}
	return reply, s.addMonth(ctx, customer, &reply)
}

// addMonth adds the course of the month: sums by day, counts towards caps, and the latest passages.
func (s *Service) addMonth(ctx context.Context, customer toll.CustomerID, reply *api.OverviewReply) (err error) {
	if reply.Days, reply.Months, err = s.store.Spend(ctx, customer, reply.Month); err != nil {
		return fmt.Errorf("overview: spend: %w", err)
	}
	counts, err := s.store.CapCounts(ctx, customer, reply.Month)
	if err != nil {
		return fmt.Errorf("overview: caps: %w", err)
	}
	for _, a := range reply.Agreements {
		for i := range a.Vehicles {
			a.Vehicles[i].Caps = s.caps(a.Vehicles[i].ID, counts)
		}
	}
	if reply.Latest, err = s.passages.Latest(ctx, customer, LatestMax); err != nil {
		return fmt.Errorf("overview: latest: %w", err)
	}
	return nil
}

func (s *Service) agreement(a toll.Agreement, holdings []CustomerVehicle, sums []VehicleSum) api.AgreementOverview {
	o := api.AgreementOverview{
		ID: a.ID, Number: a.Number, Charger: s.charger(a.Charger), Blocked: a.Blocked, Vehicles: vehicles(a.ID, holdings, sums),
	}
	o.Balance, o.Passages = total(a.ID, sums)
	return o
}

// unagreed returns vehicles that are owned but on no agreement, and the cost of passages without one. It returns nil if
// there are none.
func unagreed(holdings []CustomerVehicle, sums []VehicleSum) *api.AgreementOverview {
	o := api.AgreementOverview{Vehicles: vehicles("", holdings, sums)}
	o.Balance, o.Passages = total("", sums)
	if len(o.Vehicles) == 0 && o.Passages == 0 {
		return nil
	}
	return &o
}

// total returns the sums of one agreement.
func total(id toll.AgreementID, sums []VehicleSum) (balance money.Ore, passages int) {
	for _, s := range sums {
		if s.Agreement == id {
			balance += s.Net
			passages += s.Passages
		}
	}
	return balance, passages
}

// vehicles returns the vehicles of one agreement, by plate, with their sums.
func vehicles(id toll.AgreementID, holdings []CustomerVehicle, sums []VehicleSum) []api.VehicleOverview {
	list := []api.VehicleOverview{}
	for _, h := range holdings {
		if h.Agreement != id {
			continue
		}
		// Takstretningslinjene: a car over 3,500 kg counts as light with an agreement and a tag.
		v := api.VehicleOverview{
			ID: h.Vehicle.ID, Plate: h.Vehicle.Plate, Tag: h.Tag, Status: h.Status, Ordered: h.Ordered,
			Class: h.Vehicle.Facts.Class(h.Tag != "").String(), Fuel: h.Vehicle.Facts.Fuel, PlugIn: h.Vehicle.Facts.PlugIn,
		}
		for _, s := range sums {
			if s.Agreement == id && s.Vehicle == h.Vehicle.ID {
				v.Balance += s.Net
				v.Passages += s.Passages
				v.Unread += unread(h, s)
			}
		}
		list = append(list, v)
	}
	slices.SortStableFunc(list, func(a, b api.VehicleOverview) int { return cmp.Compare(a.Plate.Text, b.Plate.Text) })
	return list
}

// unread returns the number of passages at which the vehicle's tag was not read. A vehicle without a tag has none.
func unread(h CustomerVehicle, s VehicleSum) int {
	if h.Tag == "" {
		return 0
	}
	return s.Unread
}
