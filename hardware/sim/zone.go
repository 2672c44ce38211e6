package sim

import (
	"slices"
	"sync"
)

// Zone is where a beacon sees tags.
type Zone struct {
	mu      sync.Mutex
	tags    []*Tag
	changed chan struct{} // closed at the next change
}

// NewZone is an empty zone.
func NewZone() *Zone { return &Zone{changed: make(chan struct{})} }

// Enter lets a tag drive in. From here on it belongs to the beacon, until it has left.
func (z *Zone) Enter(t *Tag) { z.change(func() { z.tags = append(z.tags, t) }) }

// Leave lets a tag drive out, whatever it was doing.
func (z *Zone) Leave(t *Tag) {
	z.change(func() { z.tags = slices.DeleteFunc(z.tags, func(other *Tag) bool { return other == t }) })
}

func (z *Zone) change(how func()) {
	z.mu.Lock()
	defer z.mu.Unlock()
	how()
	close(z.changed)
	z.changed = make(chan struct{})
}

// snapshot returns who is there, and what is closed when that changes.
func (z *Zone) snapshot() ([]*Tag, <-chan struct{}) {
	z.mu.Lock()
	defer z.mu.Unlock()
	return slices.Clone(z.tags), z.changed
}

func (z *Zone) contains(t *Tag) bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	return slices.Contains(z.tags, t)
}
