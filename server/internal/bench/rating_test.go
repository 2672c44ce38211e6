package bench_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"bompass/assets"
	"bompass/shared/fixture/rush"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// trafficMonth is a month of traffic as input of the rating core.
type trafficMonth struct {
	*rush.Month
	book       *tariff.Book
	plan       *rating.Plan
	stations   []rating.StationIndex // of each passage
	traits     []rating.Traits       // of each vehicle
	vehicle    []int32               // of each passage
	directions []rating.Direction    // of each passage
}

func newTrafficMonth(tb testing.TB, vehicles int) *trafficMonth {
	tb.Helper()
	book, problems := tariff.Load(assets.Tariff)
	if len(problems) > 0 {
		tb.Fatal(problems[0])
	}
	plan, err := rating.Compile(book)
	if err != nil {
		tb.Fatal(err)
	}
	w := &trafficMonth{Month: rush.NewMonth(vehicles), book: book, plan: plan}
	index := make([]rating.StationIndex, len(w.Stations))
	for i, id := range w.Stations {
		index[i], _ = plan.StationIndex(id)
	}
	for _, v := range w.Vehicles {
		w.traits = append(w.traits, rating.Traits{Classes: rating.ClassesOf(v.Facts), Have: v.Have})
	}
	w.stations, w.vehicle, w.directions = make([]rating.StationIndex,
		len(w.At)), make([]int32, len(w.At)), make([]rating.Direction, len(w.At))
	for v := range w.Ends {
		for i := w.begin(v); i < w.Ends[v]; i++ {
			w.stations[i], w.vehicle[i], w.directions[i] = index[w.Station[i]], int32(v), rating.DirectionOf(toll.Outbound)
			if w.Inbound[i] {
				w.directions[i] = rating.DirectionOf(toll.Inbound)
			}
		}
	}
	return w
}

func (w *trafficMonth) begin(v int) int {
	if v == 0 {
		return 0
	}
	return w.Ends[v-1]
}

// resolve writes the crossings of vehicle v to set, which has their length.
func (w *trafficMonth) resolve(v int, set []rating.Crossing) {
	begin, t := w.begin(v), w.traits[v]
	for n := range set {
		w.resolveOne(&set[n], begin+n, &t)
	}
}

// resolveOne writes the crossing of passage i, of a vehicle with traits t, to c.
func (w *trafficMonth) resolveOne(c *rating.Crossing, i int, t *rating.Traits) {
	t.Direction, t.Key = w.directions[i], uint32(i)
	if err := w.plan.ResolveInto(c, w.stations[i], w.At[i], t); err != nil {
		panic(err) // the month is covered by the tariffs
	}
}

// longestSet is more than the passages of any vehicle in the month.
const longestSet = 512

// buffers is the memory of one processor core. The padding keeps two of them out of one cache line.
type buffers struct {
	set   []rating.Crossing
	out   []rating.Charge
	steps []rating.Step
	_     [128]byte
}

func newBuffers() *buffers {
	return &buffers{
		set: make([]rating.Crossing, 0, longestSet), out: make([]rating.Charge, longestSet),
		steps: make([]rating.Step, 0, 32),
	}
}

// variant is one variant of the measured work. run does it for the vehicles in [from, to).
type variant struct {
	name  string
	parts int // number of parts of the month that are timed separately on one core
	run   func(b *buffers, from, to int)
}

// The month is timed in parts that are short enough for some repetition of each to be undisturbed by other
// processes, and long enough for the clock. With two cores the parts are larger, because starting a goroutine costs
// time.
const parts, partsOfTwo = 100, 8

