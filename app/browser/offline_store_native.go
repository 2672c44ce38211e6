//go:build !js

package browser

import (
	"context"
	"strings"
	"sync"
	"time"
)

// memoryStore has the texts that a window in memory stores.
type memoryStore struct {
	mu    sync.Mutex
	texts map[string]storedText
}

type storedText struct {
	text string
	at   time.Time
}

// Store stores a text under a name.
func (w *Window) Store(name, text string, at time.Time) {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	if w.store.texts == nil {
		w.store.texts = map[string]storedText{}
	}
	w.store.texts[name] = storedText{text, at}
}

// Stored returns the text stored under a name and when it was stored.
func (w *Window) Stored(_ context.Context, name string) (text string, at time.Time, ok bool) {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	found, ok := w.store.texts[name]
	return found.text, found.at, ok
}

// CountStored returns how many texts the window stores.
func (w *Window) CountStored(context.Context) (int, error) {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	return len(w.store.texts), nil
}

// Prune deletes texts stored before an instant.
func (w *Window) Prune(before time.Time) {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	for name, s := range w.store.texts {
		if s.at.Before(before) {
			delete(w.store.texts, name)
		}
	}
}

// Clear deletes all texts, then calls then.
func (w *Window) Clear(then func()) {
	w.store.mu.Lock()
	clear(w.store.texts)
	w.store.mu.Unlock()
	then()
}

// Contents returns all texts and preferences of the window, for tests that search them.
func (w *Window) Contents() string {
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	var b strings.Builder
	for name, s := range w.store.texts {
		b.WriteString(name + " " + s.text + "\n")
	}
	for name, value := range w.preferences {
		b.WriteString(name + " " + value + "\n")
	}
	return b.String()
}
