//go:build !js

package page

import (
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/browser"
	"bompass/app/session"
	"bompass/shared/toll"
)

// Visit is a page that a person who is signed in opens.
type Visit struct {
	Path, Query string
	Scheme      string                                   // the color scheme: light, dark or auto
	Contact     toll.Contact                             // of customer service
	Answer      func(path string) (body []byte, ok bool) // answers a call that the page makes before it is first shown
}

// HTML returns the body of a page as the program shows it first, empty for an address without a page. It makes the calls
// that the page needs for that. The library quotes attributes as Go does, not as HTML: a browser must not get them so.
func HTML(v Visit, now func() time.Time) string {
	address := v.Path
	if v.Query != "" {
		address += "?" + v.Query
	}
	for _, r := range Routes() {
		if r.Path == v.Path {
			return app.HTMLString(r.New(session.New(&browser.Window{
				Address: address, Colors: v.Scheme, Answers: v.Answer,
				Service: browser.ServiceContact{Phones: v.Contact.Phones, Emails: v.Contact.Emails},
			}, now)))
		}
	}
	return ""
}
