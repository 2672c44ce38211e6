// Package passagelist keeps a list of passages up to date and shows it as a table, each row opening into
// the reason for its charge.
package passagelist

import (
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

	arrivals int // how often passages have arrived
}

// BeginArrival starts a new arrival: passages that arrived before are no longer fresh. go-app has no keys
// for rows, so a row that stayed fresh would move again each time another one pushes it down.
func (l *List) BeginArrival() {
	l.arrivals++
	l.Fresh = map[toll.PassageID]int{}
}

// Day returns the Norwegian day of a passage.
func Day(line api.PassageLine) oslo.Day { return oslo.DayOf(line.At) }

// Append adds the next page. Passages that arrived meanwhile are on the list already.
func (l *List) Append(page api.PassageListReply) {
	for _, line := range page.Lines {
		if l.Index(line.ID) < 0 {
			l.Lines = append(l.Lines, line)
		}
	}
	slices.SortStableFunc(l.Lines, newestFirst)
	l.Count, l.Total, l.Next = page.Count, page.Total, page.Next
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
	for _, line := range page.Lines {
		l.Put(line)
	}
	l.Count, l.Total = page.Count, page.Total
}

// Put inserts a new passage or replaces a changed one, and reports whether it is new. A passage beyond
// the pages fetched is left to them; counted is false, since only the server can tell whether it was in
// the count before.
func (l *List) Put(line api.PassageLine) (isNew, counted bool) {
	if i := l.Index(line.ID); i >= 0 {
		l.Total += charged(line) - charged(l.Lines[i])
		l.Lines[i] = line
		return false, true
	}
	if n := len(l.Lines); l.Next != "" && n > 0 && line.At.Before(l.Lines[n-1].At) {
		return false, false
	}
	if l.Fresh != nil {
		l.Fresh[line.ID] = l.arrivals
	}
	l.Lines = append(l.Lines, line)
	slices.SortStableFunc(l.Lines, newestFirst)
	l.Count++
	l.Total += charged(line)
	return true, true
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
