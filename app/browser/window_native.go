//go:build !js

package browser

import (
	"cmp"
	"context"
	"errors"
	"sync"

	"bompass/shared/apiclient"
)

// Window is a window in memory. Its fields show what a page has done to it.
type Window struct {
	Carrier  apiclient.Transport // carries the calls; nil answers that there is no network
	Address  string
	Lang     string
	Named    string // the title
	FocusOn  string // id of the element in focus; "h1" after Arrive
	Left     string // the address it was sent to
	Reloads  int
	Cut      bool   // no network
	Painted  string // how pages are coloured
	Empty    bool   // the server has found nobody signed in
	Early    bool   // answers were asked for before the program ran
	Streamed Hearing

	mu    sync.Mutex
	kept  map[string]string
	shelf shelf
}

// Here is the address shown: path and query.
func (w *Window) Here() string { return w.Address }

// Nobody tells, once, that the server has found nobody signed in when it sent the page.
func (w *Window) Nobody() bool {
	nobody := w.Empty
	w.Empty = false
	return nobody
}

// Breathe does nothing: nothing waits for a window in memory.
func (w *Window) Breathe() {}

// Hasty tells, once, that an answer was asked for before the program ran.
func (w *Window) Hasty() bool {
	hasty := w.Early
	w.Early = false
	return hasty
}

// Locale is the language the browser asks for: none.
func (w *Window) Locale() string { return "" }

// Picked is the language that was picked on a page of the server's: none.
func (w *Window) Picked() string { return "" }

// Preference is a choice this window has kept; empty when it has kept none.
func (w *Window) Preference(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.kept[name]
}

// Prefer keeps a choice in this window.
func (w *Window) Prefer(name, value string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.kept == nil {
		w.kept = map[string]string{}
	}
	w.kept[name] = value
}

// Speak sets the page's language.
func (w *Window) Speak(lang string, _ Alarm) { w.Lang = lang }

// Scheme is the colouring last chosen.
func (w *Window) Scheme() string { return cmp.Or(w.Painted, "auto") }

// Paint notes the colouring.
func (w *Window) Paint(scheme string) { w.Painted = scheme }

// Title names the page.
func (w *Window) Title(title string) { w.Named = title }

// Arrive moves focus to the heading.
func (w *Window) Arrive() { w.FocusOn = "h1" }

// Focus moves focus to the element with an id.
func (w *Window) Focus(id string) { w.FocusOn = id }

// Focused is the id of the element that has focus.
func (w *Window) Focused() string { return w.FocusOn }

// Online tells whether the window has a network.
func (w *Window) Online() bool { return !w.Cut }

// OnNetwork has nothing to tell: the network of a window in memory does not come and go by itself.
func (w *Window) OnNetwork(func(bool)) (stop func()) { return func() {} }

// Leave notes the address.
func (w *Window) Leave(address string) { w.Left = address }

// Replace changes the address shown.
func (w *Window) Replace(address string) { w.Address = address }

// Reload counts.
func (w *Window) Reload() { w.Reloads++ }

// Dismiss does nothing: nothing pops up in memory.
func (w *Window) Dismiss(string) {}

// Follow keeps who listens in Streamed, for a test to speak to.
func (w *Window) Follow(_ string, hear Hearing) (stop func()) {
	w.Streamed = hear
	return func() { w.Streamed = Hearing{} }
}

// Do carries a call by the window's Carrier.
func (w *Window) Do(ctx context.Context, r apiclient.Request) (apiclient.Response, error) {
	if w.Carrier == nil || w.Cut {
		return apiclient.Response{}, errors.New("no network")
	}
	return w.Carrier.Do(ctx, r)
}
