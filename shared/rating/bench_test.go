package rating_test

import (
	"fmt"
	"testing"
	"time"

	"bompass/shared/oslo"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// A month of traffic: commuters with their peaks, a few who drive all day, some without agreement.
// All passages of a vehicle lie together, ordered by time, as the store hands them out.
type traffic struct {
	plan     *rating.Plan
	stations []rating.StationIndex
	at       []int64
	traits   []rating.Traits
	ends     []int // of each vehicle's passages
}

const (
	benchVehicles = 100_000
	benchPassages = 10 // for each vehicle, on average
)

// dice is a fixed scrambling (splitmix64): the same month every time.
type dice uint64

func (d *dice) roll(n int) int {
	*d += 0x9e3779b97f4a7c15
	x := uint64(*d)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int((x ^ x>>31) >> 33 % uint64(n))
}

func makeTraffic(tb testing.TB, vehicles int) *traffic {
	tb.Helper()
	m := &traffic{plan: compile(tb, wholeBook(tb))}
	classes := []toll.Class{toll.LightPetrol, toll.LightDiesel, toll.LightElectric, toll.LightElectric, toll.LightPlugIn}
	d := dice(1)
	for range vehicles {
		traits := rating.Traits{Have: tariff.Agreement | tariff.Tag}
		class := classes[d.roll(len(classes))]
		city, heavy := d.roll(10), d.roll(12) == 0
		if heavy && city >= 5 {
			class = toll.HeavyEuro6
		}
		traits.Classes = rating.ClassesOf(factsOf(class))
		if d.roll(8) == 0 {
			traits.Have = 0
		}
		m.drive(&d, city, traits)
		m.ends = append(m.ends, len(m.at))
	}
	return m
}

// drive appends one vehicle's month: every trip crosses two stations some minutes apart.
func (m *traffic) drive(d *dice, city int, traits rating.Traits) {
	var route [2]toll.StationID
	switch {
	case city < 5:
		route = [2]toll.StationID{toll.StationID(fmt.Sprintf("oslo-20%d", 1+d.roll(8))), toll.StationID(fmt.Sprintf("oslo-30%d", 1+d.roll(9)))}
	case city < 8:
		route = [2]toll.StationID{toll.StationID(fmt.Sprintf("bergen-%d", 1+d.roll(8))), toll.StationID(fmt.Sprintf("bergen-%d", 1+d.roll(8)))}
	default:
		route = [2]toll.StationID{toll.StationID(fmt.Sprintf("trondheim-5%d", 1+d.roll(8))), toll.StationID(fmt.Sprintf("trondheim-6%d", d.roll(8)))}
	}
	first, _ := m.plan.StationIndex(route[0])
	second, _ := m.plan.StationIndex(route[1])
	trips := d.roll(benchPassages) + 1
	day := 1
	for n := range trips {
		if n%2 == 0 {
			day += 1 + d.roll(4)
		}
		at := oslo.At(oslo.Date(2026, time.March, day), 6+n%2*9, d.roll(150), d.roll(60)).UnixMilli()
		m.pass(first, at, 1, traits)
		if n%11 != 10 {
			m.pass(second, at+int64(4+d.roll(25))*60_000, 1, traits)
		}
	}
}

func (m *traffic) pass(st rating.StationIndex, at int64, way rating.Way, traits rating.Traits) {
	traits.Direction, traits.Key = way, uint32(len(m.at))
	m.stations, m.at, m.traits = append(m.stations, st), append(m.at, at), append(m.traits, traits)
}

// resolve fills set with vehicle v's crossings.
func (m *traffic) resolve(v int, set []rating.Crossing) []rating.Crossing {
	from := 0
	if v > 0 {
		from = m.ends[v-1]
	}
	for i := from; i < m.ends[v]; i++ {
		c, err := m.plan.ResolveAt(m.stations[i], m.at[i], m.traits[i])
		if err != nil {
			panic(err) // the generated month lies in known price lists
		}
		set = append(set, c)
	}
	return set
}

// BenchmarkRateMonth resolves and rates a month of a million passages of a hundred thousand vehicles.
func BenchmarkRateMonth(b *testing.B) {
	m := makeTraffic(b, benchVehicles)
	set, out := make([]rating.Crossing, 0, 64), make([]rating.Charge, 64)
	b.ReportAllocs()
	for b.Loop() {
		for v := range m.ends {
			set = m.resolve(v, set[:0])
			m.plan.Rate(set, out[:len(set)])
		}
	}
	report(b, len(m.at))
}

// BenchmarkRateOnly rates the same month, already resolved.
func BenchmarkRateOnly(b *testing.B) {
	m := makeTraffic(b, benchVehicles)
	var all []rating.Crossing
	for v := range m.ends {
		all = m.resolve(v, all)
	}
	out := make([]rating.Charge, 64)
	b.ReportAllocs()
	for b.Loop() {
		from := 0
		for _, end := range m.ends {
			m.plan.Rate(all[from:end], out[:end-from])
			from = end
		}
	}
	report(b, len(all))
}

// BenchmarkResolveInput resolves from what people write: station names, instants and facts.
func BenchmarkResolveInput(b *testing.B) {
	m := makeTraffic(b, 10_000)
	inputs := make([]rating.Input, len(m.at))
	for i := range inputs {
		inputs[i] = rating.Input{
			Station: m.plan.Stations()[m.stations[i]].ID, At: time.UnixMilli(m.at[i]), Direction: toll.Inbound,
			Facts: factsOf(m.traits[i].Classes.Car), Agreement: true, TagRead: true,
		}
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
	set, out := make([]rating.Crossing, 0, 64), make([]rating.Charge, 64)
	steps := make([]rating.Step, 0, 16)
	ids := func(int) toll.PassageID { return "passage" }
	b.ReportAllocs()
	for b.Loop() {
		for v := range m.ends {
			set = m.resolve(v, set[:0])
			m.plan.Rate(set, out[:len(set)])
			for i := range set {
				steps = m.plan.Explain(set, out[:len(set)], i, ids, steps[:0])
			}
		}
	}
	report(b, len(m.at))
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
	set, out := make([]rating.Crossing, 0, 64), make([]rating.Charge, 64)
	steps := make([]rating.Step, 0, 16)
	ids := func(int) toll.PassageID { return "passage" }
	if n := testing.AllocsPerRun(20, func() {
		for v := range m.ends {
			set = m.resolve(v, set[:0])
			m.plan.Rate(set, out[:len(set)])
		}
	}); n != 0 {
		t.Errorf("resolving and rating allocates %v times, want 0", n)
	}
	if n := testing.AllocsPerRun(20, func() {
		for v := range m.ends {
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
