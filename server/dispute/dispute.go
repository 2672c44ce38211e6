// Package dispute takes complaints about passages, decides those that what is stored decides, and keeps the others for a person.
// What is upheld takes the passage back, as a correction of its station does.
package dispute

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"bompass/server/access"
	"bompass/server/passage"
	"bompass/shared/dispute"
	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// Limits of a complaint.
const (
	SaidMax = 1000 // characters of the customer's words
	around  = 12 * time.Hour
)

// Dispute is a complaint.
type Dispute struct {
	Number   int64
	Passage  toll.PassageID
	Customer toll.CustomerID
	Account  toll.AccountID
	Reason   dispute.Reason
	Said     string
	At       time.Time
	Amount   money.Ore // of the passage then
	State    dispute.State
	Why      dispute.Why
	Note     string // of the person who has decided
	Decided  time.Time

	PassedAt time.Time // zero if the passage is too old to say where it was
	Station  toll.StationID
	Plate    toll.Plate
}

// Stored is a passage as it is stored, with those of the vehicle about its time.
type Stored struct {
	Passage   toll.PassageID
	At        time.Time
	Station   toll.StationID
	Direction toll.Direction
	MatchedBy toll.MatchedBy
	Plate     toll.Plate
	HasTag    bool
	Unread    bool
	Net       money.Ore
	Steps     []rating.Step
	SoldAt    time.Time
	Around    []Around
}

// Around is another passage of a vehicle.
type Around struct {
	At        time.Time
	Station   toll.StationID
	Direction toll.Direction
	MatchedBy toll.MatchedBy
	Net       money.Ore
}

// Store stores complaints.
type Store interface {
	// Passage returns a passage that a customer pays for, with those of its vehicle up to so long before and after.
	Passage(ctx context.Context, customer toll.CustomerID, id passage.ID, around time.Duration) (s Stored, found bool, err error)
	// Add adds a complaint as it is decided by the passage, and takes the passage back if it is upheld, in one transaction; those
	// about a vehicle follow one after another. It returns the one that is there already for the passage, and fault.NotFound
	// for a passage that the customer does not pay for.
	Add(ctx context.Context, d Dispute, around time.Duration, decide func(Stored) dispute.Decision) (Dispute, error)
	// Of returns the customer's complaints, the latest first; of one passage only, if that is not zero.
	Of(ctx context.Context, customer toll.CustomerID, id passage.ID) ([]Dispute, error)
	// Waiting returns the complaints that a person has to decide, the oldest first.
	Waiting(ctx context.Context) ([]Dispute, error)
	// Decide decides one that is open, and takes its passage back if that is asked for. done is false if none is open.
	Decide(ctx context.Context, number int64, state dispute.State, note string, takeBack bool, at time.Time) (done bool, err error)
}

// Service takes complaints. It is safe for concurrent use.
type Service struct {
	store Store
	plan  func() *rating.Plan
	now   func() time.Time
}

// NewService returns a Service. The plan in force has the places of stations.
func NewService(store Store, plan func() *rating.Plan, now func() time.Time) *Service {
	return &Service{store: store, plan: plan, now: now}
}

// Passage returns the passage that a complaint of an actor would be about, or fault.NotFound.
func (s *Service) Passage(ctx context.Context, actor access.Principal, id toll.PassageID) (p Stored, err error) {
	key, err := passage.ParseID(string(id))
	if err != nil {
		return p, fault.New(fault.NotFound)
	}
	p, found, err := s.store.Passage(ctx, actor.Customer, key, around)
	if err != nil {
		return p, fmt.Errorf("passage of complaint: %w", err)
	}
	if !found {
		return p, fault.New(fault.NotFound)
	}
	return p, nil
}

// Begin adds a complaint and decides it if that is possible. A passage that was complained about before keeps that complaint.
func (s *Service) Begin(ctx context.Context, actor access.Principal, id toll.PassageID, reason dispute.Reason, said string) (d Dispute, err error) {
	said = strings.TrimSpace(said)
	switch {
	case !known(reason):
		return d, fault.New(fault.FieldMissing).At("reason")
	case utf8.RuneCountInString(said) > SaidMax:
		return d, fault.New(fault.FieldWrong).At("said")
	}
	if _, err := passage.ParseID(string(id)); err != nil {
		return d, fault.New(fault.NotFound)
	}
	d = Dispute{Passage: id, Customer: actor.Customer, Account: actor.Account, Reason: reason, Said: said, At: s.now()}
	d, err = s.store.Add(ctx, d, around, func(p Stored) dispute.Decision { return dispute.Decide(reason, s.facts(&p)) })
	if err != nil {
		return d, fmt.Errorf("add complaint: %w", err)
	}
	return d, nil
}

func known(reason dispute.Reason) bool {
	for _, r := range dispute.Reasons() {
		if r == reason {
			return true
		}
	}
	return false
}

// facts returns what the rules need to know about a passage.
func (s *Service) facts(p *Stored) dispute.Passage {
	plan := s.plan()
	seen := func(a Around) dispute.Seen {
		out := dispute.Seen{At: a.At, Station: a.Station, Direction: a.Direction, MatchedBy: a.MatchedBy, Free: a.Net == 0}
		if station, ok := plan.Station(a.Station); ok {
			out.Place = dispute.Place{Lat: station.Lat, Lon: station.Lon}
		}
		return out
	}
	f := dispute.Passage{
		Seen: seen(Around{p.At, p.Station, p.Direction, p.MatchedBy, p.Net}), HasTag: p.HasTag, Unread: p.Unread, SoldAt: p.SoldAt,
	}
	if p.Unread {
		f.Lost = plan.LostDiscount(p.Steps, p.Net)
	}
	for _, a := range p.Around {
		f.Around = append(f.Around, seen(a))
	}
	return f
}

// Of returns the complaints of the actor's customer, the latest first; about one passage only, if id is not empty.
func (s *Service) Of(ctx context.Context, actor access.Principal, id toll.PassageID) ([]Dispute, error) {
	var key passage.ID
	if id != "" {
		var err error
		if key, err = passage.ParseID(string(id)); err != nil {
			return nil, fault.New(fault.NotFound)
		}
	}
	list, err := s.store.Of(ctx, actor.Customer, key)
	if err != nil {
		return nil, fmt.Errorf("complaints: %w", err)
	}
	return list, nil
}

// StationName returns the name of a station, or its id if it has none.
func (s *Service) StationName(id toll.StationID) string {
	if station, ok := s.plan().Station(id); ok {
		return station.Name
	}
	return string(id)
}
