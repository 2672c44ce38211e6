package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
)

// blank is the frame that the service worker answers every page with: not a word says which.
type blank struct {
	app.Compo
	f frame
}

func newBlank(s *session.Session) *blank { return &blank{f: frame{s: s}} }

// Render draws the frame.
func (b *blank) Render() app.UI { return b.f.render("") }
