package fleet

import (
	"context"
	"slices"
	"time"

	"bompass/server/access"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/toll"
)

// Order is an order of a tag or a holder as the customer follows it.
type Order struct {
	ID        int64
	Item      toll.OrderItem
	Agreement string // its number
	Vehicle   toll.VehicleID
	Plate     toll.Plate
	Name      string // of the customer
	Address   string
	Tag       toll.TagID // that was sent; empty for a holder, and before it is sent

	At, Packed, Sent, Delivered time.Time // zero before it has come so far
}

// Status returns how far the order is.
func (o Order) Status() toll.OrderStatus {
	switch {
	case !o.Delivered.IsZero():
		return toll.OrderDelivered
	case !o.Sent.IsZero():
		return toll.OrderSent
	case !o.Packed.IsZero():
		return toll.OrderPacked
	}
	return toll.OrderPlaced
}

// Reached returns when the order came to a state, zero if it has not.
func (o Order) Reached(s toll.OrderStatus) time.Time {
	switch s {
	case toll.OrderPlaced:
		return o.At
	case toll.OrderPacked:
		return o.Packed
	case toll.OrderSent:
		return o.Sent
	case toll.OrderDelivered:
		return o.Delivered
	}
	return time.Time{}
}

// NewOrder is an order that a person places.
type NewOrder struct {
	Customer toll.CustomerID
	Account  toll.AccountID
	Vehicle  toll.VehicleID
	Holder   bool // a holder; otherwise a tag, in place of the one that the vehicle has
	Address  string
	Terms    map[toll.TermsKind]int // accepted with the order of a vehicle's first tag
	At       time.Time
}

// OrderStore stores orders.
type OrderStore interface {
	OfficeStore
	CustomerOrders
	OrderSteps
}

// CustomerOrders stores what customers order.
type CustomerOrders interface {
	// Orders returns the orders of a customer, the latest first.
	Orders(ctx context.Context, customer toll.CustomerID) ([]Order, error)
	// PlaceOrder stores an order for a vehicle on an agreement of the customer in force. The error is fault.NotFound for
	// another one, and fault.TagOrdered if the same is on its way to the vehicle already.
	PlaceOrder(ctx context.Context, o NewOrder) error
	// SetOrderAddress corrects the address of an order of the customer. The error is fault.NotFound for another one, and
	// fault.ChangedMeanwhile for one that was sent.
	SetOrderAddress(ctx context.Context, customer toll.CustomerID, order int64, address string) error
}

// OrderSteps stores how orders go on.
type OrderSteps interface {
	// OpenOrders returns the orders that have not been delivered, the oldest first. Those of a first tag wait until the
	// terms are accepted.
	OpenOrders(ctx context.Context) ([]Order, error)
	// PackOrder records that an order is packed.
	PackOrder(ctx context.Context, order int64, at time.Time) error
	// SendHolder records that the holder of an order was sent.
	SendHolder(ctx context.Context, order int64, at time.Time) error
	// DeliverOrder records that an order was delivered. A replacement is on the vehicle from at on, and the tag that it
	// replaces is settled; its deposit is the replacement's.
	DeliverOrder(ctx context.Context, order int64, at time.Time) error
}

// Orders returns the orders of the actor's customer, the latest first.
func (s *Service) Orders(ctx context.Context, actor access.Principal) ([]Order, error) {
	return s.store.Orders(ctx, actor.Customer)
}

// Place orders a tag or a holder for a vehicle on an agreement of the actor's customer. A vehicle's first tag needs the terms.
func (s *Service) Place(ctx context.Context, actor access.Principal, vehicle toll.VehicleID, item, address string, accepted bool) error {
	var faults fault.List
	reply, err := s.store.Fleet(ctx, actor.Customer, s.now(), 0)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(reply.Lines, func(l api.FleetLine) bool { return vehicle != "" && l.Vehicle == vehicle })
	if at < 0 {
		faults.Add(fault.New(fault.FieldMissing).At("car"))
	}
	if item != string(toll.ItemTag) && item != string(toll.ItemHolder) {
		faults.Add(fault.New(fault.FieldMissing).At("item"))
	}
	address, err = toll.AddressLine(address)
	faults.Add(err)
	if at >= 0 && item == string(toll.ItemTag) && reply.Lines[at].Tag == "" && !accepted {
		faults.Add(fault.New(fault.TermsNeeded).At("terms"))
	}
	if err := faults.Err(); err != nil {
		return err
	}
	o := NewOrder{Customer: actor.Customer, Account: actor.Account, Vehicle: vehicle, Holder: item == string(toll.ItemHolder), Address: address, At: s.now()}
	if accepted {
		o.Terms = toll.TermsInForce()
	}
	return s.store.PlaceOrder(ctx, o)
}

// CorrectAddress changes the address of an order that has not been sent.
func (s *Service) CorrectAddress(ctx context.Context, actor access.Principal, order int64, address string) error {
	address, err := toll.AddressLine(address)
	if err != nil {
		return err
	}
	return s.store.SetOrderAddress(ctx, actor.Customer, order, address)
}
