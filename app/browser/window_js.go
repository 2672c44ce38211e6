//go:build js

package browser

import (
	"strings"
	"syscall/js"
)

// Window is the browser's window.
type Window struct {
	document, storage js.Value
	hasty             bool
}

// Open takes hold of the window that the program runs in.
func Open() *Window {
	w := &Window{document: js.Global().Get("document")}
	defer func() { _ = recover() }() // a browser that forbids storage throws on access
	w.storage = js.Global().Get("localStorage")
	return w
}

// Location is the address shown: path and query.
func (w *Window) Location() string {
	at := js.Global().Get("location")
	return at.Get("pathname").String() + at.Get("search").String()
}

// TakeAnonymous tells, once, that the server has found nobody signed in when it sent the page.
func (w *Window) TakeAnonymous() bool {
	root := w.document.Get("documentElement").Get("dataset")
	nobody := root.Get("visitor").Equal(js.ValueOf("nobody"))
	root.Set("visitor", "")
	return nobody
}

// Locale is the language the browser asks for.
func (w *Window) Locale() string { return js.Global().Get("navigator").Get("language").String() }

// PageLanguage is the language that a stranger has picked on a page of the server's; empty when the page does
// not say.
func (w *Window) PageLanguage() string {
	if found := w.document.Get("documentElement").Get("dataset").Get("picked"); found.Type() == js.TypeString {
		return found.String()
	}
	return ""
}

// Preference is a choice this browser has kept; empty when it has kept none.
func (w *Window) Preference(name string) (value string) {
	defer func() { _ = recover() }() // storage may be forbidden: then nothing is kept
	if found := w.storage.Call("getItem", "bompass."+name); found.Type() == js.TypeString {
		return found.String()
	}
	return ""
}

// SetPreference keeps a choice in this browser. Only preferences: what is kept here outlives the session.
func (w *Window) SetPreference(name, value string) {
	defer func() { _ = recover() }()
	w.storage.Call("setItem", "bompass."+name, value)
}

// SetLanguage sets the page's language, and what the companion script says if the program stops.
func (w *Window) SetLanguage(lang string, alarm CrashNotice) {
	root := w.document.Get("documentElement")
	root.Set("lang", lang)
	root.Get("dataset").Set("alarm", alarm.Text)
	root.Get("dataset").Set("reload", alarm.Reload)
}

// ColorScheme is how this device wants pages coloured: light, dark or auto.
func (w *Window) ColorScheme() string {
	return w.document.Get("documentElement").Get("dataset").Get("colorScheme").String()
}

// SetColorScheme colours the page light, dark or as the device has it, and remembers it for every page of this
// device, those before signing in too: the cookie holds nothing else.
func (w *Window) SetColorScheme(scheme string) {
	w.document.Get("documentElement").Get("dataset").Set("colorScheme", scheme)
	secure := ""
	if js.Global().Get("location").Get("protocol").String() == "https:" {
		secure = "; Secure"
	}
	w.document.Set("cookie", "theme="+scheme+"; Path=/; Max-Age=31536000; SameSite=Lax"+secure)
}

// SetTitle names the page.
func (w *Window) SetTitle(title string) { w.document.Set("title", title) }

// FocusHeading does what a page load does and navigation inside the program does not: scroll to the top and
// move focus to the heading, goapp.md 9.
func (w *Window) FocusHeading() {
	js.Global().Call("scrollTo", 0, 0)
	w.focus(w.document.Call("querySelector", "h1"))
}

// Focus moves focus to the element with an id, if it is there.
func (w *Window) Focus(id string) {
	w.focus(w.document.Call("getElementById", id))
}

func (w *Window) focus(element js.Value) {
	if element.Truthy() {
		element.Call("focus", map[string]any{"preventScroll": false})
	}
}

// Focused is the id of the element that has focus; empty when it has none.
func (w *Window) Focused() string {
	if active := w.document.Get("activeElement"); active.Truthy() {
		return active.Get("id").String()
	}
	return ""
}

// Online tells whether the browser believes it has a network.
func (w *Window) Online() bool {
	online := js.Global().Get("navigator").Get("onLine")
	return online.Type() != js.TypeBoolean || online.Bool()
}

// OnNetwork calls back whenever the network comes or goes, until stopped.
func (w *Window) OnNetwork(hear func(online bool)) (stop func()) {
	heard := js.FuncOf(func(js.Value, []js.Value) any {
		hear(w.Online())
		return nil
	})
	for _, event := range []string{"online", "offline"} {
		js.Global().Call("addEventListener", event, heard)
	}
	return func() {
		for _, event := range []string{"online", "offline"} {
			js.Global().Call("removeEventListener", event, heard)
		}
		heard.Release()
	}
}

// LoadPage loads a page of the server's, such as /login. Only addresses of our own are followed.
func (w *Window) LoadPage(address string) {
	if strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") {
		js.Global().Get("location").Call("assign", address)
	}
}

// ReplaceAddress changes the address shown, without a step in the history.
func (w *Window) ReplaceAddress(address string) {
	js.Global().Get("history").Call("replaceState", nil, "", address)
}

// Reload loads the page anew.
func (w *Window) Reload() { js.Global().Get("location").Call("reload") }

// ClosePopover closes an open popover.
func (w *Window) ClosePopover(id string) {
	defer func() { _ = recover() }() // an old browser has no popovers
	if element := w.document.Call("getElementById", id); element.Truthy() {
		element.Call("hidePopover")
	}
}
