// Package browser is the window that the program runs in: fetch, server-sent events, preferences,
// focus, title and leaving the page. It is the only package that touches JavaScript.
//
// Built for anything but js/wasm it is a window in memory, so that pages compile into the server for
// the first paint and are tested natively.
package browser

// StreamHandler is what a follower of an event stream is told.
type StreamHandler struct {
	Message func(data string)
	Open    func(open bool) // the stream was connected, or lost and is being connected anew
}

// CrashNotice is what the companion script says when the program has stopped.
type CrashNotice struct{ Text, Reload string }
