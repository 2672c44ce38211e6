package lane

import (
	"math"
	"slices"
	"time"

	"bompass/hardware"
)

// Parameters of the clock fit.
const (
	binWidth      = 0.05 // seconds
	peakBins      = 5    // width of a peak, in bins
	peakMin       = 12   // minimum number of pairs in a peak
	peakClear     = 2.5  // minimum ratio of the peak to the next one
	agreeMin      = 6    // number of pairs with equal plates that suffices without a peak
	eventsKept    = 160  // number of events of each device that a fit searches
	pairsKept     = 96   // number of joined pairs that offset and spread are computed from
	sigmaMin      = 0.05
	sigmaMax      = 0.6
	sigmaFactor   = 1.3  // corrects a measured spread that lacks its tails
	hitWeight     = 0.12 // weight of one tag in the share of tags with a plate
	hitMin        = 0.6  // a lower share means that a clock has jumped
	keptAfterJump = 10   // number of events kept for the next fit after a jump
)

// clockFit estimates the offset between two devices' clocks from their events. It starts from the mode of
// all time differences, because only true pairs agree in theirs, and continues with the median of the joined
// pairs.
type clockFit struct {
	spread time.Duration
	fitted bool
	offset float64 // seconds
	sigma  float64

	tags, plates []hardware.Sighting
	joined       []float64
	hitShare     float64 // moving share of tags that found a plate
}

func (f *clockFit) addTag(s hardware.Sighting)   { f.tags = appendBounded(f.tags, s, eventsKept) }
func (f *clockFit) addPlate(s hardware.Sighting) { f.plates = appendBounded(f.plates, s, eventsKept) }

func appendBounded[T any](list []T, v T, most int) []T {
	if list = append(list, v); len(list) > most {
		list = slices.Delete(list, 0, len(list)-most)
	}
	return list
}

// search estimates the offset from all kept events.
func (f *clockFit) search() {
	var all, agree []float64
	for _, t := range f.tags {
		for _, p := range f.plates {
			d := p.At.Sub(t.At)
			if d.Abs() > f.spread {
				continue
			}
			all = append(all, d.Seconds())
			// Pairs whose plates agree belong to one vehicle for certain.
			if t.Tag.Plate.Text != "" && textCost(t.Tag.Plate, p.Plate) == textEqual {
				agree = append(agree, d.Seconds())
			}
		}
	}
	if len(agree) >= agreeMin {
		f.set(agree)
		return
	}
	// Of all pairs, only the true ones have similar differences: these form a peak over the even distribution of the
	// others.
	if center, ok := peak(all, f.spread.Seconds()); ok {
		f.set(slices.DeleteFunc(all, func(d float64) bool { return math.Abs(d-center) > peakBins*binWidth }))
	}
}

func (f *clockFit) set(differences []float64) {
	f.fitted, f.hitShare = true, 1
	f.joined = differences[max(0, len(differences)-pairsKept):]
	f.measure()
}

// addPair updates the estimate with a joined pair. A pair joined by its plates alone, although too far apart
// by the clocks, counts as a miss.
func (f *clockFit) addPair(tag, plate time.Time, farthest float64) {
	if f.fitted && math.Abs(f.distance(tag, plate)) > farthest {
		f.countMiss()
		return
	}
	f.hitShare += hitWeight * (1 - f.hitShare)
	f.joined = appendBounded(f.joined, plate.Sub(tag).Seconds(), pairsKept)
	f.measure()
}

// countMiss counts a tag that found no plate although there were plates. After too many misses the offset is
// unknown again.
func (f *clockFit) countMiss() {
	if f.hitShare -= hitWeight * f.hitShare; f.hitShare < hitMin {
		f.fitted, f.joined = false, nil
		f.tags, f.plates = f.tags[max(0, len(f.tags)-keptAfterJump):], f.plates[max(0, len(f.plates)-keptAfterJump):]
	}
}

// measure computes the median of the differences, and the spread from their median deviation.
func (f *clockFit) measure() {
	f.offset = median(f.joined)
	away := make([]float64, len(f.joined))
	for i, d := range f.joined {
		away[i] = math.Abs(d - f.offset)
	}
	const normal = 1.4826 // standard deviation of a normal distribution divided by its median deviation
	f.sigma = min(sigmaMax, max(sigmaMin, sigmaFactor*normal*median(away)))
}

// distance returns how far a pair is from the offset, in standard deviations.
func (f *clockFit) distance(tag, plate time.Time) float64 {
	return (plate.Sub(tag).Seconds() - f.offset) / f.sigma
}

// peak returns the center of the highest peak of the differences, and whether it is clear.
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
	// The second peak must not overlap the best one.
	next := 0
	for i := range len(bins) - peakBins {
		if i < at-2*peakBins || i > at+2*peakBins {
			next = max(next, sum(i))
		}
	}
	// The center of the bins from at to at+peakBins.
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
