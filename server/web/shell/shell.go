// Package shell has the program's files, its manifest, its service worker and the first paint of its pages.
package shell

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"

	"bompass/app/page"
	"bompass/server/access"
	"bompass/server/web/asset"
	"bompass/server/web/kit"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/site"
)

// Onboarding returns where a person must go before a page, empty if nothing is missing.
type Onboarding func(ctx context.Context, actor access.Principal, path string) (string, error)

// Deps is what the program's files and pages need.
type Deps struct {
	*kit.Kit
	Onboarding  Onboarding
	FirstAnswer FirstAnswer
	Offline     OfflinePages
	Development bool // shows the workbench of components
	Unkept      bool // the browser keeps nothing of the program, because it is being worked on
}

// OfflinePages are pages of the server that are the same for everybody. The browser stores them in every language, as a
// visitor gets them, and opens them without a network. Version changes with their content.
type OfflinePages struct {
	Paths   []string
	Version string
}

// Handlers answers the routes of this package.
type Handlers struct {
	Deps
	library *library
}

// New returns the handlers.
func New(d Deps) *Handlers { return &Handlers{d, newLibrary(d.Assets, d.Origin.Host)} }

// MountProgram answers every other address with the program's page. For a person who is signed in it shows their first
// screen, so it is sent compressed and never stored.
func (h *Handlers) MountProgram(app *fiber.App) {
	if h.Development {
		h.mountWorkbench(app)
	}
	app.Get("/app.js", compress.New(compress.Config{Level: compress.LevelBestSpeed}), h.startScript)
	h.mountServiceWorker(app)
	app.Get("/*", compress.New(compress.Config{Level: compress.LevelBestSpeed}), h.page)
}

