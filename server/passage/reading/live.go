package reading

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"

	"bompass/server/passage"
	"bompass/server/passage/stream"
	"bompass/shared/api"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Limits of live events.
const (
	livePending = 256                    // messages queued for one subscriber
	liveBuffer  = 16                     // events queued for a slow reader
	liveGather  = 100 * time.Millisecond // several commits become one event
	listenAgain = 2 * time.Second        // after a lost connection to the database
)

// Live publishes events to customers when their passages are charged. It is safe for concurrent use.
type Live struct {
	passages *Service
	conn     *nats.Conn
	now      func() time.Time
	log      *slog.Logger
}

// NewLive returns a Live that reads the content of events from a Service.
func NewLive(passages *Service, conn *nats.Conn, now func() time.Time, log *slog.Logger) *Live {
	return &Live{passages: passages, conn: conn, now: now, log: log}
}

// Subscribe returns the customer's events until ctx ends. The channel is closed then, or when its reader is too slow: a
// reader that reconnects loads the whole list first.
func (l *Live) Subscribe(ctx context.Context, customer toll.CustomerID) (<-chan api.Event, error) {
	messages := make(chan *nats.Msg, livePending)
	sub, err := l.conn.ChanSubscribe(stream.LiveSubject(customer), messages)
	if err != nil {
		return nil, fmt.Errorf("live events: %w", err)
	}
	payments := make(chan *nats.Msg, livePending)
	paid, err := l.conn.ChanSubscribe(stream.PaidSubject(customer), payments)
	if err != nil {
		_ = sub.Unsubscribe()
		return nil, fmt.Errorf("live events: %w", err)
	}
	if err := l.conn.FlushTimeout(stream.PublishWait); err != nil {
		_ = sub.Unsubscribe()
		_ = paid.Unsubscribe()
		return nil, fmt.Errorf("live events: %w", err)
	}
	events := make(chan api.Event, liveBuffer)
	go func() {
		defer close(events)
		defer func() { _, _ = sub.Unsubscribe(), paid.Unsubscribe() }()
		if err := l.relay(ctx, customer, messages, payments, events); err != nil && ctx.Err() == nil {
			l.log.Warn("relay live events", "customer", customer, "error", err)
		}
	}()
	return events, nil
}

// relay turns messages about changed passages and payments into events. It returns an error if the reader is too slow: the
// stream then ends, and the browser fetches the list again when it reconnects.
func (l *Live) relay(ctx context.Context, customer toll.CustomerID, messages, payments <-chan *nats.Msg, events chan<- api.Event) error {
	for {
		var e api.Event
		var err error
		select {
		case <-ctx.Done():
			return nil
		case msg := <-messages:
			e, err = l.event(ctx, customer, gatherIDs(ctx, msg, messages))
		case <-payments:
			e, err = l.paid(ctx, customer)
		}
		if err != nil {
			return err
		}
		select {
		case events <- e:
		default:
			return fmt.Errorf("reader is more than %d events behind", liveBuffer)
		}
	}
}

// gatherIDs collects ids for a moment, so that a burst becomes one event.
func gatherIDs(ctx context.Context, first *nats.Msg, messages <-chan *nats.Msg) []passage.ID {
	ids := stream.AppendIDs(nil, first.Data)
	moment := time.NewTimer(liveGather)
	defer moment.Stop()
	for len(ids) < stream.LiveBatchMax {
		select {
		case msg := <-messages:
			ids = stream.AppendIDs(ids, msg.Data)
		case <-moment.C:
			return ids
		case <-ctx.Done():
			return ids
		}
	}
	return ids
}

// event returns the event of changed passages, with those that belong to the customer.
func (l *Live) event(ctx context.Context, customer toll.CustomerID, ids []passage.ID) (api.Event, error) {
	page, err := l.passages.store.Passages(ctx, Query{Customer: customer, IDs: ids, Limit: len(ids)})
	if err != nil {
		return api.Event{}, err
	}
	balance, err := l.passages.store.MonthTotal(ctx, customer, oslo.MonthOf(l.now()))
	if err != nil {
		return api.Event{}, err
	}
	return api.Event{Kind: api.EventPassage, Lines: l.passages.named(page.Lines), Balance: balance}, nil
}

// paid returns the event of a payment.
func (l *Live) paid(ctx context.Context, customer toll.CustomerID) (api.Event, error) {
	balance, err := l.passages.store.MonthTotal(ctx, customer, oslo.MonthOf(l.now()))
	return api.Event{Kind: api.EventPaid, Lines: []api.PassageLine{}, Balance: balance}, err
}

// Forward publishes the payments that listen hears of, until ctx ends. It begins again after a pause when the connection is
// lost; what was paid meanwhile is seen when the page is loaded next.
func (l *Live) Forward(ctx context.Context, listen func(context.Context, func(toll.CustomerID)) error) {
	for ctx.Err() == nil {
		err := listen(ctx, func(customer toll.CustomerID) {
			if err := l.conn.Publish(stream.PaidSubject(customer), nil); err != nil {
				l.log.Warn("publish a payment", "error", err)
			}
		})
		if ctx.Err() != nil {
			return
		}
		l.log.Warn("listen to payments", "error", err)
		select {
		case <-time.After(listenAgain):
		case <-ctx.Done():
		}
	}
}
