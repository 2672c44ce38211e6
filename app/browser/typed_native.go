//go:build !js

package browser

// OwnTyped notes whose tab this is.
func (w *Window) OwnTyped(owner string) { w.Owner = owner }

// ForgetTyped notes the form.
func (w *Window) ForgetTyped(form string) { w.Forgotten = append(w.Forgotten, form) }

// ClearTyped notes that nothing typed is left.
func (w *Window) ClearTyped() { w.Owner = "" }

// WatchIdle keeps what happens when the session ends, for tests to call.
func (w *Window) WatchIdle(_ IdleNotice, ended func()) { w.Idle = ended }
