//go:build js

package browser

import (
	"strconv"
	"strings"
	"syscall/js"

	"bompass/shared/apiclient"
)

// Window is the browser's window.
type Window struct {
	document, storage js.Value
	usedEarly         bool // an answer was used that the companion script had requested
}

// Open returns the window that the program runs in.
func Open() *Window {
	w := &Window{document: js.Global().Get("document")}
	defer func() { _ = recover() }() // a browser that forbids storage throws on access
	w.storage = js.Global().Get("localStorage")
	return w
}

// Location returns the address shown: path and query.
func (w *Window) Location() string {
	at := js.Global().Get("location")
	return at.Get("pathname").String() + at.Get("search").String()
}

// TakeAnonymous reports whether the server found no session when it sent the page, and resets that, because a
// person may sign in later.
func (w *Window) TakeAnonymous() bool {
	root := w.document.Get("documentElement").Get("dataset")
	anonymous := root.Get("visitor").Equal(js.ValueOf("nobody"))
	root.Set("visitor", "")
	return anonymous
}

// TakeAnswer returns the answer to a call that the server has sent with the page, and removes it from the page.
// Events since then may have been missed.
func (w *Window) TakeAnswer(path string) (body []byte, ok bool) {
	found := w.document.Call("querySelector", `script[data-answer="`+path+`"]`)
	if !found.Truthy() {
		return nil, false
	}
	found.Call("remove")
	w.usedEarly = true
	return []byte(found.Get("textContent").String()), true
}

// SetLeaving notes in a cookie whether the person has signed out without a network: the server then sends pages
// without anything of the person, until the program has ended the session there.
func (w *Window) SetLeaving(yes bool) {
	age := "0"
	if yes {
		age = strconv.Itoa(int(apiclient.LeavingMaxAge.Seconds()))
	}
	w.setCookieFor(apiclient.LeavingCookie, "1", age)
}

// Locale returns the browser's language.
func (w *Window) Locale() string { return js.Global().Get("navigator").Get("language").String() }

// PageLanguage returns the language in which the server has sent the page; empty for the page that the service worker
// has stored.
func (w *Window) PageLanguage() string {
	if found := w.document.Get("documentElement").Get("dataset").Get("picked"); found.Type() == js.TypeString {
		return found.String()
	}
	return ""
}

// Phones returns the telephone numbers of customer service that the server has sent with the page.
func (w *Window) Phones() []string { return w.list("phones") }

// Emails returns the email addresses of customer service that the server has sent with the page.
func (w *Window) Emails() []string { return w.list("emails") }

// list returns the texts of an attribute of the page's root, none if it is absent.
func (w *Window) list(name string) []string {
	if found := w.document.Get("documentElement").Get("dataset").Get(name); found.Type() == js.TypeString {
		return strings.Split(found.String(), ",")
	}
	return nil
}

// Preference returns a preference stored in this browser, empty when there is none.
func (w *Window) Preference(name string) (value string) {
	defer func() { _ = recover() }() // storage may be forbidden: then nothing is stored
	if found := w.storage.Call("getItem", "bompass."+name); found.Type() == js.TypeString {
		return found.String()
	}
	return ""
}

// SetPreference stores a preference in this browser. It outlives the session, so it must not be personal.
func (w *Window) SetPreference(name, value string) {
	defer func() { _ = recover() }()
	w.storage.Call("setItem", "bompass."+name, value)
}

// languageCookie is the name of the cookie of the language, as the server names it.
func languageCookie() string {
	at := js.Global().Get("location")
	switch port := at.Get("port").String(); {
	case isSecure():
		return "__Host-lang"
	case port != "":
		return "lang-" + port
	}
	return "lang"
}

// SavedLanguage returns the language that was chosen in this browser, empty when none was.
func (w *Window) SavedLanguage() string {
	for part := range strings.SplitSeq(w.document.Get("cookie").String(), "; ") {
		if name, lang, _ := strings.Cut(part, "="); name == languageCookie() {
			return lang
		}
	}
	return ""
}

// SaveLanguage stores a language for the next pages of this browser, those of the server too.
func (w *Window) SaveLanguage(lang string) { w.setCookie(languageCookie(), lang) }

// isSecure reports whether the page came over https.
func isSecure() bool { return js.Global().Get("location").Get("protocol").String() == "https:" }

// setCookie stores a choice that is not personal for a year.
func (w *Window) setCookie(name, value string) { w.setCookieFor(name, value, "31536000") }

