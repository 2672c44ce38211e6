package frame

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/shared/site"
)

// PayLink leads to paying a document by card.
func (p *Page) PayLink(number string) app.UI {
	return app.A().Class("ds-button").DataSet("variant", "primary").Href(site.With(site.PayInvoice, url.Values{"number": {number}})).Text(p.Words().T("invoices.card"))
}
