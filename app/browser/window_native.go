//go:build !js

package browser

import (
	"cmp"
	"context"
	"errors"
	"sync"

	"bompass/shared/apiclient"
)

// Window is a window in memory. Its fields decide what a page finds and show what it has done.
type Window struct {
	Transport apiclient.Transport // sends the calls; without one there is no network
	Address   string
	Language  string
	Saved     string // language of the cookie
	PageTitle string
	FocusID   string // of the element in focus; "h1" after FocusHeading
	Loaded    string // the address of the server's page that was loaded
	Reloads   int
	Printed   int
	Copied    string // on the clipboard
	Offline   bool   // there is no network
	Colors    string // the color scheme chosen
	Anonymous bool   // the server has found no session
	Early     bool   // answers were requested before the program ran
	Stream    StreamHandler
	Owner     string   // of what is typed in the tab
	Forgotten []string // forms that were sent
	Idle      func()   // called when the session has ended
	Service   ServiceContact
	Near      func() // what WhenNear is to call back
	Leaving   bool   // the person has signed out without a network

	// Answers returns the answer that the server sends with the page to a call of the path. Nil sends none.
	Answers func(path string) (body []byte, ok bool)

	mu          sync.Mutex
	preferences map[string]string
	store       memoryStore
}

// Location returns the address shown: path and query.
func (w *Window) Location() string { return w.Address }

// TakeAnonymous reports whether the server found no session, and resets that.
func (w *Window) TakeAnonymous() bool {
	anonymous := w.Anonymous
	w.Anonymous = false
	return anonymous
}

// Yield does nothing.
func (w *Window) Yield() {}

// TakeEarly reports whether an answer was requested before the program ran, and resets that.
func (w *Window) TakeEarly() bool {
	early := w.Early
	w.Early = false
	return early
}

// TakeAnswer returns the answer of Answers.
func (w *Window) TakeAnswer(path string) (body []byte, ok bool) {
	if w.Answers == nil {
		return nil, false
	}
	return w.Answers(path)
}

// SetLeaving notes whether the person has signed out without a network.
func (w *Window) SetLeaving(yes bool) { w.Leaving = yes }

// Locale returns no language.
func (w *Window) Locale() string { return "" }

// PageLanguage returns no language.
func (w *Window) PageLanguage() string { return "" }

// SavedLanguage returns the language of the cookie.
func (w *Window) SavedLanguage() string { return w.Saved }

// SaveLanguage stores the language in the cookie.
func (w *Window) SaveLanguage(lang string) { w.Saved = lang }

// ServiceContact is how customer service is reached.
type ServiceContact struct{ Phones, Emails []string }

// Phones returns the telephone numbers of customer service.
func (w *Window) Phones() []string { return w.Service.Phones }

// Emails returns the email addresses of customer service.
func (w *Window) Emails() []string { return w.Service.Emails }

// Preference returns a preference, empty when there is none.
func (w *Window) Preference(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.preferences[name]
}

// SetPreference stores a preference.
func (w *Window) SetPreference(name, value string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.preferences == nil {
		w.preferences = map[string]string{}
	}
	w.preferences[name] = value
}

// SetLanguage sets the page's language.
func (w *Window) SetLanguage(lang string, _ CrashNotice) { w.Language = lang }

// ColorScheme returns the color scheme chosen last.
func (w *Window) ColorScheme() string { return cmp.Or(w.Colors, "auto") }

// SetColorScheme notes the color scheme.
func (w *Window) SetColorScheme(scheme string) { w.Colors = scheme }

// SetTitle sets the page's title.
func (w *Window) SetTitle(title string) { w.PageTitle = title }

// FocusHeading moves focus to the heading.
func (w *Window) FocusHeading() { w.FocusID = "h1" }

// Focus moves focus to the element with an id.
func (w *Window) Focus(id string) { w.FocusID = id }

// Print counts that the page is printed.
func (w *Window) Print() { w.Printed++ }

// Copy puts a text on the clipboard.
func (w *Window) Copy(text string) bool {
	w.Copied = text
	return true
}

// Share offers a text to other programs, of which there are none.
func (w *Window) Share(string) bool { return false }

// Focused returns the id of the element that has focus.
func (w *Window) Focused() string { return w.FocusID }

// Online reports whether the window has a network.
func (w *Window) Online() bool { return !w.Offline }

// OnNetwork never calls back: tests change the network themselves.
func (w *Window) OnNetwork(func(bool)) (stop func()) { return func() {} }

// WhenNear puts the callback into Near, for tests to call.
func (w *Window) WhenNear(_ string, do func()) (stop func()) {
	w.Near = do
	return func() { w.Near = nil }
}

// LoadPage notes the address.
func (w *Window) LoadPage(address string) { w.Loaded = address }

// ReplaceAddress changes the address shown.
func (w *Window) ReplaceAddress(address string) { w.Address = address }

// Reload counts.
func (w *Window) Reload() { w.Reloads++ }

// ClosePopover does nothing.
func (w *Window) ClosePopover(string) {}

// OpenStream puts the handler into Stream, for tests to call.
func (w *Window) OpenStream(_, _ string, handle StreamHandler) (stop func()) {
	w.Stream = handle
	return func() { w.Stream = StreamHandler{} }
}

// Do sends a call by the window's Transport.
func (w *Window) Do(ctx context.Context, r apiclient.Request) (apiclient.Response, error) {
	if w.Transport == nil || w.Offline {
		return apiclient.Response{}, errors.New("no network")
	}
	return w.Transport.Do(ctx, r)
}
