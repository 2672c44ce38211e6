// Package webtest assembles the server with PostgreSQL for the tests of the HTTP layer: a real listener, the demo
// data, and a browser without scripts that keeps cookies.
package webtest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/pquerna/otp/totp"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/agreement"
	"bompass/server/internal/pgtest"
	"bompass/server/internal/proves"
	"bompass/server/legacy"
	"bompass/server/notice"
	"bompass/server/partner/mail/sim"
	"bompass/server/partner/register"
	"bompass/server/person"
	"bompass/server/privacy"
	"bompass/server/store"
	"bompass/server/store/accessdb"
	"bompass/server/store/agreementdb"
	"bompass/server/store/draftdb"
	"bompass/server/store/legacydb"
	"bompass/server/store/persondb"
	"bompass/server/store/privacydb"
	"bompass/server/web"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/recheck"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Server is the HTTP layer on a real listener and a real database, with small stand-ins for the pipeline behind
// it. A test that reaches a stand-in proves no behaviour.
type Server struct {
	t              *testing.T
	URL            string
	offset         atomic.Int64 // of the real clock: connections have deadlines by that one
	Log            logBuffer
	DB             *store.DB
	dsn            string // of its database
	Keys           seal.Keys
	Inbox          *sim.Inbox
	Live           *LiveFeed
	Batches        chan string
	ListedVehicles chan toll.VehicleID
	Routes         []Route     // every mounted route
	Broken         atomic.Bool // the accounts behind it fail
	Slow           atomic.Bool // or take for ever
}

// Route is a mounted route: its method and the pattern of its path.
type Route struct{ Method, Path string }

type option func(*web.Deps)

// New returns a server that allows codes by text message. It is stopped at the end of the test.
func New(t *testing.T, options ...option) *Server {
	t.Helper()
	return NewWithOptions(t, factor.Options{TextCodes: true}, options...)
}

// NewWithOptions returns a server with options of signing in.
func NewWithOptions(t *testing.T, ways factor.Options, options ...option) *Server {
	t.Helper()
	proves.Driven(t, proves.HTTP)
	h := &Server{t: t, Live: &LiveFeed{t: t}, Batches: make(chan string, 10), ListedVehicles: make(chan toll.VehicleID, 1000)}
	db, dsn := database(t)
	accounts := accessdb.New(db)
	keys, err := seal.NewKeys([]byte("a secret of thirty-two bytes, ok"))
	if err != nil {
		t.Fatal(err)
	}
	if err := access.Seed(t.Context(), accounts, keys, fixture.Accounts(), fixture.Password); err != nil {
		t.Fatal(err)
	}
	var listening net.ListenConfig
	listener, err := listening.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.URL = "http://" + listener.Addr().String()
	assets, err := web.LoadAssets(Bundle())
	if err != nil {
		t.Fatal(err)
	}
	h.DB, h.dsn, h.Keys, h.Inbox = db, dsn, keys, sim.NewInbox(h.Now)
	ctx, stop := context.WithCancel(context.Background())
	desk, letters := access.NewService(accounts, keys, h.Now), notice.NewWriter(keys, h.URL, h.Now)
	ways.PublicURL = h.URL
	locksmith, err := factor.NewService(factor.Deps{Access: desk, Store: factor.From(accounts), Keys: keys, Messages: letters, Options: ways, Now: h.Now})
	if err != nil {
		t.Fatal(err)
	}
	deps := web.Deps{
		Registrar: access.NewRegistrar(desk, accounts, letters), Factors: locksmith, Inbox: h.Inbox,
		Person: person.NewService(persondb.New(db), keys, letters, desk, h.Now), Privacy: privacy.NewService(privacydb.New(db), letters, desk, h.Now),
		Agreements: agreement.NewService(agreement.Deps{
			Store: agreementdb.New(db), Drafts: draftdb.New(db), Profiles: persondb.New(db), Register: register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}, Keys: keys, Messages: letters, Limiter: desk, Issuer: "bompass",
			Chargers: []api.ChargerChoice{{ID: "ferde", Name: "Ferde"}, {ID: "fjellinjen", Name: "Fjellinjen"}}, Now: h.Now,
		}),
		Legacy:  legacy.NewService(legacydb.New(db), keys, letters, desk, h.Now),
		Context: ctx, PublicURL: h.URL, Access: desk, Keys: keys, Overview: h, Passages: h, Tariffs: Tariffs, Phones: []string{"72 54 09 00", "72 54 09 10"}, Live: h.Live,
		Ready: func(context.Context) error { return nil }, Assets: assets, Now: h.Now,
		Log: slog.New(slog.NewTextHandler(&h.Log, nil)),
	}
	for _, o := range options {
		o(&deps)
	}
	app, err := web.New(deps)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range app.GetRoutes(true) {
		if r.Method != http.MethodHead {
			h.Routes = append(h.Routes, Route{r.Method, r.Path})
		}
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(listener) }()
	t.Cleanup(func() {
		stop()
		if err := app.ShutdownWithTimeout(20 * time.Second); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		h.checkLog()
	})
	return h
}

