package bill_test

import (
	"testing"

	"bompass/assets"
	"bompass/shared/rating"
	"bompass/shared/tariff"
)

// BenchmarkCompilePlans reads and compiles all price plans, which a device does once before it checks
// its first month.
func BenchmarkCompilePlans(b *testing.B) {
	for b.Loop() {
		book, problems := tariff.Load(assets.Tariff)
		if len(problems) > 0 {
			b.Fatal(problems[0])
		}
		if _, err := rating.Compile(book); err != nil {
			b.Fatal(err)
		}
	}
}
