// Package reading shows customers their passages: as a list, as a month with the input of every charge, and live.
package reading

import (
	"context"
	"strconv"
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
	q, err := query(customer, req)
	if err != nil {
		return api.PassageListReply{}, err
	}
	q.Limit, q.WithCount = PageSize+1, true
	if req.After != "" {
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

// query returns the query for a request: for a document, or for a period of the length that is allowed, S1.20.
func query(customer toll.CustomerID, req api.PassageListRequest) (q Query, err error) {
	q = Query{Customer: customer, Vehicle: req.Vehicle, Agreement: req.Agreement, Invoice: req.Invoice}
	if req.Invoice == "" {
		if err := toll.CheckPeriod(req.From, req.To); err != nil {
			return q, err
		}
		q.First, q.Last = req.From, req.To
	} else if number, err := strconv.ParseInt(req.Invoice, 10, 64); err != nil || number <= 0 {
		return q, fault.New(fault.NotFound).At("invoice")
	}
	if _, err := passage.ParseID(string(req.Agreement)); req.Agreement != "" && err != nil {
		return q, fault.New(fault.BadRequest, "why", "no such agreement").At("agreement")
	}
	if _, err := passage.ParseID(string(req.Vehicle)); req.Vehicle != "" && err != nil {
		return q, fault.New(fault.BadRequest, "why", "no such vehicle").At("vehicle")
	}
	return q, nil
}

// walkSize is the number of passages that Walk reads at a time.
const walkSize = 1000

// Walk calls each with all of a customer's passages that a request selects, newest first, some at a time. It does so at most
// limit passages long, and then returns the fault TooLarge.
func (s *Service) Walk(ctx context.Context, customer toll.CustomerID, req api.PassageListRequest, limit int, each func([]api.PassageLine) error) error {
	q, err := query(customer, req)
	if err != nil {
		return err
	}
	q.Limit = walkSize
	for left := limit; ; {
		page, err := s.store.Passages(ctx, q)
		if err != nil {
			return err
		}
		if left -= len(page.Lines); left < 0 {
			return fault.New(fault.TooLarge, "max", strconv.Itoa(limit))
		}
		if err := each(s.named(page.Lines)); err != nil {
			return err
		}
		if len(page.Lines) < walkSize {
			return nil
		}
		last := &page.Lines[walkSize-1]
		q.After = api.Cursor{At: last.At, ID: last.ID}
	}
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
