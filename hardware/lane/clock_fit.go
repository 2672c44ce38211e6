package lane

import (
	"math"
	"slices"
	"time"

	"bompass/hardware"
)

// Numbers of fitting.
const (
	binWidth    = 0.05 // seconds
	peakBins    = 5    // a peak is this many bins wide
	peakMin     = 12   // pairs in it
	peakClear   = 2.5  // times the next peak's
	agreeMin    = 6    // pairs whose plates agree are enough without a peak
	eventsKept  = 160  // events of each device that a fit looks at
	pairsKept      = 96   // joined pairs that the offset and the spread are taken from
	sigmaMin    = 0.05
	sigmaMax    = 0.6
	sigmaFactor = 1.3  // a measured spread leaves out the tails
	hitWeight   = 0.12 // of one tag in the share of tags that find their plate
	hitMin      = 0.6  // a lower share: a clock has jumped
	keptAfterJump   = 10   // events that are looked at again then
)

// clockFit is the difference of two devices' clocks, learned from what they saw: the mode of all differences
// at first, as only the true pairs agree in theirs, and then the median of the pairs that were joined.
type clockFit struct {
	spread time.Duration
	fitted bool
	offset float64 // seconds
	sigma  float64

	tags, plates []hardware.Sighting
	joined       []float64
	hitShare         float64 // share of tags that find their plate, lately
}

func (f *clockFit) addTag(s hardware.Sighting)   { f.tags = appendBounded(f.tags, s, eventsKept) }
func (f *clockFit) addPlate(s hardware.Sighting) { f.plates = appendBounded(f.plates, s, eventsKept) }

func appendBounded[T any](list []T, v T, most int) []T {
	if list = append(list, v); len(list) > most {
		list = slices.Delete(list, 0, len(list)-most)
	}
	return list
}

// search looks for the offset in all that is remembered.
func (f *clockFit) search() {
	var all, agree []float64
	for _, t := range f.tags {
		for _, p := range f.plates {
			d := p.At.Sub(t.At)
			if d.Abs() > f.spread {
				continue
			}
			all = append(all, d.Seconds())
			if t.Tag.Plate.Text != "" && t.Tag.Plate == p.Plate {
				agree = append(agree, d.Seconds())
			}
		}
	}
	if len(agree) >= agreeMin {
		f.set(agree)
		return
	}
	if center, ok := peak(all, f.spread.Seconds()); ok {
		f.set(slices.DeleteFunc(all, func(d float64) bool { return math.Abs(d-center) > peakBins*binWidth }))
	}
}

func (f *clockFit) set(differences []float64) {
	f.fitted, f.hitShare = true, 1
	f.joined = differences[max(0, len(differences)-pairsKept):]
	f.measure()
}

// addPair learns from a pair that was joined. One that only its texts have joined, too far off by the
// clocks, speaks against them.
func (f *clockFit) addPair(tag, plate time.Time, farthest float64) {
	if f.fitted && math.Abs(f.distance(tag, plate)) > farthest {
		f.countMiss()
		return
	}
	f.hitShare += hitWeight * (1 - f.hitShare)
	f.joined = appendBounded(f.joined, plate.Sub(tag).Seconds(), pairsKept)
	f.measure()
}

// countMiss hears that a tag has found no plate although there were plates about. When too many do, the
// clocks count as unknown.
func (f *clockFit) countMiss() {
	if f.hitShare -= hitWeight * f.hitShare; f.hitShare < hitMin {
		f.fitted, f.joined = false, nil
		f.tags, f.plates = f.tags[max(0, len(f.tags)-keptAfterJump):], f.plates[max(0, len(f.plates)-keptAfterJump):]
	}
}

// measure takes the median, and the spread from the median distance to it.
func (f *clockFit) measure() {
	f.offset = median(f.joined)
	away := make([]float64, len(f.joined))
	for i, d := range f.joined {
		away[i] = math.Abs(d - f.offset)
	}
	const normal = 1.4826 // standard deviations in a median distance
	f.sigma = min(sigmaMax, max(sigmaMin, sigmaFactor*normal*median(away)))
}

// distance is how far a pair is from the offset, in standard deviations.
func (f *clockFit) distance(tag, plate time.Time) float64 {
	return (plate.Sub(tag).Seconds() - f.offset) / f.sigma
}

// peak finds where differences crowd, if it is clear.
func peak(all []float64, spread float64) (center float64, clear bool) {
	bins := make([]int, int(2*spread/binWidth)+peakBins+1)
	for _, d := range all {
		bins[int((d+spread)/binWidth)]++
	}
	sum := func(at int) (n int) {
		for _, b := range bins[at : at+peakBins] {
			n += b
		}
		return n
	}
	best, at := 0, 0
	for i := range len(bins) - peakBins {
		if n := sum(i); n > best {
			best, at = n, i
		}
	}
	next := 0
	for i := range len(bins) - peakBins {
		if i < at-2*peakBins || i > at+2*peakBins {
			next = max(next, sum(i))
		}
	}
	center = float64(at)*binWidth - spread + peakBins*binWidth/2
	return center, best >= peakMin && float64(best) >= peakClear*float64(next)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
