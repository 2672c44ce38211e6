package money_test

import (
	"testing"

	"bompass/shared/money"
)

func TestShareRoundsHalfUpOnce(t *testing.T) {
	for _, c := range []struct {
		ore      money.Ore
		num, den int64
		want     money.Ore
	}{
		{1800, 4, 5, 1440},
		{1800, 4 * 1, 5 * 5, 288},
		{2600, 4 * 1, 5 * 2, 1040},
		{2300, 4, 10, 920},
		{1, 1, 2, 1},
		{3, 1, 2, 2},
		{-1, 1, 2, -1},
		{-100, 1, 3, -33},
		{-200, 1, 3, -67},
		{-250, 1, 4, -63},
		{-249, 1, 4, -62},
		{0, 1, 3, 0},
		{100, 1, 3, 33},
		{200, 1, 3, 67},
	} {
		if got := c.ore.Share(c.num, c.den); got != c.want {
			t.Errorf("%d × %d/%d: got %d, want %d", c.ore, c.num, c.den, got, c.want)
		}
	}
}

func TestParseReadsWhatStringWrites(t *testing.T) {
	for _, ore := range []money.Ore{0, 5, 100, 2320, -5, -123456, 99999999, 99999999999999} {
		if got, err := money.Parse(ore.String()); err != nil || got != ore {
			t.Errorf("%d written as %s: got %d, %v", ore, ore, got, err)
		}
	}
	for _, bad := range []string{"", "-", "1.", "1.234", "1,50", "kr 5", "1 000", ".5", "١", "--5", "2x", "2.x", "2.1x", "2:", "2/", "1234567890123"} {
		if got, err := money.Parse(bad); err == nil {
			t.Errorf("%q was taken as %d", bad, got)
		}
	}
}
