//go:build js

package browser

import (
	"context"
	"errors"
	"syscall/js"
	"time"
)

// vault is the script that keeps answers on this device.
func vault() js.Value { return js.Global().Get("bompassVault") }

// Store keeps a text on this device under a name, sealed. It does not wait: a browser that cannot keep anything
// only lacks it later.
func (w *Window) Store(name, text string, at time.Time) {
	if v := vault(); v.Truthy() {
		quietly(v.Call("keep", name, at.UnixMilli(), text))
	}
}

// Stored is what this device keeps under a name, and since when.
func (w *Window) Stored(ctx context.Context, name string) (text string, at time.Time, ok bool) {
	v := vault()
	if !v.Truthy() {
		return "", time.Time{}, false
	}
	found, err := await(ctx, js.Null(), v.Call("kept", name))
	if err != nil || !found.Truthy() {
		return "", time.Time{}, false
	}
	return found.Get("text").String(), time.UnixMilli(int64(found.Get("at").Float())), true
}

// CountStored is how many of a person's own answers this device keeps.
func (w *Window) CountStored(ctx context.Context) (int, error) {
	v := vault()
	if !v.Truthy() {
		return 0, errors.New("this browser keeps nothing")
	}
	n, err := await(ctx, js.Null(), v.Call("count"))
	if err != nil {
		return 0, err
	}
	return n.Int(), nil
}

// Prune throws away what was kept before an instant.
func (w *Window) Prune(before time.Time) {
	if v := vault(); v.Truthy() {
		quietly(v.Call("prune", before.UnixMilli()))
	}
}

// Clear throws away a person's own answers and the key that opens them, then goes on. It goes on also
// when the browser could not: what comes next is to leave.
func (w *Window) Clear(then func()) {
	v := vault()
	if !v.Truthy() {
		then()
		return
	}
	settle(v.Call("wipe"), then)
}

// quietly lets a promise end without anybody waiting for it.
func quietly(promise js.Value) { settle(promise, func() {}) }

// settle calls back when a promise has ended, well or not.
func settle(promise js.Value, then func()) {
	var ended js.Func
	ended = js.FuncOf(func(js.Value, []js.Value) any {
		ended.Release()
		then()
		return nil
	})
	promise.Call("then", ended, ended)
}
