package tariff_test

import (
	"testing"
	"time"

	"bompass/assets"
	"bompass/shared/oslo"
	"bompass/shared/tariff"
)

func TestBookOnDayAppliesToEveryDay(t *testing.T) {
	book, _ := tariff.Load(assets.Tariff)
	on, without := book.On(oslo.Date(2023, time.March, 1))
	if len(on.Schemes)+len(without) != len(book.Schemes) {
		t.Errorf("got %d schemes and %v without, want %d in all", len(on.Schemes), without, len(book.Schemes))
	}
	for _, s := range on.Schemes {
		for _, day := range []oslo.Day{oslo.Date(1999, time.July, 1), oslo.Date(2040, time.July, 1)} {
			if v := s.Version(day); v == nil || v.From > day {
				t.Errorf("%s has no version on %s", s.ID, day)
			}
		}
	}
	if problems := on.Check(); len(problems) > 0 {
		t.Errorf("got %v", problems)
	}
	if book.Schemes[0].Version(oslo.Date(1999, time.July, 1)) != nil {
		t.Error("the book itself was changed")
	}
}

func TestWithReplacesSchemeOfSameID(t *testing.T) {
	book, _ := tariff.Load(assets.Tariff)
	other := &tariff.Scheme{ID: "oslo", Name: "another"}
	with := book.With(other)
	if len(with.Schemes) != len(book.Schemes) {
		t.Fatalf("got %d schemes, want %d", len(with.Schemes), len(book.Schemes))
	}
	for i, s := range with.Schemes {
		if want := book.Schemes[i]; s != want && s != other || want.ID != s.ID {
			t.Errorf("got %s in place of %s", s.ID, want.ID)
		}
	}
}
