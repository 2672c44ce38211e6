package page

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"bompass/shared/oslo"
	"bompass/shared/toll"
	"bompass/shared/trip"
)

// stepMinutes is how long after a station the next one is thought to be passed, until the reader says.
const stepMinutes = 10

// planned reads a trip from the address; what cannot be read is as if it was not there.
func planned(u *url.URL, today oslo.Day) trip.Trip {
	q := u.Query()
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
	if minute, ok := parseClock(q.Get("back")); ok {
		t.Return, t.Back = true, minute
	}
	for stop := range strings.SplitSeq(q.Get("stops"), ",") {
		id, clock, _ := strings.Cut(stop, "@")
		minute, ok := parseClock(clock)
		if id != "" && ok && len(t.Stops) < trip.StopsMax {
			t.Stops = append(t.Stops, trip.Stop{Station: toll.StationID(id), Minute: minute})
		}
	}
	return t
}

// planHref is the address of a trip.
func planHref(t trip.Trip) string {
	q := url.Values{"day": {t.Day.String()}, "way": {string(t.Way)}, "class": {t.Class.String()}}
	if t.LengthMM > 0 {
		q.Set("length", strconv.Itoa(t.LengthMM))
	}
	if t.Return {
		q.Set("back", clock(t.Back))
	}
	stops := make([]string, len(t.Stops))
	for i, s := range t.Stops {
		stops[i] = string(s.Station) + "@" + clock(s.Minute)
	}
	if len(stops) > 0 {
		q.Set("stops", strings.Join(stops, ","))
	}
	return address(pricesPath, q)
}

// clock writes a minute of the day as a time field does: 07:30.
func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

func parseClock(s string) (minute int, ok bool) {
	hours, minutes, ok := strings.Cut(s, ":")
	h, errH := strconv.Atoi(hours)
	m, errM := strconv.Atoi(minutes)
	if !ok || errH != nil || errM != nil || h < 0 || h > 23 || m < 0 || m > 59 {
		return 0, false
	}
	return h*60 + m, true
}

// nextMinute is when the next station is passed, unless the reader says otherwise.
func nextMinute(t trip.Trip) int {
	if len(t.Stops) == 0 {
		return 7*60 + 30
	}
	return (t.Stops[len(t.Stops)-1].Minute + stepMinutes) % trip.MinutesPerDay
}
