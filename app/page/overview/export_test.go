package overview

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
)

// Expand shows a list in full, as its button does.
func Expand(ctx app.Context, c app.Composer, list string) { c.(*page).expand(ctx, list) }

// Listing returns the search, order and page of the vehicles of an agreement.
func Listing(c app.Composer, agreement string) *ui.Listing { return c.(*page).listing(agreement) }

// SelectView shows a view of the cost, as its tab does.
func SelectView(c app.Composer, view string) { c.(*page).view = view }
