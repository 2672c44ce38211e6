//go:build js

package browser

import (
	"syscall/js"
	"time"
)

// The wait before a stream that the server has closed is opened again: doubled from the first to the last.
// The browser itself reconnects after shorter interruptions.
const (
	reopenFirst = 2 * time.Second
	reopenLast  = time.Minute
)

// stream keeps one event stream open.
type stream struct {
	path   string
	handle StreamHandler
	source js.Value
	funcs  []js.Func
	wait   time.Duration
	ended  bool
}

// OpenStream subscribes to a server-sent event stream until stopped, and opens it again when it ends. All tabs of the
// browser with the same name share one stream, because a browser opens few connections to a server.
func (w *Window) OpenStream(path, name string, handle StreamHandler) (stop func()) {
	locks, channel := js.Global().Get("navigator").Get("locks"), js.Global().Get("BroadcastChannel")
	if !locks.Truthy() || !channel.Truthy() || name == "" { // such as by plain http from another machine
		s := &stream{path: path, handle: handle, wait: reopenFirst}
		s.open()
		return s.end
	}
	return shareStream(path, "events "+name, locks, channel, handle)
}

// end closes the stream for good.
func (s *stream) end() {
	s.ended = true
	s.close()
}

// open connects the stream. The browser reconnects by itself after short interruptions; lost handles the others.
func (s *stream) open() {
	s.source = js.Global().Get("EventSource").New(s.path)
	s.on("open", func(js.Value) {
		s.wait = reopenFirst
		s.handle.Open(true)
	})
	s.on("error", func(js.Value) { s.lost() })
	s.on("message", func(e js.Value) { s.handle.Message(e.Get("data").String()) })
}

// on calls do for an event of the source. The function is kept to be released with the stream.
func (s *stream) on(event string, do func(js.Value)) {
	fn := js.FuncOf(func(_ js.Value, args []js.Value) any {
		do(args[0])
		return nil
	})
	s.funcs = append(s.funcs, fn)
	s.source.Call("addEventListener", event, fn)
}

// lost reports that the stream was interrupted, and opens it again unless the browser does.
func (s *stream) lost() {
	const closed = 2 // EventSource.CLOSED: the browser has given up
	s.handle.Open(false)
	if s.source.Get("readyState").Int() != closed {
		return
	}
	s.close()
	time.AfterFunc(s.wait, func() {
		if !s.ended {
			s.open()
		}
	})
	s.wait = min(2*s.wait, reopenLast)
}

func (s *stream) close() {
	s.source.Call("close")
	for _, fn := range s.funcs {
		fn.Release()
	}
	s.funcs = nil
}
