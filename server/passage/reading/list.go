// Package reading shows customers their passages: as a list, as a month with the input of every charge, and live.
package reading

import (
	"context"
	"strconv"
	"strings"
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
		Customer: customer, Vehicle: req.Vehicle, Agreement: req.Agreement, From: req.From.Start(), To: (req.To + 1).Start(), Limit: PageSize + 1, WithCount: true,
	}
	if _, err := passage.ParseID(string(req.Agreement)); req.Agreement != "" && err != nil {
		return api.PassageListReply{}, fault.New(fault.BadRequest, "why", "no such agreement").At("agreement")
	}
	if _, err := passage.ParseID(string(req.Vehicle)); req.Vehicle != "" && err != nil {
		return api.PassageListReply{}, fault.New(fault.BadRequest, "why", "no such vehicle").At("vehicle")
	}
	if req.After != "" {
		var ok bool
		if q.BeforeAt, q.BeforeID, ok = parseCursor(req.After); !ok {
			return api.PassageListReply{}, fault.New(fault.BadRequest, "why", "not a page of this list").At("after")
		}
	}
	page, err := s.store.Passages(ctx, q)
	if err != nil {
		return api.PassageListReply{}, err
	}
	reply := api.PassageListReply{Lines: s.named(page.Lines), Count: page.Count, Total: page.Total}
	if len(reply.Lines) > PageSize {
		reply.Lines = reply.Lines[:PageSize]
		reply.Next = cursor(reply.Lines[PageSize-1])
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

// named adds the names of stations and toll companies.
func (s *Service) named(lines []api.PassageLine) []api.PassageLine {
	for i := range lines {
		l := &lines[i]
		if station, ok := s.plan().Station(l.Station); ok {
			l.Name, l.Charger = station.Name, station.ChargerName
		} else {
			l.Name = string(l.Station)
		}
	}
	if lines == nil {
		return []api.PassageLine{}
	}
	return lines
}

// cursor returns the end of a page: the instant in microseconds and the passage.
func cursor(l api.PassageLine) string {
	return strconv.FormatInt(l.At.UnixMicro(), 10) + "_" + string(l.ID)
}

// parseCursor parses a cursor: the instant in microseconds and the id of the last passage of a page.
func parseCursor(s string) (at time.Time, id toll.PassageID, ok bool) {
	micro, written, ok := strings.Cut(s, "_")
	n, err := strconv.ParseInt(micro, 10, 64)
	if !ok || err != nil {
		return at, id, false
	}
	if _, err := passage.ParseID(written); err != nil {
		return at, id, false
	}
	return time.UnixMicro(n).UTC(), toll.PassageID(written), true
}
