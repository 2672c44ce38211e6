package once_test

import (
	"fmt"
	"time"

	"bompass/hardware"
	"bompass/hardware/once"
)

// Two antennas read one tag.
func ExampleWindow() {
	window := once.NewWindow(once.Standard())
	now := time.Date(2026, 6, 1, 6, 0, 0, 0, time.UTC)
	for lane := 1; lane <= 2; lane++ {
		s := hardware.Sighting{Lane: lane, Tag: hardware.TagRead{Finding: hardware.Read, PAN: "9578010000000000012"}}
		decision := window.Tag(s, now.Add(time.Duration(lane)*20*time.Millisecond))
		fmt.Println(decision.Same, decision.Reason)
	}
	// Output:
	// false first detection of the tag
	// true the tag was detected in lane 1 20ms ago
}
