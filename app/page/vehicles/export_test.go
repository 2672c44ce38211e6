package vehicles

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/ui"
	"bompass/shared/toll"
)

// The orders, for tests.
const (
	ByCost = byCost
	ByTag  = byTag
)

// ListingOf returns what the page searches for and how it is ordered.
func ListingOf(page app.Composer) *ui.Listing { return &page.(*listPage).listing }

// ShowAgreement chooses an agreement as the menu does.
func ShowAgreement(ctx app.Context, page app.Composer, id toll.AgreementID) {
	p := page.(*listPage)
	p.Session.SetAgreement(id)
	p.OnAgreement(ctx, id)
}
