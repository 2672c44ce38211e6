// Package overview owns the customer's first page: what the customer has, and what this month has cost
// so far. It adds up; what a passage costs is decided long before.
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

// LatestMax is how many passages the first page shows.
const LatestMax = 5

// CustomerVehicle is a vehicle as the customer has it at an instant. Agreement and Tag are empty for a vehicle
// that is owned but on no agreement.
type CustomerVehicle struct {
	Vehicle   toll.Vehicle
	Agreement toll.AgreementID
	Tag       toll.TagID
}

// VehicleSum is what one vehicle's passages under one agreement cost in a month. Agreement is empty for
// passages that the owner paid without one.
type VehicleSum struct {
	Agreement toll.AgreementID
	Vehicle   toll.VehicleID
	Passages  int
	Net       money.Ore
	Unread    int // of Passages, those known by the plate alone
}

// Store remembers what the customer has.
type Store interface {
	// Agreements lists those in force, ordered by number.
	Agreements(ctx context.Context, customer toll.CustomerID, at time.Time) ([]toll.Agreement, error)
	// CustomerVehicles lists vehicles on the customer's agreements and vehicles owned, each once, ordered by plate.
	CustomerVehicles(ctx context.Context, customer toll.CustomerID, at time.Time) ([]CustomerVehicle, error)
	MonthSums(ctx context.Context, customer toll.CustomerID, month oslo.Month) ([]VehicleSum, error)
	// DaySums adds up each day from the first to the last month, both included, ordered by day.
	DaySums(ctx context.Context, customer toll.CustomerID, first, last oslo.Month) ([]api.DaySpend, error)
	// CapCounts tells how far each vehicle's charges of a month have counted at each station.
	CapCounts(ctx context.Context, customer toll.CustomerID, month oslo.Month) ([]CapCount, error)
}

// Passages gives the newest passages of a customer.
type Passages interface {
	Latest(ctx context.Context, customer toll.CustomerID, n int) ([]api.PassageLine, error)
}

// Service makes the overview.
type Service struct {
	store    Store
	passages Passages
	charger  func(toll.ChargerID) string
	capped   func(toll.StationID) Cap
}

// NewService returns a Desk; charger gives a toll company's name, capped the cap that a station counts for.
func NewService(store Store, passages Passages, charger func(toll.ChargerID) string, capped func(toll.StationID) Cap) *Service {
	return &Service{store: store, passages: passages, charger: charger, capped: capped}
}

// Overview is the first page of a customer of the given kind at an instant.
func (d *Service) Overview(ctx context.Context, customer toll.CustomerID, kind toll.CustomerKind, now time.Time) (api.OverviewReply, error) {
	month := oslo.MonthOf(now)
	agreements, err := d.store.Agreements(ctx, customer, now)
	if err != nil {
		return api.OverviewReply{}, fmt.Errorf("overview: agreements: %w", err)
	}
	holdings, err := d.store.CustomerVehicles(ctx, customer, now)
	if err != nil {
		return api.OverviewReply{}, fmt.Errorf("overview: vehicles: %w", err)
	}
	sums, err := d.store.MonthSums(ctx, customer, month)
	if err != nil {
		return api.OverviewReply{}, fmt.Errorf("overview: sums: %w", err)
	}
	reply := api.OverviewReply{Month: month, Agreements: make([]api.AgreementOverview, 0, len(agreements))}
	for _, a := range agreements {
		o := d.agreement(a, holdings, sums)
		o.Kind = kind
		reply.Agreements = append(reply.Agreements, o)
	}
	if reply.Unagreed = unagreed(holdings, sums); reply.Unagreed != nil {
		reply.Unagreed.Kind = kind
	}
	for _, s := range sums {
		reply.Total += s.Net
	}
	return reply, d.course(ctx, customer, &reply)
}

// course adds how the month has gone: day by day, towards the caps, and the latest passages.
func (d *Service) course(ctx context.Context, customer toll.CustomerID, reply *api.OverviewReply) (err error) {
	if reply.Days, err = d.store.DaySums(ctx, customer, reply.Month-1, reply.Month); err != nil {
		return fmt.Errorf("overview: days: %w", err)
	}
	counts, err := d.store.CapCounts(ctx, customer, reply.Month)
	if err != nil {
		return fmt.Errorf("overview: caps: %w", err)
	}
	for _, a := range reply.Agreements {
		for i := range a.Vehicles {
			a.Vehicles[i].Caps = d.caps(a.Vehicles[i].ID, counts)
		}
	}
	if reply.Latest, err = d.passages.Latest(ctx, customer, LatestMax); err != nil {
		return fmt.Errorf("overview: latest: %w", err)
	}
	return nil
}

func (d *Service) agreement(a toll.Agreement, holdings []CustomerVehicle, sums []VehicleSum) api.AgreementOverview {
	o := api.AgreementOverview{
		ID: a.ID, Number: a.Number, Charger: d.charger(a.Charger), Blocked: a.Blocked, Vehicles: vehicles(a.ID, holdings, sums),
	}
	o.Balance, o.Passages = total(a.ID, sums)
	return o
}

// unagreed gathers vehicles that are owned but on no agreement, and what was paid without one.
func unagreed(holdings []CustomerVehicle, sums []VehicleSum) *api.AgreementOverview {
	o := api.AgreementOverview{Vehicles: vehicles("", holdings, sums)}
	o.Balance, o.Passages = total("", sums)
	if len(o.Vehicles) == 0 && o.Passages == 0 {
		return nil
	}
	return &o
}

func total(id toll.AgreementID, sums []VehicleSum) (balance money.Ore, passages int) {
	for _, s := range sums {
		if s.Agreement == id {
			balance += s.Net
			passages += s.Passages
		}
	}
	return balance, passages
}

func vehicles(id toll.AgreementID, holdings []CustomerVehicle, sums []VehicleSum) []api.VehicleOverview {
	list := []api.VehicleOverview{}
	for _, h := range holdings {
		if h.Agreement != id {
			continue
		}
		// A car over 3,500 kg counts as light with an agreement and a tag, tolling.md A-1.
		v := api.VehicleOverview{ID: h.Vehicle.ID, Plate: h.Vehicle.Plate, Tag: h.Tag, Class: h.Vehicle.Facts.Class(h.Tag != "").String()}
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

// unread counts the passages that a tag should have announced. Without a tag the plate is all there is.
func unread(h CustomerVehicle, s VehicleSum) int {
	if h.Tag == "" {
		return 0
	}
	return s.Unread
}
