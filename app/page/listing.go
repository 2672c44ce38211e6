package page

import (
	"slices"

	"bompass/shared/api"
	"bompass/shared/money"
	"bompass/shared/oslo"
	"bompass/shared/toll"
)

// listing is what is known of a period's passages: the pages fetched so far and what came since.
type listing struct {
	lines []api.PassageLine // newest first
	count int
	total money.Ore
	next  string
	fresh map[toll.PassageID]int // what arrived last, with the number of its arrival
	batch int                    // how often something has arrived
}

// arrive begins an arrival: what came before is no longer fresh. Rows have no keys in go-app, so a row
// that stayed fresh would move again each time another pushes it down.
func (l *listing) arrive() {
	l.batch++
	l.fresh = map[toll.PassageID]int{}
}

func dayOf(line api.PassageLine) oslo.Day { return oslo.DayOf(line.At) }

// add appends the next page. Lines that arrived meanwhile are there already.
func (l *listing) add(page api.PassageListReply) {
	for _, line := range page.Lines {
		if l.place(line.ID) < 0 {
			l.lines = append(l.lines, line)
		}
	}
	slices.SortStableFunc(l.lines, newestFirst)
	l.count, l.total, l.next = page.Count, page.Total, page.Next
}

// catchUp takes the newest page anew. When so much has come that it no longer meets what was fetched
// before, it is the new beginning: a list must not have a hole.
func (l *listing) catchUp(page api.PassageListReply) {
	meets := page.Next == "" || len(l.lines) == 0
	for _, line := range page.Lines {
		meets = meets || l.place(line.ID) >= 0
	}
	if !meets || len(l.lines) == 0 {
		l.lines, l.next = slices.Clone(page.Lines), page.Next
	}
	for _, line := range page.Lines {
		l.take(line)
	}
	l.count, l.total = page.Count, page.Total
}

// take puts a new or changed passage in its place and tells whether it is new. One that lies beyond the
// pages fetched is left to them: sure is false, since only the server can tell whether it was counted.
func (l *listing) take(line api.PassageLine) (isNew, sure bool) {
	if i := l.place(line.ID); i >= 0 {
		l.total += charged(line) - charged(l.lines[i])
		l.lines[i] = line
		return false, true
	}
	if n := len(l.lines); l.next != "" && n > 0 && line.At.Before(l.lines[n-1].At) {
		return false, false
	}
	if l.fresh != nil {
		l.fresh[line.ID] = l.batch
	}
	l.lines = append(l.lines, line)
	slices.SortStableFunc(l.lines, newestFirst)
	l.count++
	l.total += charged(line)
	return true, true
}

func (l *listing) place(id toll.PassageID) int {
	return slices.IndexFunc(l.lines, func(line api.PassageLine) bool { return line.ID == id })
}

func newestFirst(a, b api.PassageLine) int { return b.At.Compare(a.At) }

// charged is what a line adds to a total: nothing while it has no price.
func charged(line api.PassageLine) money.Ore {
	if !line.Priced {
		return 0
	}
	return line.Net
}