// page sends the program's page to signed-in people, and to others if the page is public. Otherwise others are
// redirected to sign in.
func (h *Handlers) page(c *fiber.Ctx) error {
	if !site.IsPage(c.Path()) {
		return h.Misspelt(c)
	}
	public := site.IsPublic(c.Path())
	actor, err := h.CurrentActor(c)
	signedOut := err != nil && fault.CodeOf(err) == fault.SignedOut
	// Caches must not keep the redirect, which depends on the session.
	if signedOut && !public {
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.Redirect(kit.WithNext(site.Login, c.OriginalURL()), fiber.StatusSeeOther)
	}
	if err != nil && !signedOut {
		return err
	}
	if !signedOut && !public {
		to, err := h.Onboarding(c.UserContext(), actor, c.Path())
		if err != nil {
			return err
		}
		if to != "" {
			c.Set(fiber.HeaderCacheControl, "no-store")
			return c.Redirect(kit.WithNext(to, c.OriginalURL()), fiber.StatusSeeOther)
		}
	}
	// A locked session is one that the program asks for: what the device stores is kept.
	first := firstPaint{path: c.Path(), language: h.Language(c), scheme: kit.ColorScheme(c), signedOut: signedOut && !fault.IsLocked(err)}
	if !signedOut {
		first.language = actor.Language
		h.SaveAccountPreferences(c, actor)
		first.screen = h.firstScreen(c, actor)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-store")
	if c.Get(partHeader) != "" {
		return h.sendPart(c, first)
	}
	text, err := h.paint(first)
	if err != nil {
		return err
	}
	return c.Send(text)
}

// sendPart sends the first screen alone, or nothing if it would have nothing of the person.
func (h *Handlers) sendPart(c *fiber.Ctx, first firstPaint) error {
	if first.screen == nil {
		return c.SendStatus(fiber.StatusNoContent)
	}
	c.Set(fiber.HeaderContentLanguage, i18n.Match(first.language))
	return c.Send(first.screen.html())
}

// firstPaint is the complete input of the program's page.
type firstPaint struct {
	path, language, scheme string
	signedOut              bool    // the program need not request the account
	screen                 *screen // what the page shows of the person; nil for nothing
}

// paint returns the program's page. go-app renders each first paint at an address of its own, which is then replaced by
// the requested one.
func (h *Handlers) paint(first firstPaint) ([]byte, error) {
	words := i18n.For(i18n.Match(first.language))
	at := page.FirstPaint(words.Lang(), first.path)
	frame := h.library.get(at)
	if frame.status != http.StatusOK {
		return nil, fmt.Errorf("the program's page for %s answered %d", first.path, frame.status)
	}
	text := bytes.Replace(frame.body.Bytes(), []byte(h.Origin.Host+at+`"`), []byte(h.Origin.Host+first.path+`"`), 1)
	text = h.correct(nameTab(text, words), words, first)
	if first.screen != nil {
		text = first.screen.insert(text)
	}
	return text, nil
}

// headingPattern matches the heading of a page.
var headingPattern = regexp.MustCompile(`<h1[^>]*>([^<]+)</h1>`)

// nameTab sets the title of a page to its heading, as the program does once it runs. The library gives all pages the name
// of the product.
func nameTab(text []byte, words *i18n.Words) []byte {
	heading := headingPattern.FindSubmatch(text)
	if heading == nil {
		return text
	}
	name := html.EscapeString(words.T("app.name"))
	return bytes.Replace(text, []byte("<title>"+name+"</title>"), []byte("<title>"+string(heading[1])+" – "+name+"</title>"), 1)
}

// go-app's own viewport disables zoom, against WCAG 1.4.4.
const (
	fixedViewport    = `content="width=device-width, initial-scale=1, maximum-scale=1, user-scalable=0, viewport-fit=cover"`
	scalableViewport = `content="width=device-width, initial-scale=1, viewport-fit=cover"`
)

// correct changes what the library cannot be configured to write: zoom, language, the loader's picture, the
// text for people without scripts, and the address's scheme. The library writes attributes in any order.
func (h *Handlers) correct(frame []byte, words *i18n.Words, first firstPaint) []byte {
	root := `data-color-scheme="` + first.scheme + `" data-alarm="` + html.EscapeString(words.T("app.crashed")) +
		`" data-reload="` + html.EscapeString(words.T("app.reload")) + `" data-help="` + html.EscapeString(words.T("app.nav.help")) + `"` +
		causeTexts(words) + list("phones", h.Contact.Phones) + list("emails", h.Contact.Emails)
	if first.signedOut {
		root += ` data-visitor="nobody"`
	}
	if first.language != "" { // the frame that is stored for pages without a network has none
		root += ` data-picked="` + words.Lang() + `"`
	}
	without := `<noscript><p class="bp-noscript">` + html.EscapeString(words.T("login.noscript")) +
		`</p></noscript></body>`
	for _, change := range [][2]string{
		{fixedViewport, scalableViewport},
		{`lang="` + i18n.Default + `"`, `lang="` + words.Lang() + `"`},
		{`data-color-scheme="` + kit.SchemeAuto + `"`, root},
		{`id="app-wasm-loader-icon"`, `id="app-wasm-loader-icon" alt=""`},
		{`"http://` + h.Origin.Host, `"` + h.Origin.Of(h.Origin.Host)},
		{`<script`, h.starter() + `<script`}, // before the library's scripts, which call it
		{`</body>`, without},
	} {
		frame = bytes.Replace(frame, []byte(change[0]), []byte(change[1]), 1)
	}
	return frame
}

// starter returns the element of the script that loads and compiles the program.
func (h *Handlers) starter() string {
	return `<script src="` + html.EscapeString(h.Assets.Address(asset.Starter)) + `" data-program="` +
		html.EscapeString(h.Assets.Address(asset.Program)) + `" data-compile defer></script>` + "\n" + `<script src="` + oldPath + `" nomodule defer></script>` + "\n"
}

// causes are the reasons for which the program cannot start. The companion script shows their texts, and old.js that of a
// browser that cannot read the companion script.
var causes = [...]string{"wasm", "blocked", "old", "download", "slow"}

// causeTexts returns the attributes of the page's root with the texts of the causes.
func causeTexts(words *i18n.Words) string {
	var b strings.Builder
	for _, cause := range causes {
		b.WriteString(` data-` + cause + `="` + html.EscapeString(words.T("start."+cause)) + `"`)
	}
	return b.String()
}

// list returns an attribute of the page's root with texts, which the program takes apart at the commas.
func list(name string, texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return ` data-` + name + `="` + html.EscapeString(strings.Join(texts, ",")) + `"`
}

// go-app loads and compiles the program in the page's own thread, which keeps a slow phone busy for a second. The script
// program.js does both in a worker.
var (
	libraryStart = regexp.MustCompile(`await instantiateStreaming\(\s*fetchWithProgress\([^)]*\),\s*go\.importObject\s*\)`)
	workerStart  = []byte(`await bompassInstantiate(go.importObject)`)
)

// startScript sends the script that starts the program.
func (h *Handlers) startScript(c *fiber.Ctx) error {
	script := h.library.get(c.Path())
	c.Set(fiber.HeaderContentType, "text/javascript; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Status(script.status).Send(libraryStart.ReplaceAll(script.body.Bytes(), workerStart))
}
