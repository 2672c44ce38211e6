// Package browser is the window that the program runs in: fetch, server-sent events, preferences, storage
// on the device, focus, title and navigation to pages of the server. It is the only package that touches
// JavaScript.
//
// Built for anything but js/wasm it is a window in memory, so that pages compile into the server for
// the first paint and are tested natively.
package browser

// StreamHandler is called with what happens on an event stream.
type StreamHandler struct {
	Message func(data string)
	Open    func(open bool) // the stream was connected, or lost and is being connected again
}

// IdleNotice has the texts of the warning before a session ends. Text has the place {time} for the time of day.
type IdleNotice struct{ Title, Text, Stay string }

// CrashNotice has the texts that the companion script shows when the program has stopped.
type CrashNotice struct{ Text, Reload string }
