//go:build js

package browser

import (
	"context"
	"errors"
	"syscall/js"
	"time"
)

// offlineStore returns the script that stores answers on this device.
func offlineStore() js.Value { return js.Global().Get("bompassStore") }

// Store stores a text on this device under a name, encrypted. It does not wait: when the browser cannot store
// it, the text is only missing later.
func (w *Window) Store(name, text string, at time.Time) {
	if v := offlineStore(); v.Truthy() {
		ignore(v.Call("save", name, at.UnixMilli(), text))
	}
}

// Stored returns the text stored under a name and when it was stored.
func (w *Window) Stored(ctx context.Context, name string) (text string, at time.Time, ok bool) {
	v := offlineStore()
	if !v.Truthy() {
		return "", time.Time{}, false
	}
	found, err := await(ctx, js.Null(), v.Call("load", name))
	if err != nil || !found.Truthy() {
		return "", time.Time{}, false
	}
	return found.Get("text").String(), time.UnixMilli(int64(found.Get("at").Float())), true
}

// CountStored returns how many texts this device stores.
func (w *Window) CountStored(ctx context.Context) (int, error) {
	v := offlineStore()
	if !v.Truthy() {
		return 0, errors.New("this browser stores nothing")
	}
	n, err := await(ctx, js.Null(), v.Call("count"))
	if err != nil {
		return 0, err
	}
	return n.Int(), nil
}

// Prune deletes texts stored before an instant.
func (w *Window) Prune(before time.Time) {
	if v := offlineStore(); v.Truthy() {
		ignore(v.Call("prune", before.UnixMilli()))
	}
}

// Clear deletes all texts and the key that decrypts them, then calls then. It calls then even when the
// browser fails: the caller goes on to leave the page.
func (w *Window) Clear(then func()) {
	v := offlineStore()
	if !v.Truthy() {
		then()
		return
	}
	whenSettled(v.Call("clear"), then)
}

// ignore drops the result of a promise. Without a handler a failure would be logged as unhandled.
func ignore(promise js.Value) { whenSettled(promise, func() {}) }

// whenSettled calls then when a promise is fulfilled or rejected.
func whenSettled(promise js.Value, then func()) {
	var ended js.Func
	ended = js.FuncOf(func(js.Value, []js.Value) any {
		ended.Release()
		then()
		return nil
	})
	promise.Call("then", ended, ended)
}
