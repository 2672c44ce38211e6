package supervise

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"bompass/hardware"
)

// State is the health of a device and its active faults. It is safe for concurrent use.
type State struct {
	now func() time.Time

	mu     sync.Mutex
	health hardware.Health
	faults map[string]hardware.Fault
}

// NewState returns the state of a device that is down.
func NewState(now func() time.Time) *State {
	return &State{now: now, faults: map[string]hardware.Fault{}}
}

// Health returns the health with the active faults, oldest first. Fault is the text of the oldest.
func (s *State) Health() hardware.Health {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.health
	h.Faults = slices.SortedFunc(maps.Values(s.faults), func(a, b hardware.Fault) int {
		return cmp.Or(a.Since.Compare(b.Since), strings.Compare(a.Key, b.Key))
	})
	h.Fault = ""
	if len(h.Faults) > 0 {
		h.Fault = h.Faults[0].Text
	}
	return h
}

// SetUp records that the connection works and ends the fault of a lost one.
func (s *State) SetUp() {
	s.set(true)
	s.Clear(connectFault)
}

// SetDown records that there is no connection.
func (s *State) SetDown() { s.set(false) }

// set stores whether the connection is up, and since when if that has changed.
func (s *State) set(up bool) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.health.Up != up || s.health.Since.IsZero() {
		s.health.Up, s.health.Since = up, now
	}
}

// Raise begins a fault, or changes the text of an active one and keeps its onset.
func (s *State) Raise(key, text string) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	since := now
	if old, active := s.faults[key]; active {
		since = old.Since
	}
	s.faults[key] = hardware.Fault{Key: key, Text: text, Since: since}
}

// Clear ends a fault.
func (s *State) Clear(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.faults, key)
}

// ClearAll ends all faults but that of a lost connection.
func (s *State) ClearAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.faults, func(key string, _ hardware.Fault) bool { return key != connectFault })
}

// Count counts a vehicle, and its tag when it was read.
func (s *State) Count(tag bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.health.Vehicles++
	if tag {
		s.health.Tags++
	}
}

// SetOffset records the device's clock minus the host's.
func (s *State) SetOffset(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.health.Offset = d
}
