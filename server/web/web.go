// Package web is the HTTP layer: it puts its rooms together and states the order in which their routes are
// tried. What the rooms share is in package kit.
package web

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/agreement"
	"bompass/server/casework"
	"bompass/server/dispute"
	"bompass/server/fleet"
	"bompass/server/legacy"
	"bompass/server/partner/mail/sim"
	"bompass/server/party"
	"bompass/server/payment"
	"bompass/server/person"
	"bompass/server/privacy"
	"bompass/server/web/asset"
	"bompass/server/web/help"
	"bompass/server/web/hook"
	"bompass/server/web/kit"
	"bompass/server/web/once"
	"bompass/server/web/portal"
	"bompass/server/web/resume"
	"bompass/server/web/roadside"
	"bompass/server/web/shell"
	"bompass/server/web/signin"
	"bompass/server/web/welcome"
	"bompass/shared/toll"
)

// Passages accepts the batches of stations and returns the passages of customers.
type Passages interface {
	roadside.Passages
	portal.Passages
}

// Parties lists the parties that a person may act for, switches between them, and checks mandates.
type Parties interface {
	kit.Mandates
	Parties(ctx context.Context, actor access.Principal) (party.List, error)
	StoredParties(ctx context.Context, actor access.Principal) ([]party.Party, error)
	Switch(ctx context.Context, actor access.Principal, key string) (seal.Token, error)
}

// Assets are the browser's files as the build made them.
type Assets = asset.Files

// ErrNotBuilt is returned when the browser's files are missing.
var ErrNotBuilt = asset.ErrNotBuilt

// LoadAssets reads the directory that the build has written.
func LoadAssets(dir fs.FS) (*Assets, error) { return asset.Load(dir) }

// Deps is what the HTTP layer needs.
type Deps struct {
	Context     context.Context // ends when the server stops; event streams end with it
	PublicURL   string          // scheme, host and port that people use
	Proxies     string          // networks of the proxies in front, whose X-Forwarded-For is believed
	Development bool            // accepts plain http beyond this machine, and shows the workbench
	Unkept      bool            // the browser keeps nothing of the program, because it is being worked on
	Keys        seal.Keys
	Access      *access.Service
	Ceremonies  once.Store // short-lived state between two requests
	Factors     *factor.Service
	Registrar   *access.Registrar
	Person      *person.Service
	Privacy     *privacy.Service
	Agreements  *agreement.Service
	Fleet       *fleet.Service
	Legacy      *legacy.Service
	Inbox       *sim.Inbox   // nil except on development servers
	Clock       portal.Clock // nil except on development servers
	Overview    portal.Overview
	Passages    Passages
	Invoices    portal.Invoices
	Files       portal.InvoiceFiles
	Exports     portal.PassageFiles
	Disputes    *dispute.Service
	Payments    *payment.Service
	Live        portal.Live
	Messages    portal.Messages
	EID         signin.EID // nil if sign-in with an eID is disabled
	Parties     Parties    // nil if nobody can act for others by mandate
	Tariffs     portal.Tariffs
	Cases       *casework.Service
	Chargers    func() []toll.Charger           // the toll companies, as the price lists in force have them
	Contact     toll.Contact                    // of customer service
	ContactOf   kit.CustomerContact             // nil if that is the same for everyone
	Ready       func(ctx context.Context) error // returns nil if requests can be answered
	IntakeReady func(ctx context.Context) error // returns nil if batches of stations can be accepted; nil is Ready
	Assets      *Assets
	Log         *slog.Logger
	Security    *slog.Logger // security events; nil writes them to Log
	Now         func() time.Time
}

// New returns the HTTP server with all its routes.
func New(d Deps) (*fiber.App, error) {
	rooms, err := open(d)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if d.IntakeReady == nil {
		d.IntakeReady = d.Ready
	}
	return rooms.mount(d.Ready, d.IntakeReady), nil
}

// rooms are the parts of the HTTP layer.
type rooms struct {
	kit      *kit.Kit
	signin   *signin.Handlers
	welcome  *welcome.Handlers
	portal   *portal.Handlers
	help     *help.Handlers
	shell    *shell.Handlers
	passages roadside.Passages
	payments *payment.Service
	requests *resume.Requests
	forms    *once.Forms
}

