// Package fleet owns orders of tags: those that wait to be sent, and which tag was sent for an order.
//
// Orders are placed by package agreement, with an agreement.
package fleet

import (
	"context"
	"fmt"
	"time"

	"bompass/shared/ident"
	"bompass/shared/toll"
)

// tagDigits is the length of a tag's number.
const tagDigits = 19

// TagOrder is an order of a tag and the address to send it to.
type TagOrder struct {
	ID        int64      `json:"order"`
	At        time.Time  `json:"ordered_at"`
	Agreement string     `json:"agreement"`
	Plate     toll.Plate `json:"plate"`
	Name      string     `json:"name"`
	Address   string     `json:"address"`
}

// Store stores orders of tags.
type Store interface {
	// TagOrders returns the orders that have not been sent, the oldest first. Only orders of agreements whose terms
	// were accepted are returned.
	TagOrders(ctx context.Context) ([]TagOrder, error)
	// SendTag records the tag that was sent for an order. The tag is the agreement's, and on the order's vehicle
	// from at on.
	SendTag(ctx context.Context, order int64, tag toll.TagID, at time.Time) error
}

// Service handles orders of tags.
type Service struct {
	store Store
	now   func() time.Time
}

// NewService returns a Service on a store.
func NewService(store Store, now func() time.Time) *Service { return &Service{store: store, now: now} }

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
