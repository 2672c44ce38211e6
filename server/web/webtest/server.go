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
	"bompass/server/store/demo"
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

// Server is the HTTP layer on a real listener and a real database, with stubs of the overview and of the pipeline of
// passages. A test that reaches a stub proves no behaviour.
type Server struct {
	t              *testing.T
	URL            string
	offset         atomic.Int64 // nanoseconds ahead of the real clock, by which connections have deadlines
	mobiles        atomic.Int64 // numbers given out by NewMobile
	Log            logBuffer
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
	if err := demo.SeedContacts(t.Context(), db, fixture.Accounts()); err != nil {
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
	accessService, messages := access.NewService(accounts, keys, h.Now), notice.NewWriter(keys, h.URL, h.Now)
	signIn.PublicURL = h.URL
	factors, err := factor.NewService(factor.Deps{Access: accessService, Store: factor.From(accounts), Keys: keys, Messages: messages, Options: signIn, Now: h.Now})
	if err != nil {
		t.Fatal(err)
	}
	deps := web.Deps{
		Registrar: access.NewRegistrar(accessService, accounts, messages), Factors: factors, Inbox: h.Inbox,
		Person: person.NewService(persondb.New(db), keys, messages, accessService, h.Now), Privacy: privacy.NewService(privacydb.New(db), messages, accessService, h.Now),
		Agreements: agreement.NewService(agreement.Deps{
			Store: agreementdb.New(db), Drafts: draftdb.New(db), Profiles: persondb.New(db), Register: register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}, Keys: keys, Messages: messages, Limiter: accessService, Issuer: "bompass",
			Chargers: []api.ChargerChoice{{ID: "ferde", Name: "Ferde"}, {ID: "fjellinjen", Name: "Fjellinjen"}}, Now: h.Now,
		}),
		Legacy:  legacy.NewService(legacydb.New(db), keys, messages, accessService, h.Now),
		Context: ctx, PublicURL: h.URL, Access: accessService, Keys: keys, Overview: h, Passages: h, Tariffs: tariffsInForce, Phones: []string{"72 54 09 00", "72 54 09 10"}, Live: h.Live,
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

// Overview is a stub of the overview.
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

// TakeIn is a stub of the intake of passages.
func (h *Server) TakeIn(_ context.Context, key string, body []byte, _ time.Time) (api.BatchReply, error) {
	h.standIn("a stub of the pipeline")
	if key != fixture.StationKey {
		return api.BatchReply{}, fault.New(fault.KeyUnknown)
	}
	h.Batches <- string(body)
	return api.BatchReply{Accepted: strings.Count(string(body), "\n")}, nil
}

// List is a stub of the list of passages.
func (h *Server) List(_ context.Context, customer toll.CustomerID, req api.PassageListRequest, _ time.Time) (api.PassageListReply, error) {
	h.standIn("a stub of the list of passages")
	if err := toll.CheckPeriod(req.From, req.To); err != nil {
		return api.PassageListReply{}, err
	}
	h.ListedVehicles <- req.Vehicle
	return api.PassageListReply{Lines: []api.PassageLine{{ID: toll.PassageID(customer), Vehicle: req.Vehicle}}, Count: 1}, nil
}

// tariffsInForce returns Tariffs as a release.
func tariffsInForce() (int64, []tariff.File) { return 1, Tariffs }

// Tariffs are short tariff files.
var Tariffs = []tariff.File{{Name: "oslo.tariff", Text: `scheme oslo "Oslo"
charger fjellinjen "Fjellinjen"
station oslo-104 104 "E18 Maritim" in
` + strings.Repeat("# a price list is long\n", 50)}}

// Recheck is a stub of the recheck.
func (h *Server) Recheck(_ context.Context, customer toll.CustomerID, req api.RecheckRequest) (api.RecheckReply, error) {
	h.standIn("a stub of the recheck")
	charges := []recheck.Charge{{Passage: toll.PassageID(customer)}}
	return api.RecheckReply{Statement: recheck.Statement{Month: req.Month, Charges: charges}}, nil
}

// LiveFeed is a stub of the events of passages.
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

// Bundle returns small files under the names of the browser program's.
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

// Visitor is a browser without scripts: it stores cookies, follows no redirect, and states the origin of its requests.
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

// Page is an answer and its body.
type Page struct {
	*http.Response
	Body string
}

// Change is a change of a request before it is sent.
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

// Do sends a request as the portal's own page does, and returns the answer.
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

// Hidden matches the hidden fields csrf and next of a form.
var Hidden = regexp.MustCompile(`name="(csrf|next)" value="([^"]*)"`)

// SubmitForm submits the form on the page at path, with its hidden fields, to the same path.
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

// SubmitPassword submits the sign-in form.
func (v *Visitor) SubmitPassword(email, password string) Page {
	v.t.Helper()
	return v.SubmitForm("/login", url.Values{"email": {email}, "password": {password}})
}

// SubmitCode submits the form of the authenticator's code.
func (v *Visitor) SubmitCode(code string) Page {
	v.t.Helper()
	return v.SubmitForm("/login/code", url.Values{"code": {code}})
}

// TOTPCode returns the current code of an account of the demo data.
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
	h.t.Fatalf("no account has the address %s", email)
	return ""
}

// Kari is the email address of a private customer of the demo data.
const Kari = "kari@bompass.example"

// SignIn signs a person of the demo data in with password and code, and returns the browser with the CSRF token of the
// session.
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

// Discard returns a log that discards everything.
func Discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
