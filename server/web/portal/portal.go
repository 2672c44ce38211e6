// Package portal has the routes of the signed-in customer: one file for each resource, with its endpoints of
// the contract and its rendered pages.
package portal

import (
	"context"
	"embed"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"

	"bompass/server/access"
	"bompass/server/agreement"
	"bompass/server/dispute"
	"bompass/server/fleet"
	"bompass/server/legacy"
	"bompass/server/partner/mail/sim"
	"bompass/server/passage/export"
	"bompass/server/payment"
	"bompass/server/person"
	"bompass/server/privacy"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/invoice"
	"bompass/shared/site"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

//go:embed page/*.html
var pageFiles embed.FS

// Overview returns the customer's first page, and the page of a vehicle.
type Overview interface {
	Overview(ctx context.Context, customer toll.CustomerID, kind toll.CustomerKind, now time.Time) (api.OverviewReply, error)
	Vehicle(ctx context.Context, customer toll.CustomerID, id toll.VehicleID, now time.Time) (api.VehicleReply, error)
}

// Passages lists what a customer's vehicles have passed, and what a month of it was rated by.
type Passages interface {
	List(ctx context.Context, customer toll.CustomerID, req api.PassageListRequest, now time.Time) (api.PassageListReply, error)
	Recheck(ctx context.Context, customer toll.CustomerID, req api.RecheckRequest) (api.RecheckReply, error)
	FleetRecheck(ctx context.Context, customer toll.CustomerID, req api.FleetRecheckRequest) (api.FleetRecheckReply, error)
}

// PassageFiles writes passages as files.
type PassageFiles interface {
	Write(ctx context.Context, r export.Reader, req api.PassageListRequest, format string) (export.File, error)
}

// Invoices shows a customer's invoices. Without places, an invoice has its sums only.
type Invoices interface {
	List(ctx context.Context, customer toll.CustomerID, req api.InvoiceListRequest) (api.InvoiceListReply, error)
	Invoice(ctx context.Context, customer toll.CustomerID, number string, places bool) (api.InvoiceReply, error)
	Owed(ctx context.Context, customer toll.CustomerID) ([]api.Owed, error)
}

// InvoiceFiles returns a customer's invoice as a file with its name.
type InvoiceFiles interface {
	File(ctx context.Context, customer toll.CustomerID, number string, form invoice.Form) (name string, body []byte, err error)
}

// Live publishes a customer's passages as they are charged. The channel is bounded and is closed when ctx ends
// or its reader is too slow.
type Live interface {
	Subscribe(ctx context.Context, customer toll.CustomerID) (<-chan api.Event, error)
}

// Limiter limits requests that cost something, such as emails.
type Limiter interface {
	AllowRequest(ctx context.Context, actor access.Principal, name string) error
	AllowMessage(ctx context.Context, actor access.Principal, name, to string) error
	ThrottleVisit(ctx context.Context, visitor access.Visitor, flow string) error
	SetLanguage(ctx context.Context, actor access.Principal, language string) error
}

// Tariffs returns the tariff files that passages are rated by now, and the number of their release.
type Tariffs func() (release int64, files []tariff.File)

// Deps is what the routes of the customer need.
type Deps struct {
	*kit.Kit
	Access     Limiter
	Person     *person.Service
	Privacy    *privacy.Service
	Agreements *agreement.Service
	Fleet      *fleet.Service
	Legacy     *legacy.Service
	Overview   Overview
	Passages   Passages
	Exports    PassageFiles
	Disputes   *dispute.Service
	Invoices   Invoices
	Files      InvoiceFiles
	Payments   *payment.Service
	Live       Live
	Messages   Messages
	Parties    Parties // nil where nobody acts for others
	Tariffs    Tariffs
	Inbox      *sim.Inbox // nil except while the product is tried out
	Clock      Clock      // nil except while the product is tried out
	Logout     fiber.Handler
	Cookies    []kit.StoredCookie
}

// Handlers answers the routes of this package.
type Handlers struct {
	Deps

	reading    *kit.Parallel // requests that read much
	publishing sync.Mutex
	tariffs    *published // of the last release that was asked for
}

// New returns the handlers, after it has parsed their pages and compressed the tariffs.
func New(d Deps) (*Handlers, error) {
	err := kit.Require(map[string]bool{
		"access": d.Access != nil, "person": d.Person != nil, "agreements": d.Agreements != nil, "fleet": d.Fleet != nil, "legacy": d.Legacy != nil,
		"overview": d.Overview != nil, "passages": d.Passages != nil, "invoices": d.Invoices != nil, "files": d.Files != nil, "exports": d.Exports != nil, "disputes": d.Disputes != nil, "payments": d.Payments != nil, "live": d.Live != nil, "messages": d.Messages != nil, "tariffs": d.Tariffs != nil, "logout": d.Logout != nil,
	})
	if err != nil {
		return nil, err
	}
	h := &Handlers{Deps: d, reading: kit.NewParallel()}
	if _, err := h.publishedTariffs(); err != nil {
		return nil, err
	}
	return h, d.LoadPages(pageFiles)
}

// MountAPI adds the customer's endpoints of the contract.
func (h *Handlers) MountAPI(app *fiber.App) {
	app.Use([]string{api.Overview.Path, api.PassageList.Path, api.Recheck.Path, api.Invoice.Path}, compress.New(compress.Config{Level: compress.LevelBestSpeed}))
	kit.JSON(app, h.Kit, api.Me, h.me)
	kit.JSON(app, h.Kit, api.SetLanguage, h.setLanguage)
	app.Post(api.Logout.Path, h.Logout)
	kit.JSON(app, h.Kit, api.Overview, kit.Limited(h.reading, h.overview))
	kit.JSON(app, h.Kit, api.Vehicle, kit.Limited(h.reading, h.vehicle))
	kit.JSON(app, h.Kit, api.PassageList, kit.Limited(h.reading, h.passageList))
	kit.Download(app, h.Kit, api.PassageExport, kit.Limited(h.reading, h.passageExport))
	kit.JSON(app, h.Kit, api.Recheck, kit.Limited(h.reading, h.recheck))
	kit.JSON(app, h.Kit, api.FleetRecheck, kit.Limited(h.reading, h.fleetRecheck))
	kit.JSON(app, h.Kit, api.InvoiceList, kit.Limited(h.reading, h.invoiceList))
	kit.JSON(app, h.Kit, api.Invoice, kit.Limited(h.reading, h.invoice))
	kit.Download(app, h.Kit, api.InvoiceFile, kit.Limited(h.reading, h.invoiceFile))
	app.Get(api.TariffBook.Path, h.tariffBook)
	h.mountPerson(app)
	h.mountExport(app)
	h.mountSessions(app)
	h.mountPeople(app)
	h.mountAgreements(app)
	h.mountFleet(app)
	kit.Stream(app, h.Kit, api.Events, func(ctx context.Context, actor access.Principal) (<-chan api.Event, error) {
		return h.Live.Subscribe(ctx, actor.Customer)
	})
}

// MountPages adds the rendered pages of the customer.
func (h *Handlers) MountPages(app *fiber.App) {
	h.mountPersonPages(app)
	h.mountPeoplePages(app)
	h.mountExportPage(app)
	h.mountFindAgreements(app)
	h.mountLegacyAgreements(app)
	app.Get(termsPattern, h.terms)
	app.Get(site.Message, h.message)
	h.mountGuide(app)
	h.mountFleetImport(app)
	h.mountTagOrders(app)
	h.mountPay(app)
	h.mountDisputes(app)
	h.mountAgreementAddresses(app)
	h.mountStatements(app)
	app.Post(site.Preferences, h.SignedIn(h.savePreferences))
	if h.Parties != nil {
		h.mountParties(app)
	}
	if h.Inbox != nil {
		h.mountInbox(app)
	}
	if h.Clock != nil {
		h.mountClock(app)
	}
}
