package dsrc

import (
	"slices"
	"time"

	"bompass/hardware/per"
)

// yearMin and yearMax are the range of a compact date; yearMin with month and day 0 means no date.
const (
	yearMin = 1990
	yearMax = 2117
)

// DateCompact is a date in 16 bits.
type DateCompact struct {
	Year  int `json:"year"`
	Month int `json:"month"`
	Day   int `json:"day"`
}

// TimeCompact is a time of day in steps of two seconds; 23:59:60 is the end of the day.
type TimeCompact struct {
	Hours      int `json:"hours"`
	Minutes    int `json:"mins"`
	DoubleSecs int `json:"doubleSecs"`
}

// DateAndTime is a time as stored in a tag, in the local time of the roadside.
type DateAndTime struct {
	Date DateCompact `json:"timeDate"`
	Time TimeCompact `json:"timeCompact"`
}

// NoDate returns the value that means no date.
func NoDate() DateCompact { return DateCompact{Year: yearMin} }

// IsNone reports whether there is no date.
func (d DateCompact) IsNone() bool { return d == NoDate() }

// Ended reports whether the date is before the date of a time, in the time's location. No date never ends.
func (d DateCompact) Ended(at time.Time) bool {
	if d.IsNone() {
		return false
	}
	return !at.Before(time.Date(d.Year, time.Month(d.Month), d.Day+1, 0, 0, 0, 0, at.Location()))
}

func (d DateCompact) write(w *per.Writer) {
	w.Int("year", d.Year, yearMin, yearMax)
	w.Int("month", d.Month, 0, 12)
	w.Int("day", d.Day, 0, 31)
}

func (d DateCompact) writeAs(w *per.Writer, field string) {
	w.Enter(field)
	d.write(w)
	w.Leave()
}

func readDate(r *per.Reader) (d DateCompact) {
	d.Year = r.Int("year", yearMin, yearMax)
	d.Month = r.Int("month", 0, 12)
	d.Day = r.Int("day", 0, 31)
	return d
}

func readDateAs(r *per.Reader, field string) DateCompact {
	r.Enter(field)
	d := readDate(r)
	r.Leave()
	return d
}

func (t TimeCompact) write(w *per.Writer) {
	w.Int("hours", t.Hours, 0, 23)
	w.Int("mins", t.Minutes, 0, 59)
	w.Int("doubleSecs", t.DoubleSecs, 0, 30)
}

func readTime(r *per.Reader) (t TimeCompact) {
	t.Hours = r.Int("hours", 0, 23)
	t.Minutes = r.Int("mins", 0, 59)
	t.DoubleSecs = r.Int("doubleSecs", 0, 30)
	return t
}

func (v DateAndTime) write(w *per.Writer) {
	v.Date.writeAs(w, "timeDate")
	w.Enter("timeCompact")
	v.Time.write(w)
	w.Leave()
}

func readDateAndTime(r *per.Reader) (v DateAndTime) {
	v.Date = readDateAs(r, "timeDate")
	r.Enter("timeCompact")
	v.Time = readTime(r)
	r.Leave()
	return v
}

// DateAndTimeOf returns a time in its own location, rounded down to even seconds.
func DateAndTimeOf(at time.Time) DateAndTime {
	return DateAndTime{
		Date: DateCompact{Year: at.Year(), Month: int(at.Month()), Day: at.Day()},
		Time: TimeCompact{Hours: at.Hour(), Minutes: at.Minute(), DoubleSecs: at.Second() / 2},
	}
}

// Before reports whether v is earlier than other. A time that was never written is before all others.
func (v DateAndTime) Before(other DateAndTime) bool {
	return slices.Compare(v.fields(), other.fields()) < 0
}

func (v DateAndTime) fields() []int {
	return []int{v.Date.Year, v.Date.Month, v.Date.Day, v.Time.Hours, v.Time.Minutes, v.Time.DoubleSecs}
}
