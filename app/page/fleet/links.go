package fleet

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/i18n"
	"bompass/shared/site"
)

// Links is a list of links to what can be done with vehicles and tags.
type Links struct {
	Words *i18n.Words
	list  []app.UI
}

// Add adds a link to a page. about says what the page is about, such as the tag; it may be nil. key is that of its text.
func (l *Links) Add(page string, about url.Values, key string) {
	if about != nil {
		page = site.With(page, about)
	}
	l.list = append(l.list, app.Elem("li").Body(app.A().Class("ds-link").Href(page).Text(l.Words.T(key))))
}

// Card returns the card with the links, which has a title.
func (l *Links) Card(title string) app.UI {
	return ui.Card("changes", title, app.Elem("ul").Class("bp-stack").Body(l.list...))
}
