//go:build js

package browser

import (
	"context"
	"errors"
	"syscall/js"
	"time"

	"bompass/shared/apiclient"
)

// Do sends a call to our own server by fetch. The browser adds the session's cookie. A redirect is an
// error: no endpoint answers with one.
func (w *Window) Do(ctx context.Context, r apiclient.Request) (apiclient.Response, error) {
	if promise := w.early(r); promise.Truthy() {
		if reply, err := readResponse(ctx, js.Undefined(), promise); err == nil {
			w.usedEarly = true
			return reply, nil
		}
	}
	abort := js.Global().Get("AbortController").New()
	headers := map[string]any{"Accept": "application/json"}
	options := map[string]any{
		"method": r.Method, "credentials": "same-origin", "redirect": "error",
		"cache":  "no-cache", // cached answers are validated with the server
		"signal": abort.Get("signal"),
	}
	if r.Body != nil {
		headers["Content-Type"] = "application/json"
		options["body"] = string(r.Body)
	}
	if apiclient.IsBackground(ctx) {
		headers[apiclient.BackgroundHeader] = "1"
	}
	if r.CSRF != "" {
		headers["X-CSRF-Token"] = r.CSRF
	}
	options["headers"] = headers
	return readResponse(ctx, abort, js.Global().Call("fetch", r.Path, options))
}

// readResponse waits for a response and reads its body.
func readResponse(ctx context.Context, abort, promise js.Value) (apiclient.Response, error) {
	reply, err := await(ctx, abort, promise)
	if err != nil {
		return apiclient.Response{}, err
	}
	text, err := await(ctx, abort, reply.Call("text"))
	if err != nil {
		return apiclient.Response{}, err
	}
	found := apiclient.Response{Status: reply.Get("status").Int(), Body: []byte(text.String())}
	if actor := reply.Get("headers").Call("get", apiclient.ActorHeader); actor.Type() == js.TypeString {
		found.Actor = actor.String()
	}
	return found, nil
}

// early returns the promise of an answer that the companion script has requested while the program was being
// loaded, undefined when there is none. Each is returned once.
func (w *Window) early(r apiclient.Request) js.Value {
	take := js.Global().Get("bompassEarly")
	if r.Method != "GET" || take.Type() != js.TypeFunction {
		return js.Undefined()
	}
	return take.Invoke(r.Path)
}

// Yield lets the browser draw and handle events before the program goes on.
func (w *Window) Yield() { time.Sleep(time.Millisecond) }

// TakeEarly reports whether an answer was used that had been requested before the program ran, and resets
// that. Events since that request may have been missed.
func (w *Window) TakeEarly() bool {
	used := w.usedEarly
	w.usedEarly = false
	return used
}

// settled is the outcome of a promise.
type settled struct {
	value js.Value
	err   error
}

// await waits for a promise. When ctx ends first it calls abort, if that can be called; the callbacks are
// released when the promise settles.
func await(ctx context.Context, abort, promise js.Value) (js.Value, error) {
	// Buffered, so that a promise that settles after ctx has ended does not wait for a reader.
	done := make(chan settled, 1)
	var fulfilled, rejected js.Func
	release := func(s settled) any {
		done <- s
		fulfilled.Release()
		rejected.Release()
		return nil
	}
	fulfilled = js.FuncOf(func(_ js.Value, args []js.Value) any { return release(settled{value: args[0]}) })
	rejected = js.FuncOf(func(_ js.Value, args []js.Value) any {
		return release(settled{err: errors.New(args[0].Get("message").String())})
	})
	promise.Call("then", fulfilled, rejected)
	select {
	case s := <-done:
		return s.value, s.err
	case <-ctx.Done():
		if abort.Truthy() {
			abort.Call("abort")
		}
		return js.Undefined(), ctx.Err()
	}
}
