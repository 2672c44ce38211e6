package bench_test

import (
	"testing"

	"bompass/shared/money"
)

// charge is the price of a passage by the core or another implementation.
type charge struct {
	list, net money.Ore
}

// charges returns the core's prices by passage.
func (w *trafficMonth) charges() []charge {
	all := make([]charge, len(w.At))
	b := newBuffers()
	for v := range w.Ends {
		b.rate(w, v)
		for i := range b.set {
			all[w.begin(v)+i] = charge{b.out[i].List(), b.out[i].Net()}
		}
	}
	return all
}

// compare reports the charges of another implementation that differ from the core's.
func (w *trafficMonth) compare(b *testing.B, name string, want, got []charge) {
	b.Helper()
	wrong := 0
	for i := range want {
		if got[i] != want[i] {
			if wrong++; wrong <= 5 {
				b.Errorf("%s: passage %d at %s: got %v, want %v", name, i, w.Stations[w.Station[i]], got[i], want[i])
			}
		}
	}
	if wrong > 0 {
		b.Errorf("%s differs on %d of %d passages", name, wrong, len(want))
	}
}

// measureOthers measures the same month with other implementations.
func (w *trafficMonth) measureOthers(b *testing.B, t *table, core float64) {
	b.Helper()
	t.head("other implementations", "ns/passage", "times resolve + rate", "differing lines", "")
	w.measureSQL(b, t, core)
	w.measureExpressions(b, t, core)
}
