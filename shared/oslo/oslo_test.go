package oslo_test

import (
	"testing"
	"time"

	"bompass/shared/oslo"
)

// The wall clock equals the Go zone database every six hours from 1996 to 2060.
func TestWallClockEqualsTheZoneDatabase(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatalf("the zone database is needed as oracle (install tzdata): %v", err)
	}
	end := time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC)
	for at := time.Date(1996, 1, 1, 0, 0, 0, 0, time.UTC); at.Before(end); at = at.Add(30 * time.Minute) {
		got, want := oslo.In(at), at.In(zone)
		if got.Format(time.DateTime) != want.Format(time.DateTime) {
			t.Fatalf("at %v: got %v, want %v", at, got, want)
		}
		day, second := oslo.Split(at.Unix())
		y, m, d := want.Date()
		if day != oslo.Date(y, m, d) || int(second) != want.Hour()*3600+want.Minute()*60 {
			t.Fatalf("split %v: got %v %d, want %v", at, day, second, want)
		}
	}
}

func TestAtIsTheInverseOfTheWallClock(t *testing.T) {
	zone, _ := time.LoadLocation("Europe/Oslo")
	for d := oslo.Date(2019, 1, 1); d < oslo.Date(2031, 1, 1); d++ {
		y, m, day := d.YMD()
		for hour := range 24 {
			got, want := oslo.At(d, hour, 30, 0), time.Date(y, m, day, hour, 30, 0, 0, zone)
			if earlier := want.Add(-time.Hour); earlier.Hour() == hour {
				want = earlier // the doubled hour: the first of the two
			}
			if !got.Equal(want) {
				t.Fatalf("%v %02d:30: got %v, want %v", d, hour, got, want.UTC())
			}
		}
	}
}

func TestHolidays(t *testing.T) {
	easter := map[int]string{2017: "2017-04-16", 2019: "2019-04-21", 2023: "2023-04-09", 2024: "2024-03-31", 2025: "2025-04-20", 2026: "2026-04-05", 2038: "2038-04-25"}
	for year, want := range easter {
		if got := oslo.Easter(year).String(); got != want {
			t.Errorf("Easter %d: got %s, want %s", year, got, want)
		}
	}
	for date, want := range map[string]bool{
		"2023-04-05": false, "2023-04-06": true, "2023-04-07": true, "2023-04-10": true, "2023-05-17": true,
		"2023-05-18": true, "2023-05-29": true, "2023-12-24": false, "2023-12-25": true, "2023-12-31": false, "2024-01-01": true,
	} {
		day, err := oslo.ParseDay(date)
		if err != nil {
			t.Fatal(err)
		}
		if got := oslo.Holiday(day); got != want {
			t.Errorf("%s: got %v, want %v", date, got, want)
		}
	}
}

func TestMonths(t *testing.T) {
	m, err := oslo.ParseMonth("2024-02")
	if err != nil {
		t.Fatal(err)
	}
	if m.First().String() != "2024-02-01" || m.Last().String() != "2024-02-29" || m.String() != "2024-02" {
		t.Errorf("February 2024 is %v to %v", m.First(), m.Last())
	}
	if got := oslo.MonthOf(time.Date(2024, 1, 31, 23, 30, 0, 0, time.UTC)); got != m {
		t.Errorf("half past midnight in Norway on 1 February: got %v", got)
	}
}
