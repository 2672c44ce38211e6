package web

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

	"bompass/server/access/seal"
	"bompass/shared/api"
)

// Times of an event stream.
const (
	heartbeatEvery = 15 * time.Second // also how soon a session that another server ended is noticed
	slowClientMax  = 10 * time.Second // to take one event
	reconnectMS    = 2000             // what the browser waits before it asks again
	streamsMax     = 8                // of one session, a tab each; the oldest ends for one more
)

// events sends a customer's live events until the session, the server or the client ends. It does not
// prolong the session.
func (s *server) events(c *fiber.Ctx) error {
	if err := s.ownSite(c); err != nil {
		return err
	}
	token := s.session(c)
	ctx, end := s.streams.begin(s.Context, token.Hash()) // first, so that no end of the session is missed
	actor, err := s.Desk.Peek(c.UserContext(), token)
	if err == nil {
		err = s.may(c, actor, api.Events.Right)
	}
	if err != nil {
		end()
		return err
	}
	if c.Method() == fiber.MethodHead {
		end()
		return nil
	}
	news, err := s.Live.Subscribe(ctx, actor.Customer)
	if err != nil {
		end()
		return err
	}
	c.Set(fiber.HeaderContentType, "text/event-stream; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store, no-transform")
	c.Set("X-Accel-Buffering", "no")
	out := &eventWriter{conn: c.Context().Conn(), now: s.Now}
	alive := func() bool {
		_, err := s.Desk.Peek(ctx, token)
		return err == nil
	}
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer end()
		defer out.allow() // the end of the stream must leave, too
		out.w = w
		out.pump(ctx, news, alive)
	})
	return nil
}

// eventWriter writes events, each within a time of its own: the connection's usual limit is for
// answers that end.
type eventWriter struct {
	w    *bufio.Writer
	conn net.Conn
	now  func() time.Time
}

func (e *eventWriter) pump(ctx context.Context, news <-chan api.Event, alive func() bool) {
	beat := time.NewTicker(heartbeatEvery)
	defer beat.Stop()
	err := e.send("retry: %d\n\n", reconnectMS)
	for err == nil {
		select {
		case <-ctx.Done():
			return
		case event, open := <-news:
			if !open {
				return
			}
			var data []byte
			if data, err = json.Marshal(event); err == nil {
				err = e.send("data: %s\n\n", data)
			}
		case <-beat.C:
			if !alive() {
				return
			}
			err = e.send(": still here\n\n")
		}
	}
}

// allow gives the client its time to take what is written next. A connection that is gone says so when
// it is written to.
func (e *eventWriter) allow() { _ = e.conn.SetWriteDeadline(e.now().Add(slowClientMax)) }

func (e *eventWriter) send(format string, args ...any) error {
	e.allow()
	if _, err := fmt.Fprintf(e.w, format, args...); err != nil {
		return err
	}
	return e.w.Flush()
}

// streams knows the open event streams, so that they end at once with their session.
type streams struct {
	mu   sync.Mutex
	next int
	open map[seal.Hash]map[int]context.CancelFunc
}

func newStreams() *streams {
	return &streams{open: map[seal.Hash]map[int]context.CancelFunc{}}
}

// begin registers a stream; end must be called when it is over.
func (s *streams) begin(parent context.Context, session seal.Hash) (ctx context.Context, end func()) {
	ctx, cancel := context.WithCancel(parent)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	id := s.next
	if s.open[session] == nil {
		s.open[session] = map[int]context.CancelFunc{}
	}
	s.open[session][id] = cancel
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

// end ends every stream of a session.
func (s *streams) end(session seal.Hash) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, cancel := range s.open[session] {
		cancel()
	}
}
