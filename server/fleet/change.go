package fleet

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"

	"bompass/server/access"
	"bompass/server/partner/register"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/money"
	"bompass/shared/toll"
)

// Request names what a change is about, for the store to lock.
type Request struct {
	Key       string
	Customer  toll.CustomerID
	Account   toll.AccountID
	Tag       toll.TagID     // empty for a vehicle without one
	Vehicle   toll.VehicleID // without a tag, that leaves its agreement
	Agreement string         // number of the agreement that a vehicle joins, or goes to
	Transfer  bool           // a vehicle with a tag or without goes to Agreement
	To        *toll.Vehicle  // that gets the tag or joins the agreement; nil for none
	Source    string         // of the facts of To
	At        time.Time      // from when on the change counts
	Now       time.Time
	Try       bool // nothing is saved
	Awaits    bool // the deposit of a settled tag is paid back when the tag has been received
}

// Current is what a change finds.
type Current struct {
	Placement toll.Placement
	Vehicle   toll.VehicleID // that the tag is on, or was on when it was reported as lost; or the vehicle without a tag
	To        toll.VehicleID // of Request.To
	Version   int64          // of the latest change of tag or vehicle
	Deposit   money.Ore
	Vehicles  int                         // on the agreement now
	Tags      int                         // of the agreement on no vehicle, this tag left out
	Own       map[toll.AgreementID]string // numbers of the customer's agreements that vehicles are on
	Target    Target                      // of a transfer
}

// Target is the agreement that a vehicle is moved to.
type Target struct {
	ID       toll.AgreementID
	Number   string
	Vehicles int    // on it now, and its tags on no vehicle
	From     string // number of the agreement that the vehicle leaves
}

// Outcome is what a change does.
type Outcome struct {
	Placement toll.Placement
	Event     api.FleetEvent // its fields Kind, Reason, Before, After, Was, Became, Kept, Ended, Ordered and Returned
	From, To  toll.VehicleID // vehicles before and after; empty for none
	Terms     map[toll.TermsKind]int
}

// ChangeStore stores changes of tags and vehicles.
type ChangeStore interface {
	// Change locks the agreement of what a request names, and saves what decide returns, in one transaction. For a key
	// that was saved before, it returns that change, and decide is not called. The error is fault.NotFound for what is
	// not the customer's, and fault.VehicleTaken for a vehicle on another agreement.
	Change(ctx context.Context, r Request, decide func(Current) (Outcome, error)) (api.FleetReceipt, error)
	// Receipt returns a change of the customer by its key, or fault.NotFound.
	Receipt(ctx context.Context, customer toll.CustomerID, key string) (api.FleetReceipt, error)
	// Fleet returns the tags and vehicles of the customer's agreements at an instant. limit is the number of vehicles
	// that fill an agreement, 0 for any number.
	Fleet(ctx context.Context, customer toll.CustomerID, at time.Time, limit int) (api.FleetReply, error)
	// History returns at most limit changes before the one with an id, the latest first; 0 is the latest.
	History(ctx context.Context, customer toll.CustomerID, req api.FleetHistoryRequest, before int64, limit int) ([]api.FleetEvent, error)
}

// vehiclesMax returns the number of vehicles that an agreement of the actor may have, 0 for any number.
func vehiclesMax(actor access.Principal) int {
	if actor.Kind == toll.Company {
		return 0
	}
	return toll.PrivateTagsMax
}

// Fleet returns the tags and vehicles of the actor's agreements.
func (s *Service) Fleet(ctx context.Context, actor access.Principal) (api.FleetReply, error) {
	reply, err := s.store.Fleet(ctx, actor.Customer, s.now(), vehiclesMax(actor))
	reply.Key = uuid.NewString()
	return reply, err
}

// Change changes a tag or a vehicle of the actor's customer, and returns its receipt. Passages since the instant from
// which the change counts are priced again by the workers, for every vehicle that it concerns.
func (s *Service) Change(ctx context.Context, actor access.Principal, req api.FleetChangeRequest) (api.FleetReceipt, error) {
	if uuid.Validate(req.Key) != nil {
		return api.FleetReceipt{}, fault.New(fault.FieldWrong).At("key")
	}
	r, err := s.request(ctx, actor, req, false)
	if err != nil {
		return api.FleetReceipt{}, err
	}
	return s.store.Change(ctx, r, func(c Current) (Outcome, error) { return decide(req, r, c, vehiclesMax(actor)) })
}

// request validates a request and looks up the vehicle that it names. One that is only tried needs no terms.
func (s *Service) request(ctx context.Context, actor access.Principal, req api.FleetChangeRequest, try bool) (Request, error) {
	now := s.now()
	r := Request{
		Key: req.Key, Customer: actor.Customer, Account: actor.Account, Tag: req.Tag, Vehicle: req.Vehicle, Agreement: req.Agreement, At: req.At, Now: now, Try: try, Awaits: s.awaits,
	}
	if r.At.IsZero() {
		r.At = now
	}
	if err := checkRequest(req, try); err != nil {
		return r, err
	}
	if err := toll.CheckEffective(r.At, now); err != nil {
		return r, err
	}
	r.Transfer = req.Kind == toll.ChangeTransfer
	if req.Kind != toll.ChangeMove && req.Kind != toll.ChangeAdd {
		return r, nil
	}
	plate, err := register.CheckPlate(req.Country, req.Plate)
	if err != nil {
		return r, err
	}
	r.To, r.Source, err = s.vehicle(ctx, actor, plate, req)
	return r, err
}

