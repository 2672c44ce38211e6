//go:build js

package browser

import "syscall/js"

// The kinds of what tabs tell each other about the stream that they share.
const (
	tellOpen    = "open"
	tellLost    = "lost"
	tellMessage = "message"
	askOpen     = "ask" // a new tab wants to know whether the stream is open
)

// sharedStream is a tab's part in an event stream that the tabs of a browser share: the tab that holds the lock has the
// stream open and tells the others.
type sharedStream struct {
	handle  StreamHandler
	channel js.Value
	own     *stream // nil in a tab that does not hold the lock
	open    bool
	funcs   []js.Func
	release js.Value // resolves the promise for which the tab holds the lock
	ended   bool
}

// shareStream takes part in the stream with a name. The lock is handed on when its tab is closed.
func shareStream(path, name string, locks, channel js.Value, handle StreamHandler) (stop func()) {
	s := &sharedStream{handle: handle, channel: channel.New(name)}
	s.channel.Call("addEventListener", "message", s.function(func(args []js.Value) any {
		s.hear(args[0].Get("data").Get("kind").String(), args[0].Get("data").Get("text").String())
		return nil
	}))
	abort := js.Global().Get("AbortController").New()
	held := s.function(func([]js.Value) any { return s.lead(path) })
	ignore := s.function(func([]js.Value) any { return nil })
	locks.Call("request", name, map[string]any{"signal": abort.Get("signal")}, held).Call("catch", ignore)
	s.tell(askOpen, "")
	return func() {
		s.ended = true
		if s.own != nil {
			s.own.end()
			s.tell(tellLost, "")
			s.release.Invoke()
		} else {
			abort.Call("abort")
		}
		s.channel.Call("close")
		// The functions are kept: the lock's promise may still call them.
	}
}

// function keeps a function for as long as the stream is shared.
func (s *sharedStream) function(do func(args []js.Value) any) js.Func {
	fn := js.FuncOf(func(_ js.Value, args []js.Value) any { return do(args) })
	s.funcs = append(s.funcs, fn)
	return fn
}

// lead opens the stream in this tab, and returns a promise that lasts as long as the tab holds the lock.
func (s *sharedStream) lead(path string) any {
	if s.ended {
		return nil
	}
	s.own = &stream{path: path, wait: reopenFirst, handle: StreamHandler{
		Message: func(text string) {
			s.tell(tellMessage, text)
			s.handle.Message(text)
		},
		Open: func(open bool) {
			s.open = open
			s.tell(map[bool]string{true: tellOpen, false: tellLost}[open], "")
			s.handle.Open(open)
		},
	}}
	s.own.open()
	return js.Global().Get("Promise").New(s.function(func(args []js.Value) any {
		s.release = args[0]
		return nil
	}))
}

// tell tells the other tabs.
func (s *sharedStream) tell(kind, text string) {
	s.channel.Call("postMessage", map[string]any{"kind": kind, "text": text})
}

// hear takes what another tab tells. The tab that leads answers questions, and learns nothing.
func (s *sharedStream) hear(kind, text string) {
	switch {
	case s.ended:
	case s.own != nil:
		if kind == askOpen && s.open {
			s.tell(tellOpen, "")
		}
	case kind == tellMessage:
		s.handle.Message(text)
	case kind == tellOpen:
		s.handle.Open(true)
	case kind == tellLost:
		s.handle.Open(false)
	}
}
