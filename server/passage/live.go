package passage

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"

	"bompass/shared/api"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// Limits of live events.
const (
	LiveBatchMax = 200                    // passages of one message
	livePending  = 256                    // messages waiting for one subscriber
	liveBuffer   = 16                     // events waiting for a slow reader
	liveGather   = 100 * time.Millisecond // several commits become one event
)

func LiveSubject(customer string) string { return "live." + customer }

// publishChanges tells which passages of whom are new or cost something else. Only identities travel:
// what there is to say is read for those who watch, and mostly nobody does.
func (p *Pipeline) publishChanges(news map[ID][]ID) {
	for customer, ids := range news {
		for len(ids) > 0 {
			n := min(len(ids), LiveBatchMax)
			data := make([]byte, 0, n*len(ID{}))
			for _, id := range ids[:n] {
				data = append(data, id[:]...)
			}
			if err := p.conn.Publish(LiveSubject(customer.written()), data); err != nil {
				p.log.Warn("live event is not sent", "error", err)
				return
			}
			ids = ids[n:]
		}
	}
}

// Live tells customers of their passages as they are charged.
type Live struct {
	desk *Service
	conn *nats.Conn
	now  func() time.Time
	log  *slog.Logger
}

// NewLive returns a Live that reads what there is to say from the desk.
func NewLive(desk *Service, conn *nats.Conn, now func() time.Time, log *slog.Logger) *Live {
	return &Live{desk: desk, conn: conn, now: now, log: log}
}

// Subscribe gives the customer's events until ctx ends. The channel is closed then, or when its
// reader is too slow: a reader that comes back starts from the whole list anyway.
func (l *Live) Subscribe(ctx context.Context, customer toll.CustomerID) (<-chan api.Event, error) {
	messages := make(chan *nats.Msg, livePending)
	sub, err := l.conn.ChanSubscribe(LiveSubject(string(customer)), messages)
	if err != nil {
		return nil, fmt.Errorf("live events: %w", err)
	}
	if err := l.conn.FlushTimeout(PublishWait); err != nil {
		_ = sub.Unsubscribe()
		return nil, fmt.Errorf("live events: %w", err)
	}
	events := make(chan api.Event, liveBuffer)
	go func() {
		defer close(events)
		defer func() { _ = sub.Unsubscribe() }()
		if err := l.relay(ctx, customer, messages, events); err != nil && ctx.Err() == nil {
			l.log.Warn("live events end", "customer", customer, "error", err)
		}
	}()
	return events, nil
}

func (l *Live) relay(ctx context.Context, customer toll.CustomerID, messages <-chan *nats.Msg, events chan<- api.Event) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case msg := <-messages:
			e, err := l.event(ctx, customer, gatherIDs(ctx, msg, messages))
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
}

// gatherIDs waits a moment, so that a burst becomes one event.
func gatherIDs(ctx context.Context, first *nats.Msg, messages <-chan *nats.Msg) []ID {
	ids := AppendIDs(nil, first.Data)
	moment := time.NewTimer(liveGather)
	defer moment.Stop()
	for len(ids) < LiveBatchMax {
		select {
		case msg := <-messages:
			ids = AppendIDs(ids, msg.Data)
		case <-moment.C:
			return ids
		case <-ctx.Done():
			return ids
		}
	}
	return ids
}

func AppendIDs(ids []ID, data []byte) []ID {
	for len(data) >= len(ID{}) {
		ids = append(ids, ID(data[:len(ID{})]))
		data = data[len(ID{}):]
	}
	return ids
}

func (l *Live) event(ctx context.Context, customer toll.CustomerID, ids []ID) (api.Event, error) {
	page, err := l.desk.store.Passages(ctx, Query{Customer: customer, IDs: ids, Limit: len(ids)})
	if err != nil {
		return api.Event{}, err
	}
	balance, err := l.desk.store.MonthTotal(ctx, customer, oslo.MonthOf(l.now()))
	if err != nil {
		return api.Event{}, err
	}
	return api.Event{Kind: "passage", Lines: l.desk.named(page.Lines), Balance: balance}, nil
}
