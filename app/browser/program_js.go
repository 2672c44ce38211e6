//go:build js

package browser

import "syscall/js"

// registration is what the service worker is registered as; the companion script sets it.
func registration() js.Value { return js.Global().Get("bompassWorker") }

// UpdateReady tells whether a new version of the program is ready to take over.
func (w *Window) UpdateReady() bool {
	r := registration()
	return r.Truthy() && r.Get("waiting").Truthy()
}

// ApplyUpdate lets the new version take over and loads the page anew.
func (w *Window) ApplyUpdate() {
	if !w.UpdateReady() {
		w.Reload()
		return
	}
	var taken js.Func
	taken = js.FuncOf(func(js.Value, []js.Value) any {
		taken.Release()
		w.Reload()
		return nil
	})
	js.Global().Get("navigator").Get("serviceWorker").Call("addEventListener", "controllerchange", taken, map[string]any{"once": true})
	registration().Get("waiting").Call("postMessage", "take over")
}
