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
	Transport apiclient.Transport // carries the calls; nil answers that there is no network
	Address   string
	Language  string
	PageTitle string // the title
	FocusID   string // id of the element in focus; "h1" after Arrive
	Loaded    string // the address it was sent to
	Reloads   int
	Offline   bool   // no network
	Colors    string // how pages are coloured
	Anonymous bool   // the server has found nobody signed in
	Early     bool   // answers were asked for before the program ran
	Stream    StreamHandler

	mu    sync.Mutex
	kept  map[string]string
	shelf shelf
}

// Location is the address shown: path and query.
func (w *Window) Location() string { return w.Address }

// TakeAnonymous tells, once, that the server has found nobody signed in when it sent the page.
func (w *Window) TakeAnonymous() bool {
	nobody := w.Anonymous
	w.Anonymous = false
	return nobody
}

// Yield does nothing: nothing waits for a window in memory.
func (w *Window) Yield() {}

// TakeEarly tells, once, that an answer was asked for before the program ran.
func (w *Window) TakeEarly() bool {
	hasty := w.Early
	w.Early = false
	return hasty
}

// Locale is the language the browser asks for: none.
func (w *Window) Locale() string { return "" }

// PageLanguage is the language that was picked on a page of the server's: none.
func (w *Window) PageLanguage() string { return "" }

// Preference is a choice this window has kept; empty when it has kept none.
func (w *Window) Preference(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.kept[name]
}

// SetPreference keeps a choice in this window.
func (w *Window) SetPreference(name, value string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.kept == nil {
		w.kept = map[string]string{}
	}
	w.kept[name] = value
}

// SetLanguage sets the page's language.
func (w *Window) SetLanguage(lang string, _ CrashNotice) { w.Language = lang }

// ColorScheme is the colouring last chosen.
func (w *Window) ColorScheme() string { return cmp.Or(w.Colors, "auto") }

// SetColorScheme notes the colouring.
func (w *Window) SetColorScheme(scheme string) { w.Colors = scheme }

// SetTitle names the page.
func (w *Window) SetTitle(title string) { w.PageTitle = title }

// FocusHeading moves focus to the heading.
func (w *Window) FocusHeading() { w.FocusID = "h1" }

// Focus moves focus to the element with an id.
func (w *Window) Focus(id string) { w.FocusID = id }

// Focused is the id of the element that has focus.
func (w *Window) Focused() string { return w.FocusID }

// Online tells whether the window has a network.
func (w *Window) Online() bool { return !w.Offline }

// OnNetwork has nothing to tell: the network of a window in memory does not come and go by itself.
func (w *Window) OnNetwork(func(bool)) (stop func()) { return func() {} }

// LoadPage notes the address.
func (w *Window) LoadPage(address string) { w.Loaded = address }

// ReplaceAddress changes the address shown.
func (w *Window) ReplaceAddress(address string) { w.Address = address }

// Reload counts.
func (w *Window) Reload() { w.Reloads++ }

// ClosePopover does nothing: nothing pops up in memory.
func (w *Window) ClosePopover(string) {}

// OpenStream keeps who listens in Streamed, for a test to speak to.
func (w *Window) OpenStream(_ string, hear StreamHandler) (stop func()) {
	w.Stream = hear
	return func() { w.Stream = StreamHandler{} }
}

// Do carries a call by the window's Carrier.
func (w *Window) Do(ctx context.Context, r apiclient.Request) (apiclient.Response, error) {
	if w.Transport == nil || w.Offline {
		return apiclient.Response{}, errors.New("no network")
	}
	return w.Transport.Do(ctx, r)
}
