//go:build !js

package browser

// UpdateReady tells whether a new version of the program is ready to take over: none is.
func (w *Window) UpdateReady() bool { return false }

// ApplyUpdate counts as loading the page anew.
func (w *Window) ApplyUpdate() { w.Reloads++ }