// setCookieFor stores a value that is not personal for a number of seconds; 0 deletes it.
func (w *Window) setCookieFor(name, value, seconds string) {
	secure := ""
	if isSecure() {
		secure = "; Secure"
	}
	w.document.Set("cookie", name+"="+value+"; Path=/; Max-Age="+seconds+"; SameSite=Lax"+secure)
}

// SetLanguage sets the page's language and the texts for a program that has stopped.
func (w *Window) SetLanguage(lang string, notice CrashNotice) {
	root := w.document.Get("documentElement")
	root.Set("lang", lang)
	root.Get("dataset").Set("alarm", notice.Text)
	root.Get("dataset").Set("reload", notice.Reload)
}

// ColorScheme returns the color scheme chosen on this device: light, dark or auto.
func (w *Window) ColorScheme() string {
	return w.document.Get("documentElement").Get("dataset").Get("colorScheme").String()
}

// SetColorScheme chooses light, dark or the device's own scheme. It is stored in a cookie, so that the
// server's pages before the sign-in have it too; the cookie has nothing else.
func (w *Window) SetColorScheme(scheme string) {
	w.document.Get("documentElement").Get("dataset").Set("colorScheme", scheme)
	w.setCookie("theme", scheme)
}

// SetTitle sets the page's title.
func (w *Window) SetTitle(title string) { w.document.Set("title", title) }

// FocusHeading scrolls to the top and moves focus to the heading, as loading a page would. go-app does
// neither when it navigates.
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

// Print prints the page.
func (w *Window) Print() { js.Global().Call("print") }

// Copy puts a text on the clipboard. It returns false where the browser has none for pages.
func (w *Window) Copy(text string) bool {
	board := js.Global().Get("navigator").Get("clipboard")
	if !board.Truthy() {
		return false
	}
	board.Call("writeText", text)
	return true
}

// Share offers a text to other programs of the device. It returns false where the browser cannot.
func (w *Window) Share(text string) bool {
	navigator := js.Global().Get("navigator")
	if !navigator.Get("share").Truthy() {
		return false
	}
	// A person who closes the sheet has chosen not to share: that is no error.
	navigator.Call("share", map[string]any{"text": text}).Call("catch", js.Global().Get("Object"))
	return true
}

// Focused returns the id of the element that has focus; empty when it has no id.
func (w *Window) Focused() string {
	if active := w.document.Get("activeElement"); active.Truthy() {
		return active.Get("id").String()
	}
	return ""
}

// Online reports whether the browser believes it has a network.
func (w *Window) Online() bool {
	online := js.Global().Get("navigator").Get("onLine")
	return online.Type() != js.TypeBoolean || online.Bool()
}

// WhenNear calls back once, when the element with an id is less than a screen away from what is visible, until stopped.
func (w *Window) WhenNear(id string, do func()) (stop func()) {
	element := w.document.Call("getElementById", id)
	if !element.Truthy() {
		return func() {}
	}
	var observer js.Value
	var seen js.Func
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			observer.Call("disconnect")
			seen.Release()
		}
	}
	seen = js.FuncOf(func(_ js.Value, args []js.Value) any {
		if args[0].Index(args[0].Length() - 1).Get("isIntersecting").Bool() {
			stop()
			do()
		}
		return nil
	})
	observer = js.Global().Get("IntersectionObserver").New(seen, map[string]any{"rootMargin": "0px 0px 100% 0px"})
	observer.Call("observe", element)
	return stop
}

// OnNetwork calls back whenever the network is lost or found, until stopped.
func (w *Window) OnNetwork(changed func(online bool)) (stop func()) {
	listener := js.FuncOf(func(js.Value, []js.Value) any {
		changed(w.Online())
		return nil
	})
	for _, event := range []string{"online", "offline"} {
		js.Global().Call("addEventListener", event, listener)
	}
	return func() {
		for _, event := range []string{"online", "offline"} {
			js.Global().Call("removeEventListener", event, listener)
		}
		listener.Release()
	}
}

// LoadPage leaves the program for a page of the server, such as /login. Addresses of other sites are
// ignored.
func (w *Window) LoadPage(address string) {
	if strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") {
		js.Global().Get("location").Call("assign", address)
	}
}

// ReplaceAddress changes the address shown without an entry in the history.
func (w *Window) ReplaceAddress(address string) {
	js.Global().Get("history").Call("replaceState", nil, "", address)
}

// Reload loads the page again.
func (w *Window) Reload() { js.Global().Get("location").Call("reload") }

// ClosePopover closes an open popover.
func (w *Window) ClosePopover(id string) {
	defer func() { _ = recover() }() // an old browser has no popovers
	if element := w.document.Call("getElementById", id); element.Truthy() {
		element.Call("hidePopover")
	}
}
