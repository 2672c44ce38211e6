package web_test

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
	"sync"
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
	"bompass/server/store/legacydb"
	"bompass/server/store/persondb"
	"bompass/server/web"
	"bompass/shared/api"
	"bompass/shared/fault"
	"bompass/shared/fixture"
	"bompass/shared/money"
	"bompass/shared/recheck"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// house is the whole face on a real listener and a real database, with small stand-ins for the
// pipeline behind it.
type house struct {
	t      *testing.T
	url    string
	ahead  atomic.Int64 // of the real clock: connections have deadlines by that one
	log    diary
	db     *store.DB
	dsn    string // of its database
	keys   seal.Keys
	inbox  *sim.Inbox
	live   *liveFeed
	taken  chan string
	asked  chan toll.VehicleID
	broken atomic.Bool // the accounts behind it fail
	slow   atomic.Bool // or take for ever
}

type option func(*web.Deps)

func newHouse(t *testing.T, options ...option) *house {
	t.Helper()
	return openHouse(t, factor.Options{TextCodes: true}, options...)
}

// openHouse is a house into which people get as ways says.
func openHouse(t *testing.T, ways factor.Options, options ...option) *house {
	t.Helper()
	proves.Driven(t, proves.HTTP)
	h := &house{t: t, live: &liveFeed{t: t}, taken: make(chan string, 10), asked: make(chan toll.VehicleID, 1000)}
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
	h.url = "http://" + listener.Addr().String()
	assets, err := web.LoadAssets(bundle())
	if err != nil {
		t.Fatal(err)
	}
	h.db, h.dsn, h.keys, h.inbox = db, dsn, keys, sim.NewInbox(h.now)
	ctx, stop := context.WithCancel(context.Background())
	desk, letters := access.NewService(accounts, keys, h.now), notice.NewWriter(keys, h.url, h.now)
	ways.PublicURL = h.url
	locksmith, err := factor.NewService(factor.Deps{Access: desk, Store: factor.From(accounts), Keys: keys, Messages: letters, Options: ways, Now: h.now})
	if err != nil {
		t.Fatal(err)
	}
	deps := web.Deps{
		Registrar: access.NewRegistrar(desk, accounts, letters), Factors: locksmith, Inbox: h.inbox,
		Person: person.NewService(persondb.New(db), keys, letters, desk, h.now), Privacy: privacy.NewService(persondb.New(db), letters, desk, h.now),
		Agreements: agreement.NewService(agreement.Deps{
			Store: agreementdb.New(db), Profiles: persondb.New(db), Register: register.Unconfigured{Variable: "BOMPASS_VEHICLES_URL"}, Keys: keys, Messages: letters, Limiter: desk, Issuer: "bompass",
			Chargers: []api.ChargerChoice{{ID: "ferde", Name: "Ferde"}, {ID: "fjellinjen", Name: "Fjellinjen"}}, Now: h.now,
		}),
		Legacy:  legacy.NewService(legacydb.New(db), keys, letters, desk, h.now),
		Context: ctx, PublicURL: h.url, Access: desk, Keys: keys, Overview: h, Passages: h, Tariffs: published, Live: h.live,
		Ready: func(context.Context) error { return nil }, Assets: assets, Now: h.now,
		Log: slog.New(slog.NewTextHandler(&h.log, nil)),
	}
	for _, o := range options {
		o(&deps)
	}
	face, err := web.New(deps)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- face.Listener(listener) }()
	t.Cleanup(func() {
		stop()
		if err := face.ShutdownWithTimeout(20 * time.Second); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		h.tellsNothing()
	})
	return h
}

// diary is a log that is written and read at the same time.
type diary struct {
	mu   sync.Mutex
	text strings.Builder
}

func (d *diary) Write(line []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(line)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String()
}

// tellsNothing holds the log of every test of this package to what no log may have, ASVS V16.2.5.
func (h *house) tellsNothing() {
	h.t.Helper()
	log := h.log.String()
	for name, secret := range secrets() {
		if strings.Contains(log, secret) {
			h.t.Errorf("the log has %s", name)
		}
	}
	for _, m := range h.inbox.List("") {
		for _, opens := range opening.FindAllStringSubmatch(m.Text, -1) {
			if strings.Contains(log, opens[1]) {
				h.t.Errorf("the log has what a letter to %s carries", m.To)
			}
		}
	}
}

// opening is what a letter carries that opens a door: the token of a link.
var opening = regexp.MustCompile(`token=([A-Za-z0-9_-]{43})`)

// secrets are those of the cast.
func secrets() map[string]string {
	all := map[string]string{"the password": fixture.Password, "the station's key": fixture.StationKey}
	for n, a := range fixture.Accounts() {
		all[fmt.Sprintf("secret %d", n)], all[fmt.Sprintf("number %d", n)] = a.TOTPSecret, a.BirthNumber
	}
	return all
}

// database is a database of its own with the cast in it.
func database(t *testing.T) (db *store.DB, dsn string) {
	t.Helper()
	return pgtest.Demo(t)
}

func (h *house) now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

func (h *house) pass(d time.Duration) { h.ahead.Add(int64(d)) }

// standIn notes that something replaces a part of the product, so that the test proves no behaviour.
func (h *house) standIn(what string) { proves.StandIn(h.t, what) }

// Overview, TakeIn and List stand in for the domains behind the face.
func (h *house) Overview(_ context.Context, customer toll.CustomerID, kind toll.CustomerKind, _ time.Time) (api.OverviewReply, error) {
	h.standIn("a stub of the overview")
	if h.slow.Load() {
		return api.OverviewReply{}, fmt.Errorf("wait for %s: %w", customer, context.DeadlineExceeded)
	}
	if h.broken.Load() {
		return api.OverviewReply{}, fmt.Errorf("read %s from the secret place", customer)
	}
	return api.OverviewReply{Agreements: []api.AgreementOverview{{
		Number: string(customer), Kind: kind, Charger: strings.Repeat("Fjellinjen ", 100),
	}}}, nil
}

