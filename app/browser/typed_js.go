//go:build js

package browser

import "syscall/js"

// typed calls a function of the script that keeps what is typed, if the script is there.
func typed(function string, args ...any) {
	if script := js.Global().Get("bompassTyped"); script.Truthy() {
		script.Call(function, args...)
	}
}

// OwnTyped says whose tab this is: what that person has typed before is filled in, what others have typed is deleted.
func (w *Window) OwnTyped(owner string) { typed("own", owner) }

// ForgetTyped drops what was typed in the form with a name, which has been sent.
func (w *Window) ForgetTyped(form string) {
	typed("forget", js.Global().Get("location").Get("pathname"), form)
}

// ClearTyped drops everything that was typed in this tab.
func (w *Window) ClearTyped() { typed("clear") }

// WatchIdle warns before the session ends because nothing was done, and calls ended when it has.
func (w *Window) WatchIdle(notice IdleNotice, ended func()) {
	script := js.Global().Get("bompassIdle")
	if !script.Truthy() {
		return
	}
	data := w.document.Get("documentElement").Get("dataset")
	data.Set("idleTitle", notice.Title)
	data.Set("idleText", notice.Text)
	data.Set("idleStay", notice.Stay)
	js.Global().Set("bompassEnded", js.FuncOf(func(js.Value, []js.Value) any {
		ended()
		return nil
	}))
	script.Call("watch")
}
