// Package fleet owns what is done with tags and vehicles on agreements: orders of tags and which tag was sent, and changes
// of tags and vehicles with their history. Which changes are allowed is a rule of package toll.
//
// Orders are placed by package agreement, with an agreement, or with a vehicle that is added to one.
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
	ChangeStore
	BulkStore
}

// Service handles orders of tags, and changes of tags and vehicles. It is safe for concurrent use.
type Service struct {
	store    Store
	register register.Source
	limiter  Limiter
	keys     seal.Keys
	now      func() time.Time
}

// NewService returns a Service on a store, with the register that vehicles are looked up in.
func NewService(store Store, source register.Source, limiter Limiter, keys seal.Keys, now func() time.Time) *Service {
	return &Service{store: store, register: source, limiter: limiter, keys: keys, now: now}
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
