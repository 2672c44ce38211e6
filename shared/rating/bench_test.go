package rating_test

import (
	"testing"
	"time"

	"bompass/shared/fixture/rush"
	"bompass/shared/rating"
	"bompass/shared/toll"
)

// traffic is a month of passages in the form that the store returns: grouped by vehicle, in the order of time.
type traffic struct {
	*rush.Month
	plan     *rating.Plan
	stations []rating.StationIndex // of each passage
	ways     []rating.Direction    // of each passage
	traits   []rating.Traits       // of each vehicle
}

const benchVehicles = 100_000

func makeTraffic(tb testing.TB, vehicles int) *traffic {
	tb.Helper()
	m := &traffic{Month: rush.NewMonth(vehicles), plan: compile(tb, wholeBook(tb))}
	for i, at := range m.Station {
		station, _ := m.plan.StationIndex(m.Stations[at])
		way := rating.DirectionOf(toll.Outbound)
		if m.Inbound[i] {
			way = rating.DirectionOf(toll.Inbound)
		}
		m.stations, m.ways = append(m.stations, station), append(m.ways, way)
	}
	for _, v := range m.Vehicles {
		m.traits = append(m.traits, rating.Traits{Classes: rating.ClassesOf(v.Facts), Have: v.Have})
	}
	return m
}

// resolve puts vehicle v's crossings into set.
func (m *traffic) resolve(v int, set []rating.Crossing) []rating.Crossing {
	from := 0
	if v > 0 {
		from = m.Ends[v-1]
	}
	set = set[:m.Ends[v]-from]
	t := m.traits[v]
	for n := range set {
		i := from + n
		t.Direction, t.Key = m.ways[i], uint32(i)
		if err := m.plan.ResolveInto(&set[n], m.stations[i], m.At[i], &t); err != nil {
			panic(err) // the generated month is covered by the tariffs
		}
	}
	return set
}

// BenchmarkRateMonth resolves and rates a month of a million passages of a hundred thousand vehicles.
func BenchmarkRateMonth(b *testing.B) {
	m := makeTraffic(b, benchVehicles)
	set, out := make([]rating.Crossing, 0, 512), make([]rating.Charge, 512)
	b.ReportAllocs()
	for b.Loop() {
		for v := range m.Ends {
			set = m.resolve(v, set[:0])
			m.plan.Rate(set, out[:len(set)])
		}
	}
	report(b, len(m.At))
}

// BenchmarkRateOnly rates the same month, already resolved.
func BenchmarkRateOnly(b *testing.B) {
	m := makeTraffic(b, benchVehicles)
	all := make([]rating.Crossing, 0, len(m.At))
	for v := range m.Ends {
		all = append(all, m.resolve(v, make([]rating.Crossing, 0, 512))...)
	}
	out := make([]rating.Charge, 512)
	b.ReportAllocs()
	for b.Loop() {
		from := 0
		for _, end := range m.Ends {
			m.plan.Rate(all[from:end], out[:end-from])
			from = end
		}
	}
	report(b, len(all))
}

// BenchmarkResolveInput resolves from station names, instants and vehicle facts.
func BenchmarkResolveInput(b *testing.B) {
	m := makeTraffic(b, 10_000)
	inputs := make([]rating.Input, len(m.At))
	for v, from := 0, 0; v < len(m.Ends); v++ {
		for i := from; i < m.Ends[v]; i++ {
			inputs[i] = rating.Input{
				Station: m.Stations[m.Station[i]], At: time.UnixMilli(m.At[i]), Direction: toll.Inbound,
				Facts: m.Vehicles[v].Facts, Agreement: true, TagRead: true,
			}
		}
		from = m.Ends[v]
	}
	b.ReportAllocs()
	for b.Loop() {
		for i := range inputs {
			if _, err := m.plan.Resolve(inputs[i]); err != nil {
				b.Fatal(err)
			}
		}
	}
	report(b, len(inputs))
}

// BenchmarkExplain explains every passage of a tenth of the month.
func BenchmarkExplain(b *testing.B) {
	m := makeTraffic(b, benchVehicles/10)
	set, out := make([]rating.Crossing, 0, 512), make([]rating.Charge, 512)
	steps := make([]rating.Step, 0, 16)
	ids := func(int) toll.PassageID { return "passage" }
	b.ReportAllocs()
	for b.Loop() {
		for v := range m.Ends {
			set = m.resolve(v, set[:0])
			m.plan.Rate(set, out[:len(set)])
			for i := range set {
				steps = m.plan.Explain(set, out[:len(set)], i, ids, steps[:0])
			}
		}
	}
	report(b, len(m.At))
}

func report(b *testing.B, passages int) {
	b.Helper()
	perPassage := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(passages)
	b.ReportMetric(perPassage, "ns/passage")
	b.ReportMetric(1e9/perPassage, "passages/s")
	b.ReportMetric(float64(passages), "passages")
}

func TestRatingAndExplainingAllocateNothing(t *testing.T) {
	m := makeTraffic(t, 50)
	set, out := make([]rating.Crossing, 0, 512), make([]rating.Charge, 512)
	steps := make([]rating.Step, 0, 16)
	ids := func(int) toll.PassageID { return "passage" }
	if n := testing.AllocsPerRun(20, func() {
		for v := range m.Ends {
			set = m.resolve(v, set[:0])
			m.plan.Rate(set, out[:len(set)])
		}
	}); n != 0 {
		t.Errorf("resolving and rating allocates %v times, want 0", n)
	}
	if n := testing.AllocsPerRun(20, func() {
		for v := range m.Ends {
			set = m.resolve(v, set[:0])
			m.plan.Rate(set, out[:len(set)])
			for i := range set {
				steps = m.plan.Explain(set, out[:len(set)], i, ids, steps[:0])
			}
		}
	}); n != 0 {
		t.Errorf("explaining allocates %v times, want 0", n)
	}
}
