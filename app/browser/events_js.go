//go:build js

package browser

import (
	"syscall/js"
	"time"
)

// The wait before a stream that the server has closed is opened again: doubled from the first to the
// last. Interruptions below that the browser mends itself.
const (
	reopenFirst = 2 * time.Second
	reopenLast  = time.Minute
)

// follower keeps one event stream open.
type follower struct {
	path   string
	hear   StreamHandler
	source js.Value
	funcs  []js.Func
	wait   time.Duration
	ended  bool
}

// OpenStream listens to a server-sent event stream until stopped, and opens it again when it ends.
func (w *Window) OpenStream(path string, hear StreamHandler) (stop func()) {
	f := &follower{path: path, hear: hear, wait: reopenFirst}
	f.open()
	return func() {
		f.ended = true
		f.close()
	}
}

func (f *follower) open() {
	f.source = js.Global().Get("EventSource").New(f.path)
	f.on("open", func(js.Value) {
		f.wait = reopenFirst
		f.hear.Open(true)
	})
	f.on("error", func(js.Value) { f.lost() })
	f.on("message", func(e js.Value) { f.hear.Message(e.Get("data").String()) })
}

func (f *follower) on(event string, do func(js.Value)) {
	fn := js.FuncOf(func(_ js.Value, args []js.Value) any {
		do(args[0])
		return nil
	})
	f.funcs = append(f.funcs, fn)
	f.source.Call("addEventListener", event, fn)
}

func (f *follower) lost() {
	const closed = 2 // EventSource.CLOSED: the browser has given up
	f.hear.Open(false)
	if f.source.Get("readyState").Int() != closed {
		return
	}
	f.close()
	time.AfterFunc(f.wait, func() {
		if !f.ended {
			f.open()
		}
	})
	f.wait = min(2*f.wait, reopenLast)
}

func (f *follower) close() {
	f.source.Call("close")
	for _, fn := range f.funcs {
		fn.Release()
	}
	f.funcs = nil
}
