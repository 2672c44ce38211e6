// Package web owns HTTP: addresses, cookies, forms, limits and the way faults are answered. It asks
// the domains and repeats what they say; it knows no rule about tolls and no SQL.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/fiber/v2/middleware/recover"

	"bompass/server/access"
	"bompass/server/access/factor"
	"bompass/server/access/seal"
	"bompass/server/agreement"
	"bompass/server/legacy"
	"bompass/server/partner/message"
	"bompass/server/person"
	"bompass/shared/api"
	"bompass/shared/tariff"
	"bompass/shared/toll"
)

// Limits of requests and connections.
const (
	jsonBytesMax   = 64 << 10
	formBytesMax   = 8 << 10
	headerBytesMax = 16 << 10
	readMax        = 15 * time.Second // a request must have arrived
	answerMax      = 20 * time.Second // a handler must be done
	writeMax       = 60 * time.Second // an answer must have left; the program is 1.5 MB on a slow line
	idleMax        = 75 * time.Second // longer than the proxies' usual 60 s
)

// Accounts is the customer's first page.
type Accounts interface {
	Overview(ctx context.Context, customer toll.CustomerID, kind toll.CustomerKind, now time.Time) (api.OverviewReply, error)
}

// Passages takes in what stations send and lists what a customer passed.
type Passages interface {
	TakeIn(ctx context.Context, key string, body []byte, received time.Time) (api.BatchReply, error)
	List(ctx context.Context, customer toll.CustomerID, req api.PassageListRequest, now time.Time) (api.PassageListReply, error)
	Bill(ctx context.Context, customer toll.CustomerID, req api.BillRequest) (api.BillReply, error)
}

// Live tells of a customer's passages as they are charged. The channel is bounded and is closed when
// ctx ends or its reader is too slow.
type Live interface {
	Subscribe(ctx context.Context, customer toll.CustomerID) (<-chan api.Event, error)
}

// Deps is all that the server's face needs from the rest.
type Deps struct {
	Context     context.Context // ends when the server stops; event streams end with it
	PublicURL   string          // scheme, host and port that people use
	Proxies     string          // networks of the proxies in front, whose X-Forwarded-For is believed
	Development bool            // plain http will do, also beyond this machine
	Unkept      bool            // the browser keeps nothing of the program, which is being worked on
	Desk        *access.Service
	Keys        seal.Keys
	Registrar   *access.Registrar
	Locksmith   *factor.Service
	Profile     *person.Service
	Agreements  *agreement.Service
	Legacy      *legacy.Service
	Inbox       *message.Inbox // nil but while the product is being tried out
	Accounts    Accounts
	EID         EID     // nil where nobody comes with an eID
	Parties     Parties // nil where nobody acts for others
	Passages    Passages
	Tariffs     []tariff.File // that passages are rated by
	Live        Live
	Ready       func(ctx context.Context) error // nil error when requests can be answered
	Assets      *Assets
	Log         *slog.Logger
	Now         func() time.Time
}

// server is what handlers share.
type server struct {
	Deps
	app     *fiber.App
	origin  origin
	proxies []netip.Prefix
	streams *streams
	pages   *pages
	tariffs published
}

// New returns the whole face: API, sign-in pages, files and the program's shell.
func New(d Deps) (*fiber.App, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	public, err := parseOrigin(d.PublicURL, d.Development)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s := &server{Deps: d, origin: public, streams: newStreams()}
	if s.proxies, err = parseNetworks(d.Proxies); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if s.pages, err = loadPages(d.Assets); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if s.tariffs, err = publish(d.Tariffs); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s.app = fiber.New(fiber.Config{
		AppName:               "Bompass",
		DisableStartupMessage: true,
		Immutable:             true, // request strings would change under their holders otherwise
		StrictRouting:         true,
		CaseSensitive:         true,
		BodyLimit:             api.BatchBytesMax,
		ReadBufferSize:        headerBytesMax,
		ReadTimeout:           readMax,
		WriteTimeout:          writeMax,
		IdleTimeout:           idleMax,
		ErrorHandler:          s.fail,
		RequestMethods:        []string{fiber.MethodGet, fiber.MethodHead, fiber.MethodPost},
	})
	s.mountAll()
	return s.app, nil
}

