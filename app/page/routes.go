// Package page is the table of the program's pages: which component is shown at which address.
//
// The server compiles the pages too, for the first paint. That is the same for all readers of a language:
// the page's title and introduction, without a name, an amount or a parameter of the address.
package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/frame"
	"bompass/app/page/agreement"
	"bompass/app/page/change"
	"bompass/app/page/device"
	"bompass/app/page/invoice"
	"bompass/app/page/notfound"
	"bompass/app/page/overview"
	"bompass/app/page/passages"
	"bompass/app/page/people"
	"bompass/app/page/prices"
	"bompass/app/page/profile"
	"bompass/app/page/recheck"
	"bompass/app/page/sessions"
	"bompass/app/page/vehicles"
	"bompass/app/session"
	"bompass/shared/i18n"
	"bompass/shared/site"
)

// Route is a page of the program: its address and the constructor of its component.
type Route struct {
	Path string
	New  func(*session.Session) app.Composer
}

// Routes lists the pages of the program.
func Routes() []Route {
	return []Route{
		{site.Overview, overview.New},
		{site.Passages, passages.New},
		{site.Recheck, recheck.New},
		{site.Prices, prices.New},
		{site.Profile, profile.New},
		{site.Sessions, sessions.New},
		{site.People, people.New},
		{site.Device, device.New},
		{site.NewAgreement, agreement.New},
		{site.AgreementReceipt, agreement.NewReceipt},
		{site.AgreementDetails, agreement.NewDetails},
		{site.Vehicles, vehicles.New},
		{site.Vehicle, vehicles.NewVehicle},
		{site.Tag, vehicles.NewTag},
		{site.MoveTag, change.NewMove},
		{site.LostTag, change.NewLost},
		{site.AddVehicle, change.NewAdd},
		{site.RemoveVehicle, change.NewRemove},
		{site.ChangeReceipt, change.NewReceipt},
		{site.FleetHistory, change.NewHistory},
		{site.Invoices, invoice.New},
		{site.Invoice, invoice.NewDetails},
	}
}

// Register registers every page with go-app, and the page for all other addresses.
func Register(s *session.Session) {
	register("", s)
	app.RouteWithRegexpFunc("^/", func() app.Composer { return notfound.New(s) })
}

// RegisterFirstPaints registers what the server paints before the program runs: each page in each
// language, at the address that FirstPaint returns, and the frame without a page at EmptyFrame.
func RegisterFirstPaints() {
	for _, lang := range i18n.Languages() {
		register("/"+lang, session.NeutralIn(lang))
	}
	app.RouteFunc(EmptyFrame, func() app.Composer { return frame.NewEmpty(session.Neutral()) })
}

// EmptyFrame is the address of the frame without a page, which stands for every page.
const EmptyFrame = "/blank"

// FirstPaint returns the address at which the first paint of a page in a language is registered.
func FirstPaint(lang, path string) string { return "/" + lang + path }

// register registers the pages below a prefix. go-app drops the fields of a component that is registered
// itself, so each page is made by a function.
func register(prefix string, s *session.Session) {
	for _, r := range Routes() {
		app.RouteFunc(prefix+r.Path, func() app.Composer { return r.New(s) })
	}
}
