package passages

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
	"bompass/shared/api"
	"bompass/shared/oslo"
)

// Toggle opens or closes a row, as its button does.
func Toggle(c app.Composer, line api.PassageLine) { c.(*page).rows.Toggle(line.ID) }

// LoadMore asks for the next page, as the button below the list does.
func LoadMore(ctx app.Context, c app.Composer) { c.(*page).loadMore(ctx) }

// PrintAll prints all passages, as the button below the list does.
func PrintAll(ctx app.Context, c app.Composer) { c.(*page).printAll(ctx) }

// Submit puts dates into the fields and sends the form.
func Submit(ctx app.Context, c app.Composer, from, to string) {
	p := c.(*page)
	p.draft.from, p.draft.to = from, to
	p.submit(ctx)
}

// Request returns the request for the selection in an address.
func Request(u *url.URL, today oslo.Day) (api.PassageListRequest, error) {
	return parseSelection(u, today).request()
}

// Presets returns the addresses of the ready choices.
func Presets(s *session.Session) (hrefs []string) {
	for _, preset := range New(s).(*page).presets() {
		hrefs = append(hrefs, preset.Href)
	}
	return hrefs
}