func (d Deps) check() error {
	var missing []error
	need := func(there bool, name string) {
		if !there {
			missing = append(missing, errors.New(name+" is missing"))
		}
	}
	need(d.Context != nil, "context")
	need(d.Desk != nil, "access desk")
	need(d.Registrar != nil, "registrar")
	need(d.Locksmith != nil, "locksmith")
	need(d.Profile != nil, "profile")
	need(d.Agreements != nil, "agreements")
	need(d.Legacy != nil, "legacy")
	need(d.Accounts != nil, "accounts")
	need(d.Passages != nil, "passages")
	need(len(d.Tariffs) > 0, "tariffs")
	need(d.Live != nil, "live")
	need(d.Ready != nil, "ready")
	need(d.Assets != nil, "assets")
	need(d.Log != nil, "log")
	need(d.Now != nil, "clock")
	return errors.Join(missing...)
}

// mountAll is the list of everything that is answered, in the order it is tried.
func (s *server) mountAll() {
	s.app.Use(s.trace, recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: s.logPanic}), s.headers)
	s.app.Get("/healthz", s.health)
	s.app.Get("/readyz", s.ready)
	s.app.Use(s.ownHost, s.deadline)

	s.app.Use([]string{api.Overview.Path, api.PassageList.Path, api.Bill.Path}, compress.New(compress.Config{Level: compress.LevelBestSpeed}))
	mount(s, api.Me, s.me)
	mount(s, api.SetLanguage, s.setLanguage)
	s.app.Post(api.Logout.Path, s.logout)
	mount(s, api.Overview, s.overview)
	mount(s, api.PassageList, s.passageList)
	mount(s, api.Bill, s.bill)
	s.app.Get(api.TariffBook.Path, s.tariffBook)
	s.mountProfile()
	s.mountAgreements()
	s.app.Get(api.Events.Path, s.events)
	s.app.Post(api.PassageBatch.Path, s.passageBatch)
	s.app.Use("/api", s.notFound)

	s.mountFiles()
	s.app.Get(loginPath, s.loginPage)
	s.app.Post(loginPath, s.loginSubmit)
	s.app.Get(codePath, s.codePage)
	s.app.Post(codePath, s.codeSubmit)
	s.mountWays()
	s.mountEnrol()
	s.mountText()
	s.mountLost()
	s.mountPasskey()
	s.mountSecurity()
	s.mountLetters()
	s.mountInbox()
	s.mountEID()
	s.mountParties()
	s.mountWorkbench()
	s.mountWelcome()
	s.mountShell()
	s.app.Use(s.notFound)
}

// origin is how the outside names this server.
type origin struct {
	secure bool
	host   string // with port, as browsers write it
	port   string // empty when the scheme says it
	names  map[string]bool
}

// parseOrigin takes the public address apart. On loopback all of its names are ours. Plain http is for
// loopback, and for trying things out.
func parseOrigin(public string, development bool) (origin, error) {
	u, err := url.Parse(public)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || (u.Path != "" && u.Path != "/") {
		return origin{}, fmt.Errorf("public address %q is not like https://bompass.example", public)
	}
	host := strings.ToLower(u.Host)
	o := origin{secure: u.Scheme == "https", host: host, port: u.Port(), names: map[string]bool{host: true}}
	switch u.Hostname() {
	case "localhost", "127.0.0.1", "::1", "0.0.0.0", "::":
		port := strings.TrimPrefix(host, strings.TrimSuffix(host, ":"+u.Port()))
		for _, name := range []string{"localhost", "127.0.0.1", "[::1]"} {
			o.names[name+port] = true
		}
	default:
		if !o.secure && !development {
			return origin{}, fmt.Errorf("public address %q must begin with https: passwords travel to it", public)
		}
	}
	return o, nil
}

// of is the origin that a browser on one of our host names states.
func (o origin) of(host string) string {
	if o.secure {
		return "https://" + host
	}
	return "http://" + host
}
