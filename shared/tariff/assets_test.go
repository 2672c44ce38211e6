package tariff_test

import (
	"testing"

	"bompass/assets"
	"bompass/shared/tariff"
)

func TestShippedTariffsHaveNoProblems(t *testing.T) {
	book, problems := tariff.Load(assets.Tariff)
	for _, p := range problems {
		t.Error(p)
	}
	if len(book.Schemes) < 6 {
		t.Errorf("got %d schemes, want 6 and more", len(book.Schemes))
	}
}
