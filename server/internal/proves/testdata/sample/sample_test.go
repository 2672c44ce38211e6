// Package sample_test has tests that pass, fail and skip. The test of package proves runs them.
package sample_test

import (
	"testing"

	"bompass/server/internal/proves"
)

func TestPasses(t *testing.T) {
	proves.Driven(t, proves.Browser)
	proves.That(t, "S2.15–S2.17", "O.01")
}

func TestSubtestPasses(t *testing.T) {
	proves.Driven(t, proves.HTTP)
	t.Run("first", func(t *testing.T) {
		t.Parallel()
		proves.That(t, "S1.01")
	})
	t.Run("skipped", func(t *testing.T) {
		proves.That(t, "S1.02")
		t.Skip()
	})
}

func TestEachSubtestStartsTheProduct(t *testing.T) {
	for _, name := range []string{"one", "two"} {
		t.Run(name, func(t *testing.T) { proves.Driven(t, proves.HTTP) })
	}
	proves.That(t, "S1.03")
}

func TestSkips(t *testing.T) {
	proves.Driven(t, proves.HTTP)
	proves.That(t, "S1.04")
	t.Skip()
}

func TestFailsInHarness(t *testing.T) {
	proves.Driven(t, proves.HTTP)
	t.Cleanup(func() { t.Error("the harness has found a fault") })
	proves.That(t, "S1.05")
}

func TestFailsAfterSubtest(t *testing.T) {
	proves.Driven(t, proves.HTTP)
	t.Run("passes", func(t *testing.T) { proves.That(t, "S1.06") })
	t.Error("fault")
}

func TestDrivesNothing(t *testing.T) { proves.That(t, "S1.07") }

func TestUsesStandInBefore(t *testing.T) {
	proves.Driven(t, proves.HTTP)
	proves.StandIn(t, "a stub reader")
	proves.That(t, "S1.08")
}

func TestUsesStandInAfter(t *testing.T) {
	proves.Driven(t, proves.HTTP)
	proves.That(t, "S1.09")
	proves.StandIn(t, "a planted row")
}

func TestSubtestHasProductOfItsOwn(t *testing.T) {
	t.Run("sub", func(t *testing.T) {
		proves.Driven(t, proves.HTTP)
		proves.That(t, "S1.10")
	})
}

func TestIDIsMisspelt(t *testing.T) {
	proves.Driven(t, proves.HTTP)
	proves.That(t, "S9")
}

func TestStandInWithoutClaimPasses(t *testing.T) {
	proves.Driven(t, proves.HTTP)
	proves.StandIn(t, "a stub reader")
}

func TestLooksAtTheSource(t *testing.T) {
	proves.Driven(t, proves.Source)
	proves.That(t, "S1.11")
}
