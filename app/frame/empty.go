package frame

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/session"
)

// empty is a page without a body.
type empty struct {
	app.Compo
	page Page
}

// NewEmpty returns the frame without a page in it. The service worker answers every page with it when
// there is no network.
func NewEmpty(s *session.Session) app.Composer { return &empty{page: New(s)} }

// Render draws the frame.
func (e *empty) Render() app.UI { return e.page.Layout("") }
