// Package passagelist keeps a list of passages up to date and shows it as a table, each row opening into
// the reason for its charge.
package passagelist

import (
	"reflect"
	"slices"

	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// List is the passages of a period: the pages fetched so far and the passages that have arrived since.
type List struct {
	Lines []api.PassageLine // newest first
	Count int               // in the whole period, fetched or not
	Total money.Ore         // of the whole period
	Next  string            // the cursor of the next page, empty on the last
	Fresh map[toll.PassageID]int

	arrivals int   // how often passages have arrived
	days     []Day // the lines by day
}

// Day is the passages of a Norwegian day, the newest first. Lines never change: a change of the day makes others.
type Day struct {
	Of    oslo.Day
	Lines []api.PassageLine
}

// ByDay groups lines, which are in order of time.
func ByDay(lines []api.PassageLine) (days []Day) {
	begin := 0
	for i := range lines {
		if i+1 == len(lines) || DayOf(lines[i+1]) != DayOf(lines[i]) {
			days = append(days, Day{DayOf(lines[i]), slices.Clone(lines[begin : i+1])})
			begin = i + 1
		}
	}
	return days
}

// Days returns the lines by day. The lines of a day are the same slice until the day changes, so that a page need not
// compare them.
func (l *List) Days() []Day { return l.days }

// regroup groups the lines again after a change of some days.
func (l *List) regroup(changed ...api.PassageLine) {
	before := map[oslo.Day]Day{}
	for _, d := range l.days {
		before[d.Of] = d
	}
	for _, line := range changed {
		delete(before, DayOf(line))
	}
	l.days = ByDay(l.Lines)
	for i, d := range l.days {
		if same, ok := before[d.Of]; ok {
			l.days[i] = same
		}
	}
}

// BeginArrival starts a new arrival: passages that arrived before are no longer fresh. go-app has no keys
// for rows, so a row that stayed fresh would move again each time another one pushes it down.
func (l *List) BeginArrival() {
	l.arrivals++
	l.Fresh = map[toll.PassageID]int{}
}

// DayOf returns the Norwegian day of a passage.
func DayOf(line api.PassageLine) oslo.Day { return oslo.DayOf(line.At) }

// Append adds the next page. Passages that arrived meanwhile are on the list already.
func (l *List) Append(page api.PassageListReply) {
	for _, line := range page.Lines {
		if l.Index(line.ID) < 0 {
			l.Lines = append(l.Lines, line)
		}
	}
	slices.SortStableFunc(l.Lines, newestFirst)
	l.Count, l.Total, l.Next = page.Count, page.Total, page.Next
	l.regroup(page.Lines...)
}

// Resync merges the newest page again. When so much has arrived that the page no longer overlaps with the
// pages fetched before, it replaces them: the list must not have a gap.
func (l *List) Resync(page api.PassageListReply) {
	overlaps := page.Next == "" || len(l.Lines) == 0
	for _, line := range page.Lines {
		overlaps = overlaps || l.Index(line.ID) >= 0
	}
	if !overlaps || len(l.Lines) == 0 {
		l.Lines, l.Next = slices.Clone(page.Lines), page.Next
	}
	var changed []api.PassageLine
	for _, line := range page.Lines {
		_, _, touched := l.put(line)
		changed = append(changed, touched...)
	}
	l.regroup(changed...)
	l.Count, l.Total = page.Count, page.Total
}

// Put inserts a new passage or replaces a changed one, and reports whether it is new. A passage beyond
// the pages fetched is left to them; counted is false, since only the server can tell whether it was in
// the count before.
func (l *List) Put(line api.PassageLine) (isNew, counted bool) {
	isNew, counted, changed := l.put(line)
	if len(changed) > 0 {
		l.regroup(changed...)
	}
	return isNew, counted
}

// put is Put without the grouping by day. Changed are the lines whose days are to be grouped again.
func (l *List) put(line api.PassageLine) (isNew, counted bool, changed []api.PassageLine) {
	if i := l.Index(line.ID); i >= 0 {
		before := l.Lines[i]
		if reflect.DeepEqual(before, line) {
			return false, true, nil
		}
		l.Total += charged(line) - charged(before)
		l.Lines[i] = line
		return false, true, []api.PassageLine{before, line}
	}
	if n := len(l.Lines); l.Next != "" && n > 0 && line.At.Before(l.Lines[n-1].At) {
		return false, false, nil
	}
	if l.Fresh != nil {
		l.Fresh[line.ID] = l.arrivals
	}
	l.Lines = append(l.Lines, line)
	slices.SortStableFunc(l.Lines, newestFirst)
	l.Count++
	l.Total += charged(line)
	return true, true, []api.PassageLine{line}
}

// Index returns the place of a passage on the list, -1 when it is not there.
func (l *List) Index(id toll.PassageID) int {
	return slices.IndexFunc(l.Lines, func(line api.PassageLine) bool { return line.ID == id })
}

func newestFirst(a, b api.PassageLine) int { return b.At.Compare(a.At) }

// charged returns what a passage adds to a total: nothing while it has no price.
func charged(line api.PassageLine) money.Ore {
	if !line.Priced {
		return 0
	}
	return line.Net
}
