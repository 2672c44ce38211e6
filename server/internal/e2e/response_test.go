package e2e_test

import (
	"math"
	"testing"

	"bompass/server/internal/e2e"
)

// touches is how often each action of BenchmarkTouch is measured.
const touches = 20

// touch is an action on a page: it is done, undone, and both take effect when a condition holds.
type touch struct {
	name, do, done string
	undo, undone   string // empty if the next turn needs nothing
}

// BenchmarkTouch measures what the browser's main thread does for an action of a person: a row is opened, a page is
// changed, and more of a list is shown. It prints the median of 20 in milliseconds, and with a processor that is four
// times slower the longest task. The page belongs to a company with 40 vehicles.
func BenchmarkTouch(b *testing.B) {
	product := e2e.Start(b, program)
	page := e2e.Open(b, e2e.Desktop)
	signIn(b, page, product, account(b, "nils@fjordfrakt.example"))
	const row, expanded = `document.querySelector('button[id^="passage-"]')`, `[aria-expanded="true"]`
	page.Wait("rows", row)
	for range b.N {
		for _, at := range []struct {
			path    string
			touches []touch
		}{
			{"/passages?from=2026-11-01&to=2026-11-30", []touch{
				{"row", row + ".click()", "document.querySelector('.bp-detail')", row + ".click()", "!document.querySelector('.bp-detail')"},
				{
					"page", `document.querySelector('.bp-nav a[href="/"]').click()`, "document.querySelector('#latest')",
					`document.querySelector('.bp-nav a[href="/passages"]').click()`, row,
				},
				{
					"passages", `document.querySelector('.bp-nav a[href="/passages"]').click()`, "location.pathname === '/passages' && " + row,
					`document.querySelector('.bp-nav a[href="/"]').click()`, "document.querySelector('#latest')",
				},
			}},
			{"/passages?from=2026-11-01&to=2026-11-30", []touch{
				{"more", `(window.rowsBefore = document.querySelectorAll('.bp-row').length, document.querySelector('.bp-more button').click())`, "document.querySelectorAll('.bp-row').length > window.rowsBefore", "", ""},
			}},
		} {
			page.Go(product.URL() + at.path)
			page.Wait("the program", "window.bompassWorker && "+row)
			for _, t := range at.touches {
				found := measure(page, t)
				b.Log(t.name, found)
				b.ReportMetric(median(found), "ms-"+t.name)
			}
		}
		b.ReportMetric(0, "ns/op")
	}
}

// measure does an action and returns the time of the main thread for each turn, in milliseconds.
func measure(page *e2e.Page, t touch) (found []float64) {
	for range touches {
		before := page.MainThread()
		page.Eval("(" + t.do + ", 0)")
		page.Wait(t.name, t.done)
		page.Settle()
		found = append(found, math.Round(10*(page.MainThread()-before))/10)
		if t.undo != "" {
			page.Eval("(" + t.undo + ", 0)")
			page.Wait(t.name+" undone", t.undone)
			page.Settle()
		}
	}
	return found
}
