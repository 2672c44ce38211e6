package kit

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/asset"
	"bompass/shared/fault"
	"bompass/shared/i18n"
	"bompass/shared/menu"
	"bompass/shared/site"
	"bompass/shared/toll"
)

//go:embed page/*.html
var pageFiles embed.FS

//go:embed page/page.js
var pageScript string

// MountScript adds the script of all pages of the server.
func MountScript(app *fiber.App) {
	app.Get("/page.js", Static("text/javascript; charset=utf-8", pageScript))
}

// Static returns a handler that answers with a fixed text.
func Static(mediaType, text string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, mediaType)
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return c.SendString(text)
	}
}

// Page is what every rendered page has. The content of a page is a struct of its room that embeds Page or
// FormPage.
type Page struct {
	*i18n.Words
	Scheme   string // light, dark or auto
	Title    string
	Sheet    string // address of the stylesheet
	Icon     string
	Program  string // address of the program to fetch ahead; empty on pages that do not lead to it
	Starter  string // address of the script that fetches it
	CSRF     string
	Next     string    // address to go on to
	Owner    string    // tells apart whose the tab is; empty for visitors
	Forget   string    // page whose forms are done: what was typed there is no longer kept in the tab
	Notice   string    // why the person has come here
	Failures []Failure // what is wrong with the form
	Self     string    // the page's own address, for the choice of language; empty where there is no choice
	Shell    *Shell    // the frame of the program; nil for the narrow pages of signing in

	contact toll.Contact // of customer service
}

// View is the content of a page: a struct that embeds Page.
type View interface{ Base() *Page }

// Base returns the common part of a page.
func (p *Page) Base() *Page { return p }

// Failure is one thing that is wrong with a form.
type Failure struct {
	At   string // id of the field that it concerns
	Text string
}

// Fail reports whether the form has a mistake.
func (p *Page) Fail() bool { return len(p.Failures) > 0 }

// Failure returns the first thing that is wrong with the form.
func (p *Page) Failure() string { return p.Failures[0].Text }

// AddFailure adds a thing that is wrong with the field that has the id at.
func (p *Page) AddFailure(at, text string) {
	p.Failures = append(p.Failures, Failure{At: at, Text: text})
}

// choice is a link to the same page with another language or color scheme.
type choice struct {
	Code, Name, Address string
	Current             bool
}

// Links returns the languages to choose from.
func (p *Page) Links() (links []choice) {
	for _, lang := range i18n.Languages() {
		links = append(links, choice{
			Code: lang, Name: p.T("language." + lang), Address: p.with("lang", lang), Current: lang == p.Lang(),
		})
	}
	return links
}

// Schemes returns the color schemes to choose from.
func (p *Page) Schemes() (links []choice) {
	for _, scheme := range schemes {
		links = append(links, choice{
			Code: scheme, Name: p.T("scheme." + scheme), Address: p.with(schemeCookie, scheme),
			Current: scheme == p.Scheme,
		})
	}
	return links
}

// footLink is a link of the footer. Its address is ours, or one that the template's own filter does not know.
type footLink struct {
	Href template.URL
	Text string
}

// FootLinks returns the links of the footer beside the choices of language and color scheme.
func (p *Page) FootLinks() []footLink {
	links := []footLink{
		{Href: site.Privacy, Text: p.T("app.privacy")},
		{Href: site.Accessibility, Text: p.T("app.accessibility")},
		{Href: site.Cookies, Text: p.T("app.cookies")},
		{Href: site.Message, Text: p.T("app.message")},
	}
	for i, phone := range p.ServiceNumbers() {
		links = append(links, footLink{Href: template.URL("tel:" + phone.Number), //nolint:gosec // digits
			Text: p.T(menu.CallKey(i), "phones", phone.Text)})
	}
	for _, email := range p.ServiceEmails() {
		links = append(links, footLink{Href: template.URL("mailto:" + email), //nolint:gosec // of the settings
			Text: p.T("app.help", "address", email)})
	}
	return links
}

// with returns this page's address with one more parameter.
func (p *Page) with(name, value string) string {
	join := "?"
	if strings.Contains(p.Self, "?") {
		join = "&"
	}
	return p.Self + join + name + "=" + url.QueryEscape(value)
}

// NewPage returns a page in the visitor's language.
func (k *Kit) NewPage(c *fiber.Ctx) *Page { return k.pageIn(k.Language(c)) }

