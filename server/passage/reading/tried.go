package reading

import (
	"context"
	"slices"
	"time"

	"bompass/server/passage"
	"bompass/shared/api"
	"bompass/shared/oslo"
	"bompass/shared/recheck"
	"bompass/shared/toll"
)

// Tried returns what the passages of vehicles since at would cost a customer if a change of a tag or a vehicle were saved: they are
// matched and rated as the workers would. after is what the change leaves, and to the vehicle that gets the tag, which the register
// may not have yet; nil for none. Vehicles with more passages than a recheck may have are left out.
func (s *Service) Tried(ctx context.Context, customer toll.CustomerID, after toll.Placement, to *toll.Vehicle, at, now time.Time) (map[toll.VehicleID]api.FleetPrice, error) {
	t := trial{after: after, to: to, at: at, now: now, sets: map[passage.ID][]RecheckRow{}, ids: map[passage.ID]toll.VehicleID{}}
	var err error
	if t.payer, err = passage.ParseID(string(customer)); err != nil {
		return nil, err
	}
	for _, m := range after.Mounts {
		id, err := passage.ParseID(string(m.Vehicle))
		if err != nil {
			return nil, err
		}
		t.ids[id] = m.Vehicle
	}
	if err := s.loadTried(ctx, customer, &t); err != nil {
		return nil, err
	}
	prices := map[toll.VehicleID]api.FleetPrice{}
	if len(t.data.Rows) > api.RecheckPassagesMax {
		return prices, nil
	}
	for id, vehicle := range t.ids {
		prices[vehicle] = s.priceTried(&t, id)
	}
	return prices, nil
}

// trial is a change that is tried, with the passages that it can concern.
type trial struct {
	payer   passage.ID
	after   toll.Placement
	to      *toll.Vehicle
	at, now time.Time
	ids     map[passage.ID]toll.VehicleID
	data    RecheckData
	sets    map[passage.ID][]RecheckRow // the passages of each vehicle after the change
}

// loadTried reads the passages of the months that the change reaches into, and matches those since it counts as the register would
// be after it.
func (s *Service) loadTried(ctx context.Context, customer toll.CustomerID, t *trial) (err error) {
	span := FleetSpan{From: oslo.MonthOf(t.at).Start().Add(-recheckMarginMin), To: t.now}
	keys := passage.RegisterKeys{}
	for id := range t.ids {
		span.Vehicles = append(span.Vehicles, id)
	}
	if t.data, err = s.store.RecheckData(ctx, span, api.RecheckPassagesMax+1); err != nil {
		return err
	}
	plate := toll.Plate{}
	if t.to != nil {
		plate = t.to.Plate
	}
	unknown, err := s.store.UnknownPassages(ctx, plate, t.after.Tag.ID, t.at, t.now)
	if err != nil {
		return err
	}
	rows := t.data.Rows
	for _, r := range unknown {
		rows = append(rows, RecheckRow{Record: r})
	}
	for i := range rows {
		if !rows[i].At.Before(t.at) {
			keys.AddObservation(&rows[i].Observation)
		}
	}
	keys.Vehicles, keys.Plates = span.Vehicles, append(keys.Plates, plate)
	if t.after.Tag.ID != "" {
		keys.Tags = append(keys.Tags, t.after.Tag.ID)
	}
	register, err := s.store.Register(ctx, keys)
	if err != nil {
		return err
	}
	t.change(&register, customer)
	directory, err := passage.DirectoryOf(&register, &keys)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if !row.At.Before(t.at) {
			was := row.Record
			directory.Rematch(&row.Record, &was)
		}
		t.sets[row.Vehicle] = append(t.sets[row.Vehicle], row)
	}
	return nil
}

// change makes the change on a part of the register.
func (t *trial) change(r *passage.Register, customer toll.CustomerID) {
	concerned := func(m toll.Mount) bool {
		return slices.ContainsFunc(t.after.Mounts, func(a toll.Mount) bool { return a.Vehicle == m.Vehicle })
	}
	r.Mounts = append(slices.DeleteFunc(r.Mounts, concerned), t.after.Mounts...)
	if t.to != nil && !slices.ContainsFunc(r.Vehicles, func(v toll.Vehicle) bool { return v.ID == t.to.ID }) {
		r.Vehicles = append(r.Vehicles, *t.to)
	}
	for _, m := range t.after.Mounts {
		if !slices.ContainsFunc(r.Agreements, func(a toll.Agreement) bool { return a.ID == m.Agreement }) {
			r.Agreements = append(r.Agreements, toll.Agreement{ID: m.Agreement, Customer: customer})
		}
	}
	for i := range r.Tags {
		if r.Tags[i].ID == t.after.Tag.ID {
			r.Tags[i].Status = t.after.Tag.Status
		}
	}
}

// priceTried rates the passages of a vehicle after the change, month by month.
func (s *Service) priceTried(t *trial, id passage.ID) (p api.FleetPrice) {
	known := t.data.of(t.ids[id], id)
	if t.to != nil && t.to.ID == t.ids[id] { // facts that are stored come first
		known.Facts = append(slices.Clone(known.Facts), passage.DatedFacts{Vehicle: t.to.ID, Facts: t.to.Facts, LengthMM: t.to.LengthMM})
	}
	own := map[toll.PassageID]bool{}
	passages := make([]recheck.Passage, 0, len(t.sets[id]))
	for i := range t.sets[id] {
		row := &t.sets[id][i]
		one := known.passage(row)
		own[one.ID] = row.Customer == t.payer && !row.At.Before(t.at)
		passages = append(passages, one)
	}
	for month := oslo.MonthOf(t.at); month <= oslo.MonthOf(t.now); month++ {
		for _, l := range recheck.Check(s.plan(), recheck.Statement{Month: month, Passages: passages}).Lines {
			if own[l.ID] && l.Own != nil {
				p.Passages++
				p.Now += l.Own.Net
			}
		}
	}
	return p
}
