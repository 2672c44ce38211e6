package web

import (
	"bytes"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page"
	"bompass/server/access"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/site"
)

// themeColor is the page's ground before the stylesheet is there.
const themeColor = "#0b3c49"

// The library's own viewport forbids people to zoom, WCAG 1.4.4.
const (
	fixedViewport    = `content="width=device-width, initial-scale=1, maximum-scale=1, user-scalable=0, viewport-fit=cover"`
	scalableViewport = `content="width=device-width, initial-scale=1, viewport-fit=cover"`
)

// provider tells the library where files are. It serves none: that is ours.
type provider struct{ program string }

// Package is where the library's own files are: at the top.
func (provider) Package() string { return "" }

// Static is where /web/ is: at the top.
func (provider) Static() string { return "" }

// AppWASM is the program's address.
func (p provider) AppWASM() string { return p.program }

// mountShell answers every other address with the program's page. The page holds nothing of anybody:
// the program asks for that once it runs.
func (s *server) mountShell() {
	page.RegisterFirstPaints()
	library := s.library()
	s.app.Get("/app.js", compress.New(compress.Config{Level: compress.LevelBestSpeed}), s.script(library))
	s.mountWorker(library)
	s.app.Get("/*", s.shell(library))
}

func (s *server) library() *app.Handler {
	icon := s.Assets.Address(iconFile)
	preload := []string{`<link rel="preload" as="fetch" type="application/wasm" crossorigin href="` + s.Assets.Address(programFile) + `">`}
	if s.Assets.Has(fontFile) {
		preload = append(preload, `<link rel="preload" as="font" type="font/woff2" crossorigin href="`+s.Assets.Address(fontFile)+`">`)
	}
	return &app.Handler{
		Name: "Bompass", ShortName: "Bompass", Title: "Bompass", Lang: i18n.Default,
		Description:     i18n.For(i18n.Default).T("login.lead"),
		Icon:            app.Icon{Default: icon, Large: icon, SVG: icon, AppleTouch: s.appleIcon()},
		BackgroundColor: themeColor,
		ThemeColor:      themeColor,
		LoadingLabel:    " ", // a line moves while the program is on its way
		Styles:          []string{s.Assets.Address(sheetFile)},
		Scripts:         []string{s.Assets.Address(companionFile) + " defer"},
		RawHeaders:      preload,
		HTML:            func() app.HTMLHtml { return app.Html().DataSet("color-scheme", schemeAuto) },
		Resources:       provider{s.Assets.Address(programFile)},
		Version:         s.Assets.Version(),
	}
}

// appleIcon is the icon for home screens that take no drawing; they round its corners themselves.
func (s *server) appleIcon() string {
	for _, file := range []string{strings.TrimSuffix(maskableFile, ".svg") + "-192.png", iconFile} {
		if s.Assets.Has(file) {
			return s.Assets.Address(file)
		}
	}
	return ""
}

// shell sends the program's page to signed-in people, and to everybody else when it is public; otherwise
// they go to the sign-in page.
func (s *server) shell(library *app.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if !site.IsPage(c.Path()) {
			return s.notFound(c)
		}
		actor, err := s.Desk.Authenticate(c.UserContext(), s.session(c))
		stranger := fault.CodeOf(err) == fault.SignedOut && err != nil
		if stranger && !site.IsPublic(c.Path()) {
			c.Set(fiber.HeaderCacheControl, "no-store")
			return c.Redirect(withNext(loginPath, c.OriginalURL()), fiber.StatusSeeOther)
		}
		if err != nil && !stranger {
			return err
		}
		if !stranger && !site.IsPublic(c.Path()) {
			led, err := s.leadFirst(c, actor)
			if led || err != nil {
				return err
			}
		}
		first := firstPaint{path: c.Path(), language: s.language(c), scheme: scheme(c), stranger: stranger}
		if !stranger {
			first.language = actor.Language
			s.remember(c, actor)
		}
		text, err := s.paint(library, first)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.Send(text)
	}
}

