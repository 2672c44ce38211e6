//go:build !js

package browser

// UpdateReady reports whether a new version of the program is ready: never in memory.
func (w *Window) UpdateReady() bool { return false }

// ApplyUpdate counts as loading the page again.
func (w *Window) ApplyUpdate() { w.Reloads++ }