func (k *Kit) pageIn(language string) *Page {
	return &Page{
		Words: i18n.For(language), Sheet: k.Assets.Address(asset.Sheet), Icon: k.Assets.Address(asset.Icon),
		Program: k.Assets.Address(asset.Program),
		Starter: k.Assets.Address(asset.Starter),
		contact: k.Contact,
	}
}

// SignedInHandler answers a signed-in person with a page.
type SignedInHandler func(c *fiber.Ctx, actor access.Principal, p *Page) error

// SignedIn returns a handler of a rendered page for signed-in people. It redirects others to sign in. Forms
// must come from our own page with the session's token. When the handler returns the fault StepUp, the person
// is sent to confirm a factor and then back to the page, or to the page of security settings unless the
// path is one of returnTo.
func (k *Kit) SignedIn(handle SignedInHandler, returnTo ...string) fiber.Handler {
	return k.SignedInUpTo(FormBytesMax, handle, returnTo...)
}

// SignedInUpTo is SignedIn for a form of at most bytesMax bytes, such as one with a file.
func (k *Kit) SignedInUpTo(bytesMax int, handle SignedInHandler, returnTo ...string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		actor, err := k.CurrentActor(c)
		if err != nil && fault.CodeOf(err) == fault.SignedOut {
			return c.Redirect(WithNext(site.Login, c.Path()), fiber.StatusSeeOther)
		}
		if err != nil {
			return err
		}
		if !SafeMethod(c.Method()) {
			if err := k.checkForm(c, bytesMax, actor.CSRFMatches); err != nil {
				return err
			}
		}
		p, err := k.SignedInPage(c, actor)
		if err != nil {
			return err
		}
		err = handle(c, actor, p)
		if err != nil && fault.CodeOf(err) == fault.StepUp {
			back := site.Security
			if slices.Contains(returnTo, c.Path()) {
				back = c.Path()
			}
			c.Locals(stepUpKey, back)
			return c.Redirect(site.Returning(site.StepUp, back), fiber.StatusSeeOther)
		}
		return err
	}
}

// checkForm refuses a form that does not come from our own page, is too large, or whose token is wrong.
func (k *Kit) checkForm(c *fiber.Ctx, bytesMax int, isToken func(string) bool) error {
	if err := k.RequireSameSite(c); err != nil {
		return err
	}
	if len(c.Request().Body()) > bytesMax {
		return TooLarge(int64(bytesMax))
	}
	if !isToken(formToken(c.FormValue("csrf"))) {
		return CrossSite()
	}
	return nil
}

// pages are the parsed templates by name. They work without scripts.
type pages struct{ templates map[string]*template.Template }

func newPages() *pages { return &pages{templates: map[string]*template.Template{}} }

// LoadPages parses the templates page/*.html of a room. The file parts.html holds definitions that the room's
// pages share; every other file is a page. Names are unique over all rooms.
func (k *Kit) LoadPages(files fs.FS) error {
	names, err := fs.Glob(files, "page/*.html")
	if err != nil {
		return err
	}
	shared, err := template.ParseFS(pageFiles, "page/frame.html", "page/shell.html", "page/parts.html")
	if err != nil {
		return err
	}
	if slices.Contains(names, "page/parts.html") {
		if shared, err = shared.ParseFS(files, "page/parts.html"); err != nil {
			return err
		}
	}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "frame" || name == "shell" || name == "parts" {
			continue
		}
		if k.pages.templates[name] != nil {
			return fmt.Errorf("page %s: there are two of that name", name)
		}
		// Each page has its own set of templates, because all pages define the same names.
		own, err := shared.Clone()
		if err != nil {
			return fmt.Errorf("page %s: %w", name, err)
		}
		if k.pages.templates[name], err = own.ParseFS(files, file); err != nil {
			return fmt.Errorf("page %s: %w", name, err)
		}
	}
	return nil
}

// Send renders a page. It is never stored, because pages hold tokens.
func (k *Kit) Send(c *fiber.Ctx, status int, name string, v View) error {
	v.Base().Scheme = ColorScheme(c)
	t := k.pages.templates[name]
	if t == nil {
		return fmt.Errorf("page %s: there is no such template", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "frame.html", v); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderContentLanguage, v.Base().Lang())
	return c.Status(status).Send(b.Bytes())
}
