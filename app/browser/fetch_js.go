//go:build js

package browser

import (
	"context"
	"errors"
	"syscall/js"
	"time"

	"bompass/shared/apiclient"
)

// Do carries a call to our own server by fetch. The session's cookie goes along; a redirect is refused,
// since no route of the contract answers with one.
func (w *Window) Do(ctx context.Context, r apiclient.Request) (apiclient.Response, error) {
	if promise := w.early(r); promise.Truthy() {
		if reply, err := answered(ctx, js.Undefined(), promise); err == nil {
			w.hasty = true
			return reply, nil
		}
	}
	abort := js.Global().Get("AbortController").New()
	headers := map[string]any{"Accept": "application/json"}
	options := map[string]any{
		"method": r.Method, "credentials": "same-origin", "redirect": "error",
		"cache":  "no-cache", // what the server lets be kept is asked about
		"signal": abort.Get("signal"),
	}
	if r.Body != nil {
		headers["Content-Type"] = "application/json"
		options["body"] = string(r.Body)
	}
	if r.CSRF != "" {
		headers["X-CSRF-Token"] = r.CSRF
	}
	options["headers"] = headers
	return answered(ctx, abort, js.Global().Call("fetch", r.Path, options))
}

func answered(ctx context.Context, abort, promise js.Value) (apiclient.Response, error) {
	reply, err := await(ctx, abort, promise)
	if err != nil {
		return apiclient.Response{}, err
	}
	text, err := await(ctx, abort, reply.Call("text"))
	if err != nil {
		return apiclient.Response{}, err
	}
	return apiclient.Response{Status: reply.Get("status").Int(), Body: []byte(text.String())}, nil
}

// early is the promise of an answer that the companion script has asked for while the program was on its
// way. Each is given once.
func (w *Window) early(r apiclient.Request) js.Value {
	take := js.Global().Get("bompassEarly")
	if r.Method != "GET" || take.Type() != js.TypeFunction {
		return js.Undefined()
	}
	return take.Invoke(r.Path)
}

// Yield lets the browser draw and hear before the program goes on.
func (w *Window) Yield() { time.Sleep(time.Millisecond) }

// TakeEarly tells, once, that an answer was used which had been asked for before the program ran. What has
// happened since nobody has told.
func (w *Window) TakeEarly() bool {
	hasty := w.hasty
	w.hasty = false
	return hasty
}

type settled struct {
	value js.Value
	err   error
}

// await waits for a promise; when ctx ends first it aborts, where that can be done, and the promise's own
// end frees the rest.
func await(ctx context.Context, abort, promise js.Value) (js.Value, error) {
	done := make(chan settled, 1)
	var kept, broken js.Func
	release := func(s settled) any {
		done <- s
		kept.Release()
		broken.Release()
		return nil
	}
	kept = js.FuncOf(func(_ js.Value, args []js.Value) any { return release(settled{value: args[0]}) })
	broken = js.FuncOf(func(_ js.Value, args []js.Value) any {
		return release(settled{err: errors.New(args[0].Get("message").String())})
	})
	promise.Call("then", kept, broken)
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
