//go:build !js

package browser

import (
	"context"
	"strings"
	"sync"
	"time"
)

// shelf is what a window in memory keeps.
type shelf struct {
	mu    sync.Mutex
	texts map[string]shelved
}

type shelved struct {
	text string
	at   time.Time
}

// Store keeps a text in this window under a name.
func (w *Window) Store(name, text string, at time.Time) {
	w.shelf.mu.Lock()
	defer w.shelf.mu.Unlock()
	if w.shelf.texts == nil {
		w.shelf.texts = map[string]shelved{}
	}
	w.shelf.texts[name] = shelved{text, at}
}

// Stored is what this window keeps under a name, and since when.
func (w *Window) Stored(_ context.Context, name string) (text string, at time.Time, ok bool) {
	w.shelf.mu.Lock()
	defer w.shelf.mu.Unlock()
	found, ok := w.shelf.texts[name]
	return found.text, found.at, ok
}

// CountStored is how many of a person's own answers this window keeps.
func (w *Window) CountStored(context.Context) (int, error) {
	w.shelf.mu.Lock()
	defer w.shelf.mu.Unlock()
	return len(w.shelf.texts), nil
}

// Prune throws away what was kept before an instant.
func (w *Window) Prune(before time.Time) {
	w.shelf.mu.Lock()
	defer w.shelf.mu.Unlock()
	for name, s := range w.shelf.texts {
		if s.at.Before(before) {
			delete(w.shelf.texts, name)
		}
	}
}

// Clear throws away a person's own answers, then goes on.
func (w *Window) Clear(then func()) {
	w.shelf.mu.Lock()
	clear(w.shelf.texts)
	w.shelf.mu.Unlock()
	then()
}

// Contents is everything this window keeps, for a test to look through.
func (w *Window) Contents() string {
	w.shelf.mu.Lock()
	defer w.shelf.mu.Unlock()
	var b strings.Builder
	for name, s := range w.shelf.texts {
		b.WriteString(name + " " + s.text + "\n")
	}
	for name, value := range w.kept {
		b.WriteString(name + " " + value + "\n")
	}
	return b.String()
}
