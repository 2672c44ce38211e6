package lane_test

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"bompass/hardware"
	"bompass/hardware/lane"
)

// For any sequence of events, every event is in exactly one passage, and no tag is in two.
func FuzzJoiner(f *testing.F) {
	f.Add([]byte{0, 0, 10, 1, 0, 20, 2, 1, 0, 0, 3, 0})
	f.Fuzz(func(t *testing.T, octets []byte) {
		if len(octets) > 3*256 { // longer inputs show nothing else and stall the minimizer
			return
		}
		j := lane.NewJoiner(lane.Standard())
		now, id := start, int64(0)
		for ; len(octets) >= 3; octets = octets[3:] {
			now = now.Add(time.Duration(binary.BigEndian.Uint16(octets[1:])) * time.Millisecond)
			s := hardware.Sighting{Lane: 1, At: now}
			text := fmt.Sprintf("EK1000%d", octets[0]>>4)
			switch octets[0] % 3 {
			case 0:
				s.Tag = hardware.TagRead{Finding: hardware.Read, PAN: fmt.Sprint(id), Plate: hardware.PlateRead{Country: "NO", Text: text}}
			case 1:
				s.Plate = hardware.PlateRead{Country: "NO", Text: text}
			}
			id++
			j.Add(s, now, id)
		}
		seen, tags := map[int64]bool{}, map[string]bool{}
		for _, p := range j.Ready(now.Add(time.Hour), true) {
			for _, e := range p.Events {
				if seen[e] {
					t.Fatalf("event %d is in two passages", e)
				}
				seen[e] = true
			}
			if !p.Tag.IsZero() && tags[p.Tag.PAN] {
				t.Fatalf("tag %s is in two passages", p.Tag.PAN)
			}
			tags[p.Tag.PAN] = true
		}
		if len(seen) != int(id) {
			t.Fatalf("%d of %d events are in a passage", len(seen), id)
		}
	})
}
