// Package webtest assembles the server with PostgreSQL for the tests of the HTTP layer: a real listener, the demo
// data, and a browser without scripts that keeps cookies.
package webtest

import (
	"context"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/assets"
	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/agreement"
	"bompass/server/billing"
	"bompass/server/casework"
	"bompass/server/dispute"
	"bompass/server/document"
	"bompass/server/document/ehf"
	"bompass/server/fleet"
	"bompass/server/internal/pgtest"
	"bompass/server/internal/proves"
	"bompass/server/legacy"
	"bompass/server/notice"
	"bompass/server/partner/card"
	"bompass/server/partner/mail/sim"
	"bompass/server/partner/register"
	"bompass/server/passage/export"
	"bompass/server/payment"
	"bompass/server/person"
	"bompass/server/privacy"
	"bompass/server/store"
	"bompass/server/store/accessdb"
	"bompass/server/store/agreementdb"
	"bompass/server/store/billingdb"
	"bompass/server/store/casedb"
	"bompass/server/store/demo"
	"bompass/server/store/disputedb"
	"bompass/server/store/draftdb"
	"bompass/server/store/fleetdb"
	"bompass/server/store/legacydb"
	"bompass/server/store/noticedb"
	"bompass/server/store/paymentdb"
	"bompass/server/store/persondb"
	"bompass/server/store/privacydb"
	"bompass/server/web"
	"bompass/shared/api"
	"bompass/shared/fixture"
	"bompass/shared/rating"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Server is the HTTP layer on a real listener and a real database, with stubs of the overview and of the pipeline of
// passages. A test that reaches a stub proves no behaviour.
type Server struct {
	t              *testing.T
	URL            string
	offset         atomic.Int64 // nanoseconds ahead of the real clock, by which connections have deadlines
	mobiles        atomic.Int64 // numbers given out by NewMobile
	Log            logBuffer
	Security       logBuffer // security events, a line of JSON each
	DB             *store.DB
	dsn            string
	Keys           seal.Keys
	Inbox          *sim.Inbox
	Live           *LiveFeed
	Batches        chan string         // bodies that stations sent
	ListedVehicles chan toll.VehicleID // vehicles whose passages were listed
	Routes         []Route             // every mounted route
	Broken         atomic.Bool         // the overview fails
	Slow           atomic.Bool         // the overview exceeds its deadline
}

// Route is a mounted route: its method and the pattern of its path.
type Route struct{ Method, Path string }

type option func(*web.Deps)

// New returns a running server that allows codes by text message. It is stopped at the end of the test.
func New(t *testing.T, options ...option) *Server {
	t.Helper()
	return NewWithOptions(t, factor.Options{TextCodes: true}, options...)
}

// NewWithOptions returns a running server with options of signing in.
func NewWithOptions(t *testing.T, signIn factor.Options, options ...option) *Server {
	t.Helper()
	proves.Driven(t, proves.HTTP)
	h := &Server{
		t: t, Live: &LiveFeed{t: t}, Batches: make(chan string, 10), ListedVehicles: make(chan toll.VehicleID, 1000),
	}
	db, dsn := database(t)
	accounts := accessdb.New(db)
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	if err := access.Seed(t.Context(), accounts, keys, fixture.Accounts(), fixture.Password); err != nil {
		t.Fatal(err)
	}
	if err := demo.SeedContacts(t.Context(), db, fixture.Accounts()); err != nil {
		t.Fatal(err)
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.URL = "http://" + listener.Addr().String()
	h.DB, h.dsn, h.Keys, h.Inbox = db, dsn, keys, sim.NewInbox(h.Now)
	ctx, stop := context.WithCancel(context.Background())
	deps := h.deps(ctx, signIn)
	for _, o := range options {
		o(&deps)
	}
	app, err := web.New(deps)
	if err != nil {
		t.Fatal(err)
	}
	// Fiber adds a HEAD route for each GET route.
	for _, r := range app.GetRoutes(true) {
		if r.Method != http.MethodHead {
			h.Routes = append(h.Routes, Route{r.Method, r.Path})
		}
	}
	h.serve(app, listener, stop)
	return h
}

// deps returns the dependencies of the HTTP layer: the services of accounts on the database, and stubs of the rest.
func (h *Server) deps(ctx context.Context, signIn factor.Options) web.Deps {
	h.t.Helper()
	assets, err := web.LoadAssets(Bundle())
	if err != nil {
		h.t.Fatal(err)
	}
	accounts := accessdb.New(h.DB)
	accessService, messages := access.NewService(accounts, h.Keys, h.Now), notice.NewWriter(h.Keys, h.URL, h.Now)
	signIn.PublicURL = h.URL
	factors, err := factor.NewService(factor.Deps{
		Access: accessService, Store: factor.From(accounts), Keys: h.Keys, Messages: messages, Options: signIn,
		Now: h.Now,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return web.Deps{
		Registrar: access.NewRegistrar(accessService, accounts, messages), Factors: factors, Inbox: h.Inbox,
		Person:  person.NewService(persondb.New(h.DB), h.Keys, messages, accessService, h.Now),
		Privacy: privacy.NewService(privacydb.New(h.DB), messages, accessService, h.Now),
		Agreements: agreement.NewService(agreement.Deps{
			Store: agreementdb.New(h.DB), Drafts: draftdb.New(h.DB), Profiles: persondb.New(h.DB),
			Register: register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}, Keys: h.Keys, Messages: messages,
			Limiter: accessService, Issuer: "bompass",
			Chargers: []api.ChargerChoice{{ID: "ferde", Name: "Ferde"}, {ID: "fjellinjen", Name: "Fjellinjen"}},
			Now:      h.Now,
		}),
		Fleet:   fleet.NewService(fleetdb.New(h.DB), register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}, accessService, unpriced{h}, h.Keys, h.Now),
		Legacy:  legacy.NewService(legacydb.New(h.DB), h.Keys, messages, accessService, h.Now),
		Context: ctx, PublicURL: h.URL, Access: accessService, Ceremonies: accounts, Keys: h.Keys, Overview: h, Passages: h,
		Invoices: billing.NewReader(billingdb.New(h.DB)), Files: billing.NewFiles(billingdb.New(h.DB), document.Renderer(Seller()), h.Now),
		Payments: payment.NewService(paymentdb.New(h.DB), card.Unconfigured{Variable: "BOMPASS_CARD_URL"}, h.URL, h.Now, Discard()), Exports: export.NewService(h, h.Now),
		Disputes: dispute.NewService(disputedb.New(h.DB), func() *rating.Plan { return &rating.Plan{} }, h.Now),
		Cases:    casework.NewService(casedb.New(h.DB), nil, h.Now), Chargers: h.chargers,
		Tariffs: tariffsInForce, Contact: serviceContact(), Live: h.Live, Messages: noticedb.New(h.DB),
		Ready: func(context.Context) error { return nil }, Assets: assets, Now: h.Now,
		Log: slog.New(slog.NewTextHandler(&h.Log, nil)), Security: slog.New(slog.NewJSONHandler(&h.Security, nil)),
	}
}

// chargers returns the toll companies of the price lists that are built in.
func (h *Server) chargers() []toll.Charger {
	h.t.Helper()
	files, err := fs.Sub(assets.Tariff, "tariff")
	if err != nil {
		h.t.Fatal(err)
	}
	book, problems := tariff.Load(files)
	if len(problems) > 0 {
		h.t.Fatal(problems)
	}
	return book.Chargers()
}

// Seller is the business that sends the invoices.
func Seller() ehf.Party {
	return ehf.Party{Name: "Bompass Utsteder AS", Organisation: "310000019", Street: "Bomveien 1", PostalCode: "0150", City: "Oslo", VAT: true, Registered: true}
}

// serve runs the server until the end of the test, and then checks its log.
func (h *Server) serve(app *fiber.App, listener net.Listener, stop func()) {
	served := make(chan error, 1)
	go func() { served <- app.Listener(listener) }()
	h.t.Cleanup(func() {
		stop()
		if err := app.ShutdownWithTimeout(20 * time.Second); err != nil {
			h.t.Error(err)
		}
		if err := <-served; err != nil {
			h.t.Error(err)
		}
		h.checkLog()
	})
}

// database returns a new database with the demo data.
func database(t *testing.T) (db *store.DB, dsn string) {
	t.Helper()
	return pgtest.Demo(t)
}

// Now returns the time of the server's clock.
func (h *Server) Now() time.Time { return time.Now().Add(time.Duration(h.offset.Load())) } //nolint:forbidigo // connections have deadlines by the real clock

// Advance moves the clock of the server forward.
func (h *Server) Advance(d time.Duration) { h.offset.Add(int64(d)) }

// standIn records that something replaces a part of the product, so that the test proves no behaviour.
func (h *Server) standIn(what string) { proves.StandIn(h.t, what) }

// Discard returns a log that discards everything.
func Discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