// checkRequest returns a fault unless a request has what its kind needs.
func checkRequest(req api.FleetChangeRequest, try bool) error {
	switch req.Kind {
	case toll.ChangeMove, toll.ChangeHold, toll.ChangeLost, toll.ChangeReopen, toll.ChangeSettle:
		if req.Tag == "" {
			return fault.New(fault.FieldMissing).At("tag")
		}
	case toll.ChangeRemove:
		if uuid.Validate(string(req.Vehicle)) != nil {
			return fault.New(fault.FieldMissing).At("vehicle")
		}
	case toll.ChangeTransfer:
		if req.Agreement == "" {
			return fault.New(fault.FieldMissing).At("agreement")
		}
		if req.Tag == "" && uuid.Validate(string(req.Vehicle)) != nil {
			return fault.New(fault.FieldMissing).At("vehicle")
		}
	case toll.ChangeAdd:
		if req.Agreement == "" {
			return fault.New(fault.FieldMissing).At("agreement")
		}
		var faults fault.List
		for _, kind := range toll.Terms() {
			if !try && req.Terms[kind] != toll.TermsVersion(kind) {
				faults.Add(fault.New(fault.TermsNeeded).At(string(kind)))
			}
		}
		return faults.Err()
	default:
		return fault.New(fault.FieldWrong).At("kind")
	}
	switch req.Reason {
	case toll.ReasonNone, toll.ReasonSold, toll.ReasonScrapped, toll.ReasonStolen, toll.ReasonLost, toll.ReasonOther:
		return nil
	}
	return fault.New(fault.FieldWrong).At("reason")
}

// decide decides about a change of what it finds.
func decide(req api.FleetChangeRequest, r Request, c Current, limit int) (Outcome, error) {
	if req.Version != c.Version && req.Kind != toll.ChangeAdd {
		return Outcome{}, fault.New(fault.ChangedMeanwhile)
	}
	change := toll.Change{Kind: req.Kind, Vehicle: c.To, At: r.At, Keep: req.Keep}
	out := Outcome{From: c.Vehicle, Terms: req.Terms, Event: api.FleetEvent{Kind: req.Kind, Reason: req.Reason, Before: c.Placement.Tag.Status}}
	switch req.Kind {
	case toll.ChangeRemove, toll.ChangeReopen:
		change.Vehicle = c.Vehicle
	case toll.ChangeAdd:
		if limit > 0 && c.Vehicles+c.Tags >= limit {
			return Outcome{}, fault.New(fault.AgreementFull, "max", strconv.Itoa(limit)).At("agreement")
		}
		out.Event.Ordered = req.OrderTag
	case toll.ChangeTransfer:
		if limit > 0 && c.Target.Vehicles >= limit {
			return Outcome{}, fault.New(fault.AgreementFull, "max", strconv.Itoa(limit)).At("agreement")
		}
		change.Vehicle, change.Agreement = c.Vehicle, c.Target.ID
		out.From, out.To, out.Event.Was, out.Event.Became = "", c.Vehicle, c.Target.From, c.Target.Number
	case toll.ChangeMove, toll.ChangeHold, toll.ChangeLost, toll.ChangeSettle, toll.ChangeSend, toll.ChangeCentre, toll.ChangeReference, toll.ChangeOrder, toll.ChangeReceive, toll.ChangeFacts:
	}
	var err error
	if out.Placement, err = c.Placement.Apply(change, r.Now); err != nil {
		return Outcome{}, named(err, c)
	}
	out.Event.After = out.Placement.Tag.Status
	out.Event.Kept = req.Keep && req.Kind != toll.ChangeReopen && req.Kind != toll.ChangeTransfer && c.Vehicle != "" && c.Placement.Tag.ID != ""
	switch {
	case req.Kind == toll.ChangeMove || req.Kind == toll.ChangeAdd:
		out.To = c.To
	case req.Kind == toll.ChangeReopen:
		out.From = ""
		if out.Event.After == toll.TagActive {
			out.To = c.Vehicle
		}
	case out.Event.Kept:
		out.To = c.Vehicle
	}
	if req.Kind == toll.ChangeSettle && c.Placement.Tag.Status != toll.TagLost { // a lost tag does not come back
		out.Event.Returned, out.Event.Awaits = c.Deposit, r.Awaits && c.Deposit > 0
	}
	if req.End {
		return out, out.end(c)
	}
	return out, nil
}

// end decides that the agreement ends, which has no other vehicle and no other tag.
func (o *Outcome) end(c Current) error {
	leaves := o.Event.Kind == toll.ChangeRemove || o.Event.Kind == toll.ChangeSettle && !o.Event.Kept
	if !leaves || c.Vehicles > 1 || c.Tags > 0 {
		return fault.New(fault.AgreementInUse).At("end")
	}
	o.Event.Ended = true
	return nil
}

// named returns the fault of a vehicle that is on another agreement with that agreement's number, if it is the customer's
// own.
func named(err error, c Current) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != fault.VehicleTaken {
		return err
	}
	for _, m := range c.Placement.Mounts {
		if number := c.Own[m.Agreement]; m.Vehicle == c.To && m.To.IsZero() && number != "" {
			return fault.New(fault.VehicleYours, "number", number).At(f.Field)
		}
	}
	return err
}
