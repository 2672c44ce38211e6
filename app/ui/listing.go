package ui

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// ListingPage is the number of rows of a page of a Listing.
const ListingPage = 25

// Listing is the part of a long list that is shown: the rows that have the text searched for, in an order, one page at a
// time. A page keeps it as its state.
type Listing struct {
	Search, Order string
	Page          int  // counted from 0
	Whole         bool // all rows are shown, as for printing
}

// Matches reports whether a row has the text searched for in one of its texts. Spaces and case do not count, so that a
// plate is found however it is written.
func (l Listing) Matches(texts ...string) bool {
	wanted := plain(l.Search)
	for _, text := range texts {
		if strings.Contains(plain(text), wanted) {
			return true
		}
	}
	return false
}

func plain(text string) string {
	return blanks.Replace(strings.ToLower(text))
}

var blanks = strings.NewReplacer(" ", "", "\u00a0", "")

// Bounds returns which of n rows are on the page shown. A page beyond the last is the last.
func (l Listing) Bounds(n int) (first, end int) {
	if l.Whole {
		return 0, n
	}
	page := max(0, min(l.Page, (n-1)/ListingPage))
	return page * ListingPage, min(n, (page+1)*ListingPage)
}

// ListingTexts are the texts of the controls of a Listing.
type ListingTexts struct {
	Search, Hint, Order string
	Find                string // the button of the search
	Found               string // how many rows were found
	Shown               string // which of them are on the page
	Previous, Next      string
	Print               string // prints all of them
}

// ListingControls searches a list and orders it. ID distinguishes the lists of a page.
func ListingControls(id string, l *Listing, w ListingTexts, orders []Option) app.UI {
	set := func(key string, do func(string)) Action {
		return Change(id+"/"+key, func(_ app.Context, v string) {
			do(v)
			l.Page, l.Whole = 0, false
		})
	}
	return app.Elem("div").Class("bp-listing").Body(
		Form(w.Search, Submit(id+"/find", func(app.Context) {}),
			Field{ID: id + "-search", Label: w.Search, Hint: w.Hint}.Search(l.Search, set("search", func(v string) { l.Search = v })),
			app.If(len(orders) > 0, Field{ID: id + "-order", Label: w.Order}.Select(l.Order, orders, set("order", func(v string) { l.Order = v }))),
			SubmitButton(w.Find),
		),
		app.Elem("p").ID(id+"-found").Role("status").Class("bp-quiet").TabIndex(-1).Text(w.Found),
	)
}

// ListingPager leads through the pages of a list of n rows. Focus follows to the number of rows found, above the list.
func ListingPager(id string, l *Listing, n int, w ListingTexts) app.UI {
	if n <= ListingPage || l.Whole {
		return app.Elem("div").Hidden(true)
	}
	first, end := l.Bounds(n)
	turn := func(key, text string, to int) app.UI {
		return Button("secondary", text, On(id+"/"+key+"/"+strconv.Itoa(to), func(app.Context) {
			l.Page = to
			focus(id + "-found")
		})).ID(id + "-" + key)
	}
	return app.Elem("div").Class("bp-pager").Body(
		app.Elem("p").Class("bp-quiet").Text(w.Shown),
		app.Elem("div").Class("bp-buttons").Body(
			app.If(first > 0, turn("previous", w.Previous, first/ListingPage-1)),
			app.If(end < n, turn("next", w.Next, first/ListingPage+1)),
			Button("tertiary", w.Print, On(id+"/print", func(ctx app.Context) {
				l.Whole = true
				focus(id + "-found")
				ctx.Defer(func(app.Context) { app.Window().Call("print") })
			})).ID(id+"-print"),
		),
	)
}
