// Package help has the pages of help: frequent questions, how the toll companies are reached, and cases, in which people write to
// them.
package help

import (
	"context"
	"embed"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/agreement"
	"bompass/server/casework"
	"bompass/server/web/kit"
	"bompass/shared/site"
	"bompass/shared/toll"
)

//go:embed page/*.html
var pageFiles embed.FS

// Limiter limits requests that cost something.
type Limiter interface {
	AllowRequest(ctx context.Context, actor access.Principal, name string) error
}

// Agreements knows the agreements of customers.
type Agreements interface {
	Addresses(ctx context.Context, actor access.Principal) ([]agreement.Address, error)
}

// Deps is what the pages need.
type Deps struct {
	*kit.Kit
	Access     Limiter
	Agreements Agreements
	Cases      *casework.Service
	Chargers   func() []toll.Charger // the toll companies, as the price lists in force have them
	Companies  bool                  // people can act for companies
}

// Handlers answers the routes of this package.
type Handlers struct{ Deps }

// New returns the handlers, after it has parsed their pages.
func New(d Deps) (*Handlers, error) {
	err := kit.Require(map[string]bool{"access": d.Access != nil, "agreements": d.Agreements != nil, "cases": d.Cases != nil, "chargers": d.Chargers != nil})
	if err != nil {
		return nil, err
	}
	return &Handlers{d}, d.LoadPages(pageFiles)
}

// Mount adds the routes of this package.
func (h *Handlers) Mount(app *fiber.App) {
	app.Get(site.Help, h.questionsPage)
	h.mountCases(app)
}
