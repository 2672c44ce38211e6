// Package reading shows customers their passages: as a list, as a month with the input of every charge, and live.
package reading

import (
	"context"
	"time"

	"bompass/server/passage"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// PageSize is the number of passages on a page of a list.
const PageSize = 100

// Service answers queries for passages. It is safe for concurrent use.
type Service struct {
	store Store
	plan  func() *rating.Plan
}

// NewService returns a Service. The plan in force has the names of stations and toll companies.
func NewService(store Store, plan func() *rating.Plan) *Service {
	return &Service{store: store, plan: plan}
}

// List returns one page of a customer's passages in a period, newest first.
func (s *Service) List(ctx context.Context, customer toll.CustomerID, req api.PassageListRequest, _ time.Time) (api.PassageListReply, error) {
	if err := toll.CheckPeriod(req.From, req.To); err != nil { // S1.20
		return api.PassageListReply{}, err
	}
	q := Query{
		Customer: customer, Vehicle: req.Vehicle, Agreement: req.Agreement, First: req.From, Last: req.To, Limit: PageSize + 1, WithCount: true,
	}
	if _, err := passage.ParseID(string(req.Agreement)); req.Agreement != "" && err != nil {
		return api.PassageListReply{}, fault.New(fault.BadRequest, "why", "no such agreement").At("agreement")
	}
	if _, err := passage.ParseID(string(req.Vehicle)); req.Vehicle != "" && err != nil {
		return api.PassageListReply{}, fault.New(fault.BadRequest, "why", "no such vehicle").At("vehicle")
	}
	if req.After != "" {
		var err error
		if q.After, err = api.ParseCursor(req.After); err != nil {
			return api.PassageListReply{}, fault.New(fault.BadRequest, "why", err.Error()).At("after")
		}
	}
	page, err := s.store.Passages(ctx, q)
	if err != nil {
		return api.PassageListReply{}, err
	}
	reply := api.PassageListReply{Lines: s.named(page.Lines), Count: page.Count, Total: page.Total}
	if len(reply.Lines) > PageSize {
		reply.Lines = reply.Lines[:PageSize]
		last := &reply.Lines[PageSize-1]
		reply.Next = api.Cursor{At: last.At, ID: last.ID}.String()
	}
	return reply, nil
}

// Latest returns a customer's newest passages.
func (s *Service) Latest(ctx context.Context, customer toll.CustomerID, n int) ([]api.PassageLine, error) {
	page, err := s.store.Passages(ctx, Query{Customer: customer, Limit: n})
	if err != nil {
		return nil, err
	}
	return s.named(page.Lines), nil
}

// UnreadRun returns how many of a vehicle's newest passages in a row its tag was not read at, and the discount lost by
// them. Fewer than api.UnreadRunMin are none: a working tag is missed now and then.
func (s *Service) UnreadRun(ctx context.Context, customer toll.CustomerID, vehicle toll.VehicleID) (run api.UnreadRun, err error) {
	page, err := s.store.Passages(ctx, Query{Customer: customer, Vehicle: vehicle, Limit: api.UnreadRunMax})
	if err != nil {
		return run, err
	}
	for _, l := range s.named(page.Lines) {
		if !l.Unread {
			break
		}
		run.Passages++
		run.Lost += l.Lost
	}
	if run.Passages < api.UnreadRunMin {
		return api.UnreadRun{}, nil
	}
	return run, nil
}

// named adds the names of stations and toll companies, and the discount lost because a tag was not read.
func (s *Service) named(lines []api.PassageLine) []api.PassageLine {
	for i := range lines {
		l := &lines[i]
		if station, ok := s.plan().Station(l.Station); ok {
			l.Name, l.Charger = station.Name, station.ChargerName
		} else {
			l.Name = string(l.Station)
		}
		if l.Unread && l.Priced {
			l.Lost = s.plan().LostDiscount(l.Steps, l.Net)
		}
	}
	if lines == nil {
		return []api.PassageLine{}
	}
	return lines
}
