package prices

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"bompass/shared/oslo"
	"bompass/shared/site"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

// parseTrip reads a trip from an address. Parameters that are not valid are ignored.
func parseTrip(u *url.URL, today oslo.Day) trip.Trip {
	q := u.Query()
	// Defaults of a new trip: today, inbound, a petrol car, and back at 16:00.
	t := trip.Trip{Day: today, Way: toll.Inbound, Class: toll.LightPetrol, Back: 16 * 60}
	if day, err := oslo.ParseDay(q.Get("day")); err == nil {
		t.Day = day
	}
	if q.Get("way") == string(toll.Outbound) {
		t.Way = toll.Outbound
	}
	if class, ok := toll.ParseClass(q.Get("class")); ok {
		t.Class = class
	}
	if mm, err := strconv.Atoi(q.Get("length")); err == nil && mm > 0 {
		t.LengthMM = mm
	}
	if minute, ok := parseTime(q.Get("back")); ok {
		t.Return, t.Back = true, minute
	}
	for stop := range strings.SplitSeq(q.Get("stops"), ",") {
		id, clock, _ := strings.Cut(stop, "@")
		minute, ok := parseTime(clock)
		if id != "" && ok && len(t.Stops) < trip.StopsMax {
			t.Stops = append(t.Stops, trip.Stop{Station: toll.StationID(id), Minute: minute})
		}
	}
	return t
}

// tripAddress returns the page's address with a trip.
func tripAddress(t trip.Trip) string {
	q := url.Values{"day": {t.Day.String()}, "way": {string(t.Way)}, "class": {t.Class.String()}}
	if t.LengthMM > 0 {
		q.Set("length", strconv.Itoa(t.LengthMM))
	}
	if t.Return {
		q.Set("back", formatTime(t.Back))
	}
	stops := make([]string, len(t.Stops))
	for i, s := range t.Stops {
		stops[i] = string(s.Station) + "@" + formatTime(s.Minute)
	}
	if len(stops) > 0 {
		q.Set("stops", strings.Join(stops, ","))
	}
	return site.With(site.Prices, q)
}

// formatTime writes a minute of the day as a time field does: 07:30.
func formatTime(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// parseTime reads the value of a time field as a minute of the day.
func parseTime(s string) (minute int, ok bool) {
	hours, minutes, ok := strings.Cut(s, ":")
	h, errH := strconv.Atoi(hours)
	m, errM := strconv.Atoi(minutes)
	if !ok || errH != nil || errM != nil || h < 0 || h > 23 || m < 0 || m > 59 {
		return 0, false
	}
	return h*60 + m, true
}