// database is a database of its own with the cast in it.
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

// Overview stands in for the overview.
func (h *Server) Overview(_ context.Context, customer toll.CustomerID, kind toll.CustomerKind, _ time.Time) (api.OverviewReply, error) {
	h.standIn("a stub of the overview")
	if h.Slow.Load() {
		return api.OverviewReply{}, fmt.Errorf("wait for %s: %w", customer, context.DeadlineExceeded)
	}
	if h.Broken.Load() {
		return api.OverviewReply{}, fmt.Errorf("read %s from the secret place", customer)
	}
	return api.OverviewReply{Agreements: []api.AgreementOverview{{
		Number: string(customer), Kind: kind, Charger: strings.Repeat("Fjellinjen ", 100),
	}}}, nil
}

// TakeIn stands in for the pipeline of passages.
func (h *Server) TakeIn(_ context.Context, key string, body []byte, _ time.Time) (api.BatchReply, error) {
	h.standIn("a stub of the pipeline")
	if key != fixture.StationKey {
		return api.BatchReply{}, fault.New(fault.KeyUnknown)
	}
	h.Batches <- string(body)
	return api.BatchReply{Accepted: strings.Count(string(body), "\n")}, nil
}

// List stands in for the list of passages.
func (h *Server) List(_ context.Context, customer toll.CustomerID, req api.PassageListRequest, _ time.Time) (api.PassageListReply, error) {
	h.standIn("a stub of the list of passages")
	if err := toll.CheckPeriod(req.From, req.To); err != nil {
		return api.PassageListReply{}, err
	}
	h.ListedVehicles <- req.Vehicle
	return api.PassageListReply{Lines: []api.PassageLine{{ID: toll.PassageID(customer), Vehicle: req.Vehicle}}, Count: 1}, nil
}

// Tariffs stands in for the price plans.
var Tariffs = []tariff.File{{Name: "oslo.tariff", Text: `scheme oslo "Oslo"
charger fjellinjen "Fjellinjen"
station oslo-104 104 "E18 Maritim" in
` + strings.Repeat("# a price list is long\n", 50)}}

// Recheck stands in for the recheck of a month.
func (h *Server) Recheck(_ context.Context, customer toll.CustomerID, req api.RecheckRequest) (api.RecheckReply, error) {
	h.standIn("a stub of the recheck")
	charges := []recheck.Charge{{Passage: toll.PassageID(customer)}}
	return api.RecheckReply{Statement: recheck.Statement{Month: req.Month, Charges: charges}}, nil
}

// LiveFeed hands events to whoever listens.
type LiveFeed struct {
	t   *testing.T
	out atomic.Pointer[chan api.Event]
}

// Subscribe returns a channel for the events that Publish sends.
func (l *LiveFeed) Subscribe(context.Context, toll.CustomerID) (<-chan api.Event, error) {
	proves.StandIn(l.t, "a stub of the live events")
	out := make(chan api.Event, 4)
	l.out.Store(&out)
	return out, nil
}

// Publish sends an event with a balance to the last subscriber.
func (l *LiveFeed) Publish(balance money.Ore) {
	*l.out.Load() <- api.Event{Kind: "passage", Balance: balance}
}