// variants returns the measured variants, from the least to the most work.
func (w *trafficMonth) variants() []variant {
	ready, charges := make([]rating.Crossing, len(w.At)), make([]rating.Charge, len(w.At))
	for v := range w.Ends {
		w.resolve(v, ready[w.begin(v):w.Ends[v]])
	}
	records := make([]rating.Crossing, len(w.At))
	arrived := newArrival(w)
	return []variant{
		{"rate (resolved and sorted before)", parts, func(b *buffers, from, to int) {
			for v := from; v < to; v++ {
				set := ready[w.begin(v):w.Ends[v]]
				w.plan.Rate(set, b.out[:len(set)])
			}
		}},
		{"resolve + rate", parts, func(b *buffers, from, to int) {
			for v := from; v < to; v++ {
				b.rate(w, v)
			}
		}},
		{"resolve + rate + explanation records kept", parts, func(_ *buffers, from, to int) {
			for v := from; v < to; v++ {
				begin, end := w.begin(v), w.Ends[v]
				w.resolve(v, records[begin:end])
				w.plan.Rate(records[begin:end], charges[begin:end])
			}
		}},
		{"resolve + rate + every step written out", parts, func(b *buffers, from, to int) {
			ids := func(int) toll.PassageID { return "passage" }
			for v := from; v < to; v++ {
				b.rate(w, v)
				for i := range b.set {
					b.steps = w.plan.Explain(b.set, b.out[:len(b.set)], i, ids, b.steps[:0])
				}
			}
		}},
		{"resolve + sort + rate, from order of arrival", partitions, arrived.run},
	}
}

func (b *buffers) rate(w *trafficMonth, v int) {
	b.set = b.set[:w.Ends[v]-w.begin(v)]
	w.resolve(v, b.set)
	w.plan.Rate(b.set, b.out[:len(b.set)])
}

// partitions is the number of partitions by vehicle, as in the pipeline. Each part that is timed with two cores has
// two.
const partitions = 2 * partsOfTwo

// arrival is the month in order of time, as stations report it.
type arrival struct {
	*trafficMonth
	order [partitions][]arrivedPassage
	next  []int32 // index in set of each vehicle's next passage
	set   []rating.Crossing
}

// arrivedPassage is one passage in order of arrival.
type arrivedPassage struct {
	at        int64
	vehicle   int32
	key       uint32
	station   rating.StationIndex
	direction rating.Direction
}

func newArrival(w *trafficMonth) *arrival {
	a := &arrival{trafficMonth: w, next: make([]int32, len(w.Ends)), set: make([]rating.Crossing, len(w.At))}
	for p := range a.order {
		from, to := w.partitionStart(p), w.partitionStart(p+1)
		for i := w.begin(from); i < w.Ends[to-1]; i++ {
			a.order[p] = append(a.order[p], arrivedPassage{
				w.At[i], w.vehicle[i], uint32(i), w.stations[i], w.directions[i],
			})
		}
		slices.SortStableFunc(a.order[p], func(x, y arrivedPassage) int { return int(x.at - y.at) })
	}
	return a
}

// partitionStart returns the first vehicle of a partition.
func (w *trafficMonth) partitionStart(p int) int { return len(w.Ends) * p / partitions }

// run processes whole partitions: it groups passages by vehicle with a counting sort, sorts the passages of a
// vehicle if they are not in order of time, and rates them.
func (a *arrival) run(b *buffers, from, to int) {
	for p := range a.order {
		if first := a.partitionStart(p); first >= from && first < to {
			a.partition(b, p)
		}
	}
}

func (a *arrival) partition(b *buffers, p int) {
	from, to := a.partitionStart(p), a.partitionStart(p+1)
	for v := from; v < to; v++ {
		a.next[v] = int32(a.begin(v))
	}
	for i := range a.order[p] {
		arrived := &a.order[p][i]
		t := a.traits[arrived.vehicle]
		t.Direction, t.Key = arrived.direction, arrived.key
		if err := a.plan.ResolveInto(&a.set[a.next[arrived.vehicle]], arrived.station, arrived.at, &t); err != nil {
			panic(err) // the month is covered by the tariffs
		}
		a.next[arrived.vehicle]++
	}
	for v := from; v < to; v++ {
		set := a.set[a.begin(v):a.Ends[v]]
		if !inOrder(set) {
			rating.Sort(set)
		}
		a.plan.Rate(set, b.out[:len(set)])
	}
}

// inOrder reports whether every passage is later than the one before it.
func inOrder(set []rating.Crossing) bool {
	for i := 1; i < len(set); i++ {
		if set[i].UnixMilli() <= set[i-1].UnixMilli() {
			return false
		}
	}
	return true
}

// repeats is the number of repetitions of each variant; the shortest time of each part counts. With two cores more are
// needed, because both have to be undisturbed.
const repeats, repeatsOfTwo = 15, 60