func (h *house) TakeIn(_ context.Context, key string, body []byte, _ time.Time) (api.BatchReply, error) {
	h.standIn("a stub of the pipeline")
	if key != fixture.StationKey {
		return api.BatchReply{}, fault.New(fault.KeyUnknown)
	}
	h.taken <- string(body)
	return api.BatchReply{Accepted: strings.Count(string(body), "\n")}, nil
}

func (h *house) List(_ context.Context, customer toll.CustomerID, req api.PassageListRequest, _ time.Time) (api.PassageListReply, error) {
	h.standIn("a stub of the list of passages")
	if err := toll.CheckPeriod(req.From, req.To); err != nil {
		return api.PassageListReply{}, err
	}
	h.asked <- req.Vehicle
	return api.PassageListReply{Lines: []api.PassageLine{{ID: toll.PassageID(customer), Vehicle: req.Vehicle}}, Count: 1}, nil
}

// published stands in for the price plans.
var published = []tariff.File{{Name: "oslo.tariff", Text: `scheme oslo "Oslo"
charger fjellinjen "Fjellinjen"
station oslo-104 104 "E18 Maritim" in
` + strings.Repeat("# a price list is long\n", 50)}}

func (h *house) Bill(_ context.Context, customer toll.CustomerID, req api.BillRequest) (api.BillReply, error) {
	h.standIn("a stub of the bill")
	charges := []recheck.Charge{{Passage: toll.PassageID(customer)}}
	return api.BillReply{Bill: recheck.Bill{Month: req.Month, Charges: charges}}, nil
}

// liveFeed hands events to whoever listens.
type liveFeed struct {
	t   *testing.T
	out atomic.Pointer[chan api.Event]
}

func (l *liveFeed) Subscribe(context.Context, toll.CustomerID) (<-chan api.Event, error) {
	proves.StandIn(l.t, "a stub of the live events")
	out := make(chan api.Event, 4)
	l.out.Store(&out)
	return out, nil
}

func (l *liveFeed) tell(balance money.Ore) {
	*l.out.Load() <- api.Event{Kind: "passage", Balance: balance}
}

func bundle() fstest.MapFS {
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

// visitor is a browser: it keeps cookies, follows no redirect and says where its requests come from.
type visitor struct {
	*house
	client *http.Client
	csrf   string
}

func (h *house) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true}
	h.t.Cleanup(transport.CloseIdleConnections)
	return &visitor{house: h, client: &http.Client{
		Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// page is an answer with its body read.
type page struct {
	*http.Response
	body string
}

type change func(*http.Request)

func header(name, value string) change {
	return func(r *http.Request) {
		if r.Header.Del(name); value != "" {
			r.Header.Set(name, value)
		}
	}
}

func host(name string) change { return func(r *http.Request) { r.Host = name } }

func (v *visitor) do(method, path, body string, changes ...change) page {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.url+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		r.Header.Set("Origin", v.url)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Csrf-Token", v.csrf)
	}
	for _, c := range changes {
		c(r)
	}
	resp, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page{resp, string(text)}
}

func (v *visitor) get(path string, changes ...change) page {
	v.t.Helper()
	return v.do(http.MethodGet, path, "", changes...)
}

var hidden = regexp.MustCompile(`name="(csrf|next)" value="([^"]*)"`)

// fill sends the form on a page with its hidden fields, as a browser without scripts does.
func (v *visitor) fill(path string, fields url.Values, changes ...change) page {
	v.t.Helper()
	for _, m := range hidden.FindAllStringSubmatch(v.get(path).body, -1) {
		if !fields.Has(m[1]) {
			fields.Set(m[1], m[2])
		}
	}
	action, _, _ := strings.Cut(path, "?")
	form := header("Content-Type", fiber.MIMEApplicationForm)
	return v.do(http.MethodPost, action, fields.Encode(), append([]change{form}, changes...)...)
}

func (v *visitor) password(email, password string) page {
	v.t.Helper()
	return v.fill("/login", url.Values{"email": {email}, "password": {password}})
}

func (v *visitor) code(code string) page {
	v.t.Helper()
	return v.fill("/login/code", url.Values{"code": {code}})
}

// codeOf is what an account's authenticator shows now.
func (h *house) codeOf(email string) string {
	h.t.Helper()
	for _, a := range fixture.Accounts() {
		if a.Email == email {
			code, err := totp.GenerateCode(a.TOTPSecret, h.now())
			if err != nil {
				h.t.Fatal(err)
			}
			return code
		}
	}
	h.t.Fatalf("nobody has the address %s", email)
	return ""
}

const kari = "kari@bompass.example"

// signIn goes the whole way as a person of the cast.
func (h *house) signIn(email string) *visitor {
	h.t.Helper()
	v := h.visitor()
	if p := v.password(email, fixture.Password); p.StatusCode != http.StatusSeeOther {
		h.t.Fatalf("password: %d %s", p.StatusCode, p.body)
	}
	if p := v.code(h.codeOf(email)); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/" {
		h.t.Fatalf("code: %d %q %s", p.StatusCode, p.Header.Get("Location"), p.body)
	}
	me := v.get(api.Me.Path)
	_, rest, _ := strings.Cut(me.body, `"csrf":"`)
	v.csrf, _, _ = strings.Cut(rest, `"`)
	return v
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