// open builds the rooms. It returns an error that names every missing dependency.
func open(d Deps) (r rooms, err error) {
	if err := kit.Require(map[string]bool{
		"ready": d.Ready != nil, "access": d.Access != nil, "passages": d.Passages != nil, "ceremonies": d.Ceremonies != nil,
	}); err != nil {
		return r, err
	}
	r.passages, r.payments = d.Passages, d.Payments
	var others kit.OtherParties
	if d.Parties != nil {
		others = portal.OtherParties(d.Parties)
	}
	r.kit, err = kit.New(kit.Config{
		Context: d.Context, PublicURL: d.PublicURL, Proxies: d.Proxies, Development: d.Development,
		Keys: d.Keys, Sessions: d.Access, Details: d.Person, Mandates: d.Parties, Others: others, Assets: d.Assets, Contact: d.Contact, ContactOf: d.ContactOf,
		Log: d.Log, Security: d.Security, Now: d.Now,
	})
	if err != nil {
		return r, err
	}
	r.requests = &resume.Requests{Kit: r.kit, Store: d.Ceremonies}
	r.forms = &once.Forms{Store: d.Ceremonies, Keys: d.Keys, Now: d.Now}
	r.signin, err = signin.New(signin.Deps{
		Kit: r.kit, Access: d.Access, Factors: d.Factors, Registrar: d.Registrar, EID: d.EID, Parties: d.Parties,
		Requests: r.requests,
	})
	if err != nil {
		return r, err
	}
	r.welcome, err = welcome.New(welcome.Deps{Kit: r.kit, Access: d.Access, People: d.Person})
	if err != nil {
		return r, err
	}
	r.portal, err = portal.New(portal.Deps{
		Kit: r.kit, Access: d.Access, Person: d.Person, Privacy: d.Privacy, Agreements: d.Agreements, Fleet: d.Fleet, Legacy: d.Legacy,
		Overview: d.Overview, Passages: d.Passages, Invoices: d.Invoices, Files: d.Files, Exports: d.Exports, Disputes: d.Disputes, Payments: d.Payments,
		Live: d.Live, Messages: d.Messages, Parties: d.Parties, Tariffs: d.Tariffs, Inbox: d.Inbox, Clock: d.Clock, Logout: r.signin.Logout,
		Cookies: append(r.kit.Cookies(), r.signin.Cookies()...),
	})
	if err != nil {
		return r, err
	}
	r.help, err = help.New(help.Deps{Kit: r.kit, Access: d.Access, Agreements: d.Agreements, Cases: d.Cases, Chargers: d.Chargers, Companies: d.Parties != nil})
	if err != nil {
		return r, err
	}
	paths, version, err := r.portal.Offline()
	r.shell = shell.New(shell.Deps{
		Kit: r.kit, Offline: shell.OfflinePages{Paths: paths, Version: version}, Onboarding: r.welcome.Onboarding, FirstAnswer: r.portal.FirstAnswer, Development: d.Development, Unkept: d.Unkept,
	})
	return r, err
}

// mount returns the server with everything that it answers, in the order in which it is tried.
func (r rooms) mount(ready, intakeReady func(context.Context) error) *fiber.App {
	app := r.kit.NewApp()
	app.Use(r.kit.Trace, r.kit.Headers, r.kit.SecurityLog, r.kit.Recover(), r.kit.RequireClearFraming)
	app.Get("/healthz", r.kit.Health)
	app.Get("/readyz", r.kit.Ready(ready))
	app.Get("/readyz/intake", r.kit.Ready(intakeReady)) // stations are answered while the database is away
	app.Use(r.kit.RequireOwnHost, r.kit.Deadline, r.kit.LimitBody, r.forms.Handle, r.requests.Handle)

	r.portal.MountAPI(app)
	roadside.Mount(app, r.kit, r.passages)
	app.Use("/api", r.kit.NotFound)
	hook.Mount(app, r.kit, r.payments)

	kit.MountScript(app)
	r.shell.MountFiles(app)
	r.signin.Mount(app)
	r.welcome.Mount(app)
	r.portal.MountPages(app)
	r.help.Mount(app)
	r.shell.MountProgram(app)
	app.Use(r.kit.NotFound)
	return app
}