// bestTime returns the sum of the shortest times of the parts of the month.
func (w *trafficMonth) bestTime(parts, repeats int, run func(from, to int)) time.Duration {
	best := make([]time.Duration, parts)
	for n := range repeats {
		for p := range best {
			from, to := len(w.Ends)*p/parts, len(w.Ends)*(p+1)/parts
			begin := time.Now()
			run(from, to)
			if taken := time.Since(begin); n == 0 || taken < best[p] {
				best[p] = taken
			}
		}
	}
	var sum time.Duration
	for _, d := range best {
		sum += d
	}
	return sum
}

// perPassage returns a duration per passage, in nanoseconds.
func (w *trafficMonth) perPassage(d time.Duration) float64 {
	return float64(d.Nanoseconds()) / float64(len(w.At))
}

// allocs returns the number of allocations of f per passage.
func (w *trafficMonth) allocs(f func()) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(len(w.At))
}

// runOnTwoCores runs a variant on two cores, with half of the vehicles each.
func (w *trafficMonth) runOnTwoCores(run func(b *buffers, from, to int), b [2]*buffers, from, to int) {
	middle := from + (to-from)/2 // the end of a partition if the part has two partitions
	var group sync.WaitGroup
	group.Go(func() { run(b[0], from, middle) })
	run(b[1], middle, to)
	group.Wait()
}

// BenchmarkRating prints one table: the rating core on one and on two processor cores, and the same rules in
// PostgreSQL and in an expression language, in one run on the same month.
func BenchmarkRating(b *testing.B) {
	for range b.N {
		w := newTrafficMonth(b, 100_000)
		t := newTable()
		t.head(fmt.Sprintf("%d passages of %d vehicles", len(w.At), len(w.Vehicles)), "ns/passage", "allocs/passage",
			"two cores", "times faster on two")
		core := w.measureCore(t)
		b.ReportMetric(core, "ns/passage")
		w.measureOthers(b, t, core)
		t.head("growth: resolve + rate", "ns/passage", "of 1 million", "", "")
		w = nil
		measureGrowth(b, t)
		t.flush()
	}
}

// measureCore measures every variant and returns the cost of resolve + rate on one core, in nanoseconds per passage.
func (w *trafficMonth) measureCore(t *table) (resolveAndRate float64) {
	two := [2]*buffers{newBuffers(), newBuffers()}
	for i, v := range w.variants() {
		one := func(from, to int) { v.run(two[0], from, to) }
		single := w.perPassage(w.bestTime(v.parts, repeats, one))
		double := w.perPassage(w.bestTime(partsOfTwo, repeatsOfTwo,
			func(from, to int) { w.runOnTwoCores(v.run, two, from, to) }))
		allocs := w.allocs(func() { one(0, len(w.Ends)) })
		t.row(v.name, ns(single), fmt.Sprintf("%.3f", allocs), ns(double), fmt.Sprintf("%.2f", single/double))
		if i == 1 {
			resolveAndRate = single
		}
	}
	return resolveAndRate
}

// measureGrowth measures the cost per passage of ten times as many passages.
func measureGrowth(b *testing.B, t *table) {
	b.Helper()
	var first float64
	for _, vehicles := range []int{100_000, 1_000_000} {
		w := newTrafficMonth(b, vehicles)
		buffer := newBuffers()
		cost := w.perPassage(w.bestTime(vehicles/1000, 5, func(from, to int) {
			for v := from; v < to; v++ {
				buffer.rate(w, v)
			}
		}))
		if first == 0 {
			first = cost
		}
		t.row(fmt.Sprintf("%d passages", len(w.At)), ns(cost), fmt.Sprintf("%.2f ×", cost/first), "", "")
	}
}

func ns(f float64) string { return fmt.Sprintf("%.1f", f) }

// table aligns its columns and is printed by flush.
type table struct{ out *tabwriter.Writer }

func newTable() *table { return &table{tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)} }

func (t *table) head(cells ...string) {
	_, _ = fmt.Fprintln(t.out, "\t")
	t.row(cells...)
}

func (t *table) row(cells ...string) { _, _ = fmt.Fprintln(t.out, strings.Join(cells, "\t")) }

func (t *table) flush() { _ = t.out.Flush() }
