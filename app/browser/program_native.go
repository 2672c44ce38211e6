//go:build !js

package browser

// Waiting tells whether a new version of the program is ready to take over: none is.
func (w *Window) Waiting() bool { return false }

// Update counts as loading the page anew.
func (w *Window) Update() { w.Reloads++ }
