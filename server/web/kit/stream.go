package kit

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/shared/api"
)

// Limits of event streams.
const (
	heartbeatEvery = 15 * time.Second // also how soon the loss of a session or a right is noticed without an event
	slowClientMax  = 10 * time.Second // to take one event
	reconnectMS    = 2000             // what the browser waits before it connects again
	streamsMax     = 8                // of one session, a tab each; one more ends the oldest
)

// Stream mounts a customer's route that answers with server-sent events until the session, the server, the
// client or the channel ends. A stream does not prolong the session.
func Stream[Event any](
	app *fiber.App, k *Kit, r api.Route[api.Empty, Event],
	subscribe func(context.Context, access.Principal) (<-chan Event, error),
) {
	app.Get(r.Path, func(c *fiber.Ctx) error {
		if err := k.RequireSameSite(c); err != nil {
			return err
		}
		token := k.SessionToken(c)
		ctx, end := k.Streams.Begin(k.stopping, token.Hash()) // first, so that no end of the session is missed
		actor, events, err := openStream(ctx, c, k, r, token, subscribe)
		if err != nil || events == nil {
			end()
			return err
		}
		c.Set(fiber.HeaderContentType, "text/event-stream; charset=utf-8")
		c.Set(fiber.HeaderCacheControl, "no-store, no-transform")
		c.Set("X-Accel-Buffering", "no")
		out := &eventWriter{conn: c.Context().Conn(), now: k.Now}
		mayGoOn := func() bool { // still the same person, for the same customer, and with the right
			now, err := k.sessions.Peek(ctx, token)
			return err == nil && now.Account == actor.Account && now.Customer == actor.Customer &&
				k.Authorize(ctx, Caller{Kind: Person, Person: now}, r.Endpoint) == nil
		}
		c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
			defer end()
			defer out.extendDeadline() // the end of the stream must leave, too
			out.w = w
			writeEvents(ctx, out, events, mayGoOn)
		})
		return nil
	})
}

// openStream authorizes a request and subscribes it. It returns no channel for a HEAD request.
func openStream[Event any](
	ctx context.Context, c *fiber.Ctx, k *Kit, r api.Route[api.Empty, Event], token seal.Token,
	subscribe func(context.Context, access.Principal) (<-chan Event, error),
) (access.Principal, <-chan Event, error) {
	actor, err := k.sessions.Peek(c.UserContext(), token) //nolint:contextcheck // the context of the request
	if err != nil {
		return actor, nil, err
	}
	if err := k.Authorize(c.UserContext(), Caller{Kind: Person, Person: actor}, r.Endpoint); err != nil { //nolint:contextcheck // the context of the request
		return actor, nil, err
	}
	if c.Method() == fiber.MethodHead {
		return actor, nil, nil
	}
	events, err := subscribe(ctx, actor)
	return actor, events, err
}

// eventWriter writes events, each within a time of its own: the connection's usual limit is for answers that
// end.
type eventWriter struct {
	w    *bufio.Writer
	conn net.Conn
	now  func() time.Time
}

// writeEvents writes events until ctx or the channel ends, or the caller may not go on. That is asked before each
// event, so that nothing is sent after a role or a mandate was withdrawn, and with each heartbeat.
func writeEvents[Event any](ctx context.Context, e *eventWriter, events <-chan Event, mayGoOn func() bool) {
	heartbeat := time.NewTicker(heartbeatEvery)
	defer heartbeat.Stop()
	err := e.send("retry: %d\n\n", reconnectMS)
	for err == nil {
		select {
		case <-ctx.Done():
			return
		case event, open := <-events:
			if !open || !mayGoOn() {
				return
			}
			var data []byte
			if data, err = json.Marshal(event); err == nil {
				err = e.send("data: %s\n\n", data)
			}
		case <-heartbeat.C:
			if !mayGoOn() {
				return
			}
			// A comment keeps proxies from closing an idle connection, and detects a client that is gone.
			err = e.send(": still here\n\n")
		}
	}
}

// extendDeadline gives the client its time to take what is written next. The write itself fails if the
// connection is gone.
func (e *eventWriter) extendDeadline() { _ = e.conn.SetWriteDeadline(e.now().Add(slowClientMax)) }

func (e *eventWriter) send(format string, args ...any) error {
	e.extendDeadline()
	if _, err := fmt.Fprintf(e.w, format, args...); err != nil {
		return err
	}
	return e.w.Flush()
}

// Streams holds the open event streams by session, so that they end at once with their session. It is safe
// for concurrent use.
type Streams struct {
	mu   sync.Mutex
	next int
	open map[seal.Hash]map[int]context.CancelFunc
}

// NewStreams returns Streams without any.
func NewStreams() *Streams {
	return &Streams{open: map[seal.Hash]map[int]context.CancelFunc{}}
}

// Begin registers a stream of a session. The returned function must be called when the stream is over.
func (s *Streams) Begin(parent context.Context, session seal.Hash) (ctx context.Context, end func()) {
	ctx, cancel := context.WithCancel(parent)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	id := s.next
	if s.open[session] == nil {
		s.open[session] = map[int]context.CancelFunc{}
	}
	s.open[session][id] = cancel
	// Streams of closed tabs may still be open, so the oldest one makes room for a new one.
	if len(s.open[session]) > streamsMax {
		oldest := slices.Min(slices.Collect(maps.Keys(s.open[session])))
		s.open[session][oldest]()
		delete(s.open[session], oldest)
	}
	return ctx, func() {
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open[session], id)
		if len(s.open[session]) == 0 {
			delete(s.open, session)
		}
	}
}

// End ends every stream of a session.
func (s *Streams) End(session seal.Hash) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, cancel := range s.open[session] {
		cancel()
	}
}
