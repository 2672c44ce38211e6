package fleet

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Labels are the labels that vehicles get; a nil one stays as it is.
type Labels struct {
	Key               string // of the request; the changes of the vehicles have keys made from it
	Customer          toll.CustomerID
	Account           toll.AccountID
	Vehicles          []toll.VehicleID
	Centre, Reference *string
	Now               time.Time
}

// LabelStore stores the labels of vehicles.
type LabelStore interface {
	// SetLabels sets labels of vehicles on agreements of the customer, and adds a change to the history for each that it
	// alters. It returns the number of vehicles that it found.
	SetLabels(ctx context.Context, l Labels) (int, error)
}

// BulkStore stores changes of many vehicles.
type BulkStore interface {
	LabelStore
	ImportStore
	ImportResults
}

// Bulk changes many vehicles of the actor's customer: their labels, or the agreement that they are on. Each vehicle is
// changed or not by itself; the reply names those that were not, with the reason. A request that is sent again changes
// nothing more.
func (s *Service) Bulk(ctx context.Context, actor access.Principal, req api.FleetBulkRequest) (api.FleetBulkReply, error) {
	key, err := uuid.Parse(req.Key)
	if err != nil {
		return api.FleetBulkReply{}, fault.New(fault.FieldWrong).At("key")
	}
	if len(req.Vehicles) == 0 || len(req.Vehicles) > api.BulkMax {
		return api.FleetBulkReply{}, fault.New(fault.FieldWrong).At("vehicles")
	}
	for _, v := range req.Vehicles {
		if uuid.Validate(string(v)) != nil {
			return api.FleetBulkReply{}, fault.New(fault.FieldWrong).At("vehicles")
		}
	}
	if req.Agreement != "" {
		return s.transferAll(ctx, actor, key, req)
	}
	labels := Labels{Key: req.Key, Customer: actor.Customer, Account: actor.Account, Vehicles: req.Vehicles, Now: s.now()}
	if labels.Centre, err = label(req.Centre, "centre"); err != nil {
		return api.FleetBulkReply{}, err
	}
	if labels.Reference, err = label(req.Reference, "reference"); err != nil {
		return api.FleetBulkReply{}, err
	}
	if labels.Centre == nil && labels.Reference == nil {
		return api.FleetBulkReply{}, fault.New(fault.FieldMissing).At("centre")
	}
	n, err := s.store.SetLabels(ctx, labels)
	return api.FleetBulkReply{Changed: n}, err
}

// label returns a label as it is stored; nil stays nil.
func label(written *string, field string) (*string, error) {
	if written == nil {
		return nil, nil //nolint:nilnil // a label that is not changed
	}
	text, err := toll.Label(*written, field)
	return &text, err
}

// transferAll moves vehicles with their tags to another agreement of the customer.
func (s *Service) transferAll(ctx context.Context, actor access.Principal, key uuid.UUID, req api.FleetBulkRequest) (reply api.FleetBulkReply, err error) {
	fleet, err := s.store.Fleet(ctx, actor.Customer, s.now(), 0)
	if err != nil {
		return reply, err
	}
	lines := map[toll.VehicleID]api.FleetLine{}
	for _, l := range fleet.Lines {
		lines[l.Vehicle] = l
	}
	for _, v := range req.Vehicles {
		l, ok := lines[v]
		if !ok {
			reply.Refused = append(reply.Refused, api.FleetRefusal{Vehicle: v, Fault: *fault.New(fault.NotFound)})
			continue
		}
		if l.Agreement == req.Agreement {
			reply.Changed++
			continue
		}
		one := api.FleetChangeRequest{
			Key: uuid.NewSHA1(key, []byte(v)).String(), Kind: toll.ChangeTransfer, Tag: l.Tag, Agreement: req.Agreement, Version: l.Version,
		}
		if l.Tag == "" {
			one.Vehicle = v
		}
		_, err := s.Change(ctx, actor, one)
		if f, known := errors.AsType[*fault.Error](err); known && f.Code != fault.Internal {
			reply.Refused = append(reply.Refused, api.FleetRefusal{Vehicle: v, Plate: l.Plate, Fault: *f})
			continue
		}
		if err != nil {
			return reply, err
		}
		reply.Changed++
	}
	return reply, nil
}
