// Package fleet owns what is done with tags and vehicles on agreements: orders of tags and which tag was sent, and changes
// of tags and vehicles with their history. Which changes are allowed is a rule of package toll.
//
// Orders are placed by package agreement, with an agreement; with a vehicle that is added to one; and by themselves, for a
// vehicle on one. A tag shop packs and sends them, or the office does.
package fleet

import (
	"context"
	"fmt"
	"time"

	"bompass/server/access/seal"
	"bompass/server/partner/register"
	"bompass/shared/ident"
	"bompass/shared/toll"
)

// tagDigits is the length of a tag's number.
const tagDigits = 19

// TagOrder is an order of a tag and the address to send it to.
type TagOrder struct {
	ID        int64          `json:"order"`
	Item      toll.OrderItem `json:"item"`
	At        time.Time      `json:"ordered_at"`
	Agreement string         `json:"agreement"`
	Plate     toll.Plate     `json:"plate"`
	Name      string         `json:"name"`
	Address   string         `json:"address"`
}

// Store is the persistence of this package.
type Store interface {
	OrderStore
	ChangeStore
	BulkStore
	StatedStore
}

// OfficeStore stores what the office does with orders and tags.
type OfficeStore interface {
	// TagOrders returns the orders that have not been sent, the oldest first. Only orders of agreements whose terms
	// were accepted are returned.
	TagOrders(ctx context.Context) ([]TagOrder, error)
	// SendTag records the tag that was sent for an order. The tag is the agreement's, and on the order's vehicle
	// from at on; a replacement is on no vehicle before it is delivered.
	SendTag(ctx context.Context, order int64, tag toll.TagID, at time.Time) error
	// ReceiveTag records that a settled tag was received, with the deposit that awaits it. It returns an error for a tag that is
	// not settled or was received before.
	ReceiveTag(ctx context.Context, tag toll.TagID, at time.Time) error
}

// Service handles orders of tags, and changes of tags and vehicles. It is safe for concurrent use.
type Service struct {
	store    Store
	register register.Source
	limiter  Limiter
	prices   Prices
	keys     seal.Keys
	now      func() time.Time
	awaits   bool // deposits are paid back when the tag has been received
}

// NewService returns a Service on a store, with the register that vehicles are looked up in.
func NewService(store Store, source register.Source, limiter Limiter, prices Prices, keys seal.Keys, now func() time.Time) *Service {
	return &Service{store: store, register: source, limiter: limiter, prices: prices, keys: keys, now: now}
}

// WithReturnFirst returns the service with the setting that the deposit of a settled tag is paid back only when the tag has been
// received, K05.
func (s *Service) WithReturnFirst(on bool) *Service {
	s.awaits = on
	return s
}

// MarkReceived records that a settled tag was received at the office. A refund that awaits it is due then.
func (s *Service) MarkReceived(ctx context.Context, tag string) error {
	if err := CheckTag(tag); err != nil {
		return err
	}
	return s.store.ReceiveTag(ctx, toll.TagID(tag), s.now())
}

// Waiting returns the orders that have not been sent, the oldest first.
func (s *Service) Waiting(ctx context.Context) ([]TagOrder, error) { return s.store.TagOrders(ctx) }

// CheckTag returns an error if the text is not the number of a tag: 19 digits, the last a Luhn digit.
func CheckTag(tag string) error {
	if len(tag) != tagDigits || !ident.Luhn(tag) {
		return fmt.Errorf("%q is not a tag's number: it has %d digits, the last one is a check digit", tag, tagDigits)
	}
	return nil
}

// MarkSent records that a tag was sent for an order. It returns an error for a tag whose number is not valid or that is
// on another agreement, and for an order that is not waiting.
func (s *Service) MarkSent(ctx context.Context, order int64, tag string) error {
	if err := CheckTag(tag); err != nil {
		return err
	}
	return s.store.SendTag(ctx, order, toll.TagID(tag), s.now())
}

// MarkHolderSent records that the holder of an order was sent.
func (s *Service) MarkHolderSent(ctx context.Context, order int64) error {
	return s.store.SendHolder(ctx, order, s.now())
}

// MarkDelivered records that an order was delivered.
func (s *Service) MarkDelivered(ctx context.Context, order int64) error {
	return s.store.DeliverOrder(ctx, order, s.now())
}