// Bundle returns the browser's files as small stand-ins.
func Bundle() fstest.MapFS {
	files := fstest.MapFS{
		"manifest.json": {Data: []byte(`{"app.wasm":"app.0a.wasm","bompass.css":"bompass.0b.css","wasm_exec.js":"wasm_exec.0c.js",
			"companion.js":"companion.0d.js","icon/bompass.svg":"icon/bompass.0e.svg","font/inter-latin.woff2":"font/inter-latin.0f.woff2"}`)},
		"font/inter-latin.0f.woff2": {Data: []byte("wOF2")},
		"icon/bompass.0e.svg":       {Data: []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")},
		"app.0a.wasm":               {Data: []byte("\x00asm, rather long")},
		"app.0a.wasm.br":            {Data: []byte("brotli")},
		"app.0a.wasm.gz":            {Data: []byte("gzip")},
	}
	for _, name := range []string{"bompass.0b.css", "wasm_exec.0c.js", "companion.0d.js"} {
		files[name] = &fstest.MapFile{Data: []byte("/* " + name + " */")}
	}
	return files
}

// Visitor is a browser: it keeps cookies, follows no redirect and says where its requests come from.
type Visitor struct {
	*Server
	Client *http.Client
	CSRF   string
}

// Visitor returns a new browser without cookies.
func (h *Server) Visitor() *Visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true}
	h.t.Cleanup(transport.CloseIdleConnections)
	return &Visitor{Server: h, Client: &http.Client{
		Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Page is an answer with its body read.
type Page struct {
	*http.Response
	Body string
}

// Change changes a request before it is sent.
type Change func(*http.Request)

// Header returns a change that sets a header, or removes it if the value is empty.
func Header(name, value string) Change {
	return func(r *http.Request) {
		if r.Header.Del(name); value != "" {
			r.Header.Set(name, value)
		}
	}
}

// Host returns a change that names another host.
func Host(name string) Change { return func(r *http.Request) { r.Host = name } }

// Do sends a request of our own page and returns the answer.
func (v *Visitor) Do(method, path, body string, changes ...Change) Page {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.URL+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		r.Header.Set("Origin", v.URL)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Csrf-Token", v.CSRF)
	}
	for _, c := range changes {
		c(r)
	}
	resp, err := v.Client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return Page{resp, string(text)}
}

// Get requests a page.
func (v *Visitor) Get(path string, changes ...Change) Page {
	v.t.Helper()
	return v.Do(http.MethodGet, path, "", changes...)
}

// Hidden matches the hidden fields of a form.
var Hidden = regexp.MustCompile(`name="(csrf|next)" value="([^"]*)"`)

// SubmitForm sends the form on a page with its hidden fields, as a browser without scripts does.
func (v *Visitor) SubmitForm(path string, fields url.Values, changes ...Change) Page {
	v.t.Helper()
	for _, m := range Hidden.FindAllStringSubmatch(v.Get(path).Body, -1) {
		if !fields.Has(m[1]) {
			fields.Set(m[1], m[2])
		}
	}
	action, _, _ := strings.Cut(path, "?")
	form := Header("Content-Type", fiber.MIMEApplicationForm)
	return v.Do(http.MethodPost, action, fields.Encode(), append([]Change{form}, changes...)...)
}

// SubmitPassword sends the sign-in form.
func (v *Visitor) SubmitPassword(email, password string) Page {
	v.t.Helper()
	return v.SubmitForm("/login", url.Values{"email": {email}, "password": {password}})
}

// SubmitCode sends the form of the code.
func (v *Visitor) SubmitCode(code string) Page {
	v.t.Helper()
	return v.SubmitForm("/login/code", url.Values{"code": {code}})
}

// TOTPCode is what an account's authenticator shows now.
func (h *Server) TOTPCode(email string) string {
	h.t.Helper()
	for _, a := range fixture.Accounts() {
		if a.Email == email {
			code, err := totp.GenerateCode(a.TOTPSecret, h.Now())
			if err != nil {
				h.t.Fatal(err)
			}
			return code
		}
	}
	h.t.Fatalf("nobody has the address %s", email)
	return ""
}

// Kari is the email address of a private customer of the demo data.
const Kari = "kari@bompass.example"

// SignIn goes the whole way as a person of the cast.
func (h *Server) SignIn(email string) *Visitor {
	h.t.Helper()
	v := h.Visitor()
	if p := v.SubmitPassword(email, fixture.Password); p.StatusCode != http.StatusSeeOther {
		h.t.Fatalf("password: %d %s", p.StatusCode, p.Body)
	}
	if p := v.SubmitCode(h.TOTPCode(email)); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/" {
		h.t.Fatalf("code: %d %q %s", p.StatusCode, p.Header.Get("Location"), p.Body)
	}
	me := v.Get(api.Me.Path)
	_, rest, _ := strings.Cut(me.Body, `"csrf":"`)
	v.CSRF, _, _ = strings.Cut(rest, `"`)
	return v
}

// Discard returns a log that keeps nothing.
func Discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
