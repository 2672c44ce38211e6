package lane_test

import (
	"fmt"
	"time"

	"bompass/hardware"
	"bompass/hardware/lane"
)

// A tag and the camera's plate of one vehicle are joined once the clocks of the devices are known.
func ExampleJoiner() {
	j := lane.NewJoiner(lane.Standard())
	start := time.Date(2026, 6, 1, 6, 0, 0, 0, time.UTC)
	for i := range 8 {
		at := start.Add(time.Duration(i) * 10 * time.Second)
		plate := hardware.PlateRead{Country: "NO", Text: fmt.Sprintf("EK1000%d", i)}
		j.Add(hardware.Sighting{Lane: 1, At: at, Tag: hardware.TagRead{Finding: hardware.Read, PAN: fmt.Sprint(i), Plate: plate}}, at)
		j.Add(hardware.Sighting{Lane: 1, At: at.Add(700 * time.Millisecond), Plate: plate}, at.Add(time.Second))
	}
	passages := j.Ready(start.Add(time.Hour), true)
	offset, known := j.Offset()
	fmt.Println(len(passages), "passages, the last of tag", passages[7].Tag.PAN, "with plate", passages[7].Plate.Text)
	fmt.Println("camera clock ahead by", offset, known)
	// Output:
	// 8 passages, the last of tag 7 with plate EK10007
	// camera clock ahead by 700ms true
}