// firstPaint is all that the program's page may depend on.
type firstPaint struct {
	path, language, scheme string
	stranger               bool // the program need not ask who is here
}

func (s *server) paint(library *app.Handler, first firstPaint) ([]byte, error) {
	words := i18n.For(i18n.Match(first.language))
	at := page.FirstPaint(words.Lang(), first.path)
	frame := s.ask(library, at)
	if frame.status != http.StatusOK {
		return nil, fmt.Errorf("the program's page for %s answered %d", first.path, frame.status)
	}
	text := bytes.Replace(frame.body.Bytes(), []byte(s.origin.host+at+`"`), []byte(s.origin.host+first.path+`"`), 1)
	return s.correct(text, words, first), nil
}

// leadFirst leads a person who has something to give or answer there, and tells whether it did.
func (s *server) leadFirst(c *fiber.Ctx, actor access.Principal) (led bool, err error) {
	to, err := s.threshold(c.UserContext(), actor, c.Path())
	if err != nil || to == "" {
		return false, err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return true, c.Redirect(withNext(to, c.OriginalURL()), fiber.StatusSeeOther)
}

// remember keeps what the next sign-in needs: the language, and that this browser is the person's.
func (s *server) remember(c *fiber.Ctx, actor access.Principal) {
	if s.cookie(c, languageCookie) != actor.Language {
		s.keep(c, languageCookie, actor.Language, preferenceKept)
	}
	if !s.Keys.DeviceMatches(s.cookie(c, deviceCookie), actor.Email) {
		s.keep(c, deviceCookie, s.Keys.DeviceToken(actor.Email), preferenceKept)
	}
}

// correct repairs what the library cannot be told: zoom, language, the loader's picture, what is said
// to people without scripts, and the address's scheme. It writes attributes in any order.
func (s *server) correct(frame []byte, words *i18n.Words, first firstPaint) []byte {
	root := `data-color-scheme="` + first.scheme + `" data-alarm="` + html.EscapeString(words.T("app.crashed")) +
		`" data-reload="` + html.EscapeString(words.T("app.reload")) + `"`
	if first.stranger {
		root += ` data-visitor="nobody" data-picked="` + words.Lang() + `"` // there is no account to ask for the language
	}
	without := `<noscript><p class="bp-noscript">` + html.EscapeString(words.T("login.noscript")) + `</p></noscript></body>`
	for _, repair := range [][2]string{
		{fixedViewport, scalableViewport},
		{`lang="` + i18n.Default + `"`, `lang="` + words.Lang() + `"`},
		{`data-color-scheme="` + schemeAuto + `"`, root},
		{`id="app-wasm-loader-icon"`, `id="app-wasm-loader-icon" alt=""`},
		{`"http://` + s.origin.host, `"` + s.origin.of(s.origin.host)},
		{`</body>`, without},
	} {
		frame = bytes.Replace(frame, []byte(repair[0]), []byte(repair[1]), 1)
	}
	return frame
}

// The library counts the program's bytes in a script as they come in, which keeps a slow phone busy for
// as long as they come. Left alone, browsers compile them on the way.
const (
	countedFetch = `fetchWithProgress("`
	plainFetch   = `fetch("`
)

func (s *server) script(library *app.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		script := s.ask(library, c.Path())
		c.Set(fiber.HeaderContentType, "text/javascript; charset=utf-8")
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return c.Status(script.status).Send(bytes.Replace(script.body.Bytes(), []byte(countedFetch), []byte(plainFetch), 1))
	}
}

// ask asks the library for a path under our own name. What the client sent, host, query and
// validators, does not reach it: the library repeats the first in pages unescaped and answers any
// address as unchanged for the last.
func (s *server) ask(library *app.Handler, path string) *answer {
	a := &answer{header: http.Header{}, status: http.StatusOK}
	library.ServeHTTP(a, &http.Request{
		Method: http.MethodGet, URL: &url.URL{Path: strings.Clone(path)}, Host: s.origin.host,
		Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	})
	return a
}

// answer collects what the library writes.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is for the library; ours are set by the handlers.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader notes the status.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write collects the body.
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
