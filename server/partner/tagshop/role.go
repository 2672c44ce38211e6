// Package tagshop is the role of the partner that packs tags and holders and sends them to customers. Package sim simulates one
// for a development server. Without a tag shop, the office sends tags itself and records it with `server tags`.
package tagshop

import (
	"context"
	"time"

	"bompass/shared/toll"
)

// Order is what the shop is asked to send.
type Order struct {
	ID      int64
	Item    toll.OrderItem
	At      time.Time // of the order
	Name    string    // of the customer
	Address string
}

// Progress is how far an order is. Times that have not come are zero.
type Progress struct {
	Packed, Sent, Delivered time.Time
	Tag                     toll.TagID // that was sent; empty for a holder, and before it is sent
}

// Shop packs and sends what is ordered. It is safe for concurrent use.
type Shop interface {
	// Progress returns how far an order is. The first call for an order places it.
	Progress(ctx context.Context, o Order) (Progress, error)
}
