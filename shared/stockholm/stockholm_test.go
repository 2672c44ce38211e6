package stockholm_test

import (
	"testing"

	"bompass/shared/oslo"
	"bompass/shared/stockholm"
)

func TestHolidays(t *testing.T) {
	for date, want := range map[string]bool{
		"2023-01-06": true, "2023-04-06": false, "2023-04-07": true, "2023-04-10": true, "2023-05-01": true,
		"2023-05-17": false, "2023-05-18": true, "2023-05-29": false, "2023-06-06": true, "2023-06-23": false,
		"2023-06-24": true, "2023-11-04": true, "2023-12-24": false, "2023-12-25": true, "2023-12-26": true,
		"2024-02-29": false, "2026-10-31": true, "2020-06-20": true, "2021-06-26": true,
	} {
		day, err := oslo.ParseDay(date)
		if err != nil {
			t.Fatal(err)
		}
		if got := stockholm.Holiday(day); got != want {
			t.Errorf("%s: got %v, want %v", date, got, want)
		}
	}
}

func TestMidsummerEveIsAFriday(t *testing.T) {
	for year, want := range map[int]string{2015: "2015-06-19", 2020: "2020-06-19", 2023: "2023-06-23", 2024: "2024-06-21", 2026: "2026-06-19"} {
		if got := stockholm.MidsummerEve(year).String(); got != want {
			t.Errorf("%d: got %s, want %s", year, got, want)
		}
	}
}
