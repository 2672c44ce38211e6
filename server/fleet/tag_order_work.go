package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bompass/server/partner/tagshop"
	"bompass/shared/toll"
)

// OrderJob asks the tag shop how far the orders are.
type OrderJob struct{}

// Kind returns the name of the job.
func (OrderJob) Kind() string { return "tag_orders" }

// MaxAttempts is the maximum number of attempts. The next job goes on where this one has ended.
func (OrderJob) MaxAttempts() int { return 3 }

// OrderInterval is the time between two jobs.
const OrderInterval = time.Minute

// Orders takes orders to a tag shop and records how far they are. It is safe for concurrent use.
type Orders struct {
	store Store
	shop  tagshop.Shop
	now   func() time.Time
}

// NewOrders returns Orders of a shop.
func NewOrders(store Store, shop tagshop.Shop, now func() time.Time) *Orders {
	return &Orders{store: store, shop: shop, now: now}
}

// Work performs a job. An order that fails does not keep the others waiting.
func (f *Orders) Work(ctx context.Context, _ OrderJob, _ int) error {
	open, err := f.store.OpenOrders(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, o := range open {
		if err := f.follow(ctx, o); err != nil {
			failed = append(failed, fmt.Errorf("order %d: %w", o.ID, err))
		}
	}
	return errors.Join(failed...)
}

// follow records how far an order is.
func (f *Orders) follow(ctx context.Context, o Order) error {
	p, err := f.shop.Progress(ctx, tagshop.Order{ID: o.ID, Item: o.Item, At: o.At, Name: o.Name, Address: o.Address})
	if err != nil {
		return err
	}
	if !p.Packed.IsZero() && o.Packed.IsZero() {
		if err := f.store.PackOrder(ctx, o.ID, p.Packed); err != nil {
			return err
		}
	}
	if !p.Sent.IsZero() && o.Sent.IsZero() {
		if err := f.send(ctx, o, p.Tag); err != nil {
			return err
		}
	}
	if !p.Delivered.IsZero() && o.Delivered.IsZero() {
		return f.store.DeliverOrder(ctx, o.ID, f.now())
	}
	return nil
}

// send records what was sent. A tag counts from now on: what has passed is not changed behind the customer's back.
func (f *Orders) send(ctx context.Context, o Order, tag toll.TagID) error {
	if o.Item == toll.ItemHolder {
		return f.store.SendHolder(ctx, o.ID, f.now())
	}
	if err := CheckTag(string(tag)); err != nil {
		return err
	}
	return f.store.SendTag(ctx, o.ID, tag, f.now())
}
