//go:build js

package browser

import "syscall/js"

// registration returns the registration of the service worker, which the companion script sets.
func registration() js.Value { return js.Global().Get("bompassWorker") }

// UpdateReady reports whether a new version of the program is ready to take over.
func (w *Window) UpdateReady() bool {
	r := registration()
	return r.Truthy() && r.Get("waiting").Truthy()
}

// ApplyUpdate activates the new version and loads the page again.
func (w *Window) ApplyUpdate() {
	if !w.UpdateReady() {
		w.Reload()
		return
	}
	var activated js.Func
	activated = js.FuncOf(func(js.Value, []js.Value) any {
		activated.Release()
		w.Reload()
		return nil
	})
	js.Global().Get("navigator").Get("serviceWorker").Call("addEventListener", "controllerchange", activated, map[string]any{"once": true})
	registration().Get("waiting").Call("postMessage", "take over")
}
