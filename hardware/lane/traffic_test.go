package lane_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"bompass/hardware"
	"bompass/hardware/lane"
)

// road is simulated traffic of one lane with known truth.
type road struct {
	seed      uint64
	vehicles  int
	skew      time.Duration // the camera's clock minus the reader's
	drift     float64       // parts per million
	knowPlate float64       // share of tags that carry their plate
	jump      time.Duration // of the camera's clock, halfway
}

// report is the report of a device with the vehicle that caused it.
type report struct {
	vehicle int
	arrived time.Time
	lane.Passage
}

// Shares of the traffic. 91 % of vehicles carry a tag, as on Norwegian roads in 2022; the other shares are
// assumptions.
const (
	tagShare     = 0.91
	tagReads     = 0.995
	cameraReads  = 0.985
	cameraErrs   = 0.02
	loopFeels    = 0.998
	platoonShare = 0.75
)

// drive generates the reports of a lane's devices: platoons a second or two apart, each vehicle at its own
// speed, tags read anywhere in the zone, cameras behind it that report late.
func (r road) drive() (events []report, tags, plates map[int]bool) {
	dice := rand.New(rand.NewPCG(r.seed, 1))
	tags, plates = map[int]bool{}, map[int]bool{}
	at, speed := 0.0, 20.0
	start := time.Date(2026, 6, 1, 6, 0, 0, 0, time.UTC)
	tell := func(v int, at, late float64, s hardware.Sighting) {
		arrived := start.Add(seconds(at + late))
		events = append(events, report{v, arrived, lane.Passage{Sighting: s}})
	}
	for v := range r.vehicles {
		if dice.Float64() < platoonShare {
			at += 0.9 + dice.ExpFloat64()*0.8
			speed = max(4, speed+dice.NormFloat64()*0.4)
		} else {
			at += 2 + dice.ExpFloat64()*12
			speed = 6 + dice.Float64()*24
		}
		plate := hardware.PlateRead{Country: "NO", Text: fmt.Sprintf("EK%05d", 10000+v)}
		tell1 := func(share float64) bool { return dice.Float64() < share }
		if tell1(tagShare) && tell1(tagReads) {
			tags[v] = true
			tag := hardware.TagRead{Finding: hardware.Read, PAN: fmt.Sprintf("9578010%012d", v)}
			if tell1(r.knowPlate) {
				tag.Plate = plate
			}
			when := at + (1+dice.NormFloat64()*0.6)/speed
			tell(v, when, 0.05+dice.Float64()*0.2, hardware.Sighting{At: start.Add(seconds(when)), Tag: tag})
		}
		if tell1(loopFeels) {
			tell(v, at, 0.02, hardware.Sighting{At: start.Add(seconds(at + dice.NormFloat64()*0.01))})
		}
		if tell1(cameraReads) {
			plates[v] = true
			read := plate
			if tell1(cameraErrs) {
				read.Text = strings.Replace(read.Text, "1", "7", 1)
			}
			when := at + (3+dice.NormFloat64()*0.2)/speed + dice.NormFloat64()*0.015
			clock := start.Add(seconds(when*(1+r.drift/1e6)) + r.skew)
			if v > r.vehicles/2 {
				clock = clock.Add(r.jump)
			}
			tell(v, when, 0.1+dice.Float64()*0.9, hardware.Sighting{At: clock, Plate: read})
		}
	}
	slices.SortStableFunc(events, func(a, b report) int { return cmp.Compare(a.arrived.UnixNano(), b.arrived.UnixNano()) })
	return events, tags, plates
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// outcome compares the joined passages with the truth.
type outcome struct {
	both, joined, wrong, doubtful, passages, unseen, split int
}

// run joins the events of a road and compares the result with the truth.
func (r road) run(rules lane.Rules) (o outcome, got []lane.Passage) {
	events, tags, plates := r.drive()
	j := lane.NewJoiner(rules)
	for _, e := range events {
		got = append(got, j.Ready(e.arrived, false)...)
		j.Add(e.Sighting, e.arrived)
	}
	got = append(got, j.Ready(events[len(events)-1].arrived, true)...)

	for v := range tags {
		if plates[v] {
			o.both++
		}
	}
	of := map[string]int{}
	for _, e := range events {
		of[e.Tag.PAN+e.Plate.Text] = e.vehicle
	}
	o.passages = len(got)
	for _, p := range got {
		switch {
		case !p.Tag.IsZero() && p.Plate.Text != "":
			if of[p.Tag.PAN] == of[p.Plate.Text] {
				o.joined++
			} else {
				o.wrong++
			}
		case p.Doubt != lane.NoDoubt:
			o.doubtful++
		case !p.Tag.IsZero() && plates[of[p.Tag.PAN]]:
			o.split++
		case p.Tag.IsZero() && p.Plate.Text == "":
			o.unseen++
		}
	}
	return o, got
}

func (o outcome) recall() float64 { return 100 * float64(o.joined) / float64(o.both) }
