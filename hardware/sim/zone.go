package sim

import (
	"slices"
	"sync"
)

// Zone is the communication zone of a beacon.
type Zone struct {
	mu      sync.Mutex
	tags    []*Tag
	changed chan struct{} // closed at the next change
}

// NewZone returns an empty zone.
func NewZone() *Zone { return &Zone{changed: make(chan struct{})} }

// Enter adds a tag. The tag then belongs to the beacon until Leave returns.
func (z *Zone) Enter(t *Tag) { z.change(func() { z.tags = append(z.tags, t) }) }

// Leave removes a tag, even in the middle of a transaction.
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

// snapshot returns the tags in the zone and a channel that is closed at the next change.
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
