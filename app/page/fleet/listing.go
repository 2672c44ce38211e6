package fleet

import (
	"bompass/app/ui"
	"bompass/shared/i18n"
)

// ListingTexts returns the texts of the controls of a list of vehicles, of which n were found.
func ListingTexts(w *i18n.Words, l ui.Listing, n int) ui.ListingTexts {
	first, end := l.Bounds(n)
	return ui.ListingTexts{
		Search: w.T("list.search"), Hint: w.T("list.search.hint"), Order: w.T("list.order"), Find: w.T("list.find"),
		Found:    w.N("list.found", n),
		Shown:    w.T("list.shown", "first", w.Number(int64(first+1)), "last", w.Number(int64(end)), "n", w.Number(int64(n))),
		Previous: w.T("list.previous"), Next: w.T("list.next"),
		Print: w.T("list.print", "n", w.Number(int64(n))),
	}
}
