package lane_test

import (
	"testing"
	"time"

	"bompass/hardware/lane"
)

// A lane is deaf when cameras see vehicles without tag reads, and recovers within an hour.
func TestDeafLane(t *testing.T) {
	var w lane.DeafMonitor
	now := at(0)
	pass := func(n int, tagged func(i int) bool) {
		for i := range n {
			w.Add(tagged(i), now)
			now = now.Add(20 * time.Second)
		}
	}
	most := func(i int) bool { return i%10 != 0 }
	none := func(int) bool { return false }
	pass(15, none)
	if w.Deaf(now) {
		t.Error("deaf after only fifteen vehicles")
	}
	pass(180, most)
	if vehicles, tags := w.LastHour(now); w.Deaf(now) || vehicles < 160 || tags < 140 {
		t.Errorf("deaf with %d tags of %d vehicles", tags, vehicles)
	}
	pass(110, none)
	if vehicles, tags := w.LastHour(now); !w.Deaf(now) {
		t.Errorf("not deaf with %d tags of %d vehicles", tags, vehicles)
	}
	pass(180, most)
	if w.Deaf(now) {
		t.Error("deaf an hour after the repair")
	}
	if vehicles, _ := w.LastHour(now.Add(2 * time.Hour)); vehicles != 0 {
		t.Errorf("got %d vehicles in an hour without any", vehicles)
	}
}
