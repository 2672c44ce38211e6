// Package sim simulates a tag shop for a development server: its orders go on as its clock does. It is never part of
// production.
package sim

import (
	"context"
	"fmt"
	"time"

	"bompass/server/partner/tagshop"
	"bompass/shared/ident"
	"bompass/shared/toll"
)

// Times from an order until it is packed, sent and delivered.
const (
	PackedAfter    = 4 * time.Hour
	SentAfter      = 24 * time.Hour
	DeliveredAfter = 72 * time.Hour
)

// Shop is the simulated shop. It is safe for concurrent use.
type Shop struct{ now func() time.Time }

// New returns a Shop with a clock.
func New(now func() time.Time) Shop { return Shop{now: now} }

// Progress returns how far an order is by the clock.
func (s Shop) Progress(ctx context.Context, o tagshop.Order) (p tagshop.Progress, err error) {
	now := s.now()
	for _, step := range []struct {
		after time.Duration
		at    *time.Time
	}{{PackedAfter, &p.Packed}, {SentAfter, &p.Sent}, {DeliveredAfter, &p.Delivered}} {
		if at := o.At.Add(step.after); !at.After(now) {
			*step.at = at
		}
	}
	if !p.Sent.IsZero() && o.Item != toll.ItemHolder {
		p.Tag = Tag(o.ID)
	}
	return p, ctx.Err()
}

// Tag returns the tag that is sent for an order: the numbers of the shop begin differently from those of the demo data.
func Tag(order int64) toll.TagID {
	body := fmt.Sprintf("9578019%011d", order)
	for check := range 10 {
		if number := fmt.Sprintf("%s%d", body, check); ident.Luhn(number) {
			return toll.TagID(number)
		}
	}
	return ""
}
