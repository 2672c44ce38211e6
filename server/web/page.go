package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"bompass/server/partner/identity"
	"bompass/shared/fault"
	"bompass/shared/i18n"
)

//go:embed page/*.html
var pageFiles embed.FS

// contact is where a person who cannot sign in writes to.
const contact = "hjelp@bompass.example"

// pages are the server's own pages; they work without scripts.
type pages struct {
	assets    *Assets
	templates map[string]*template.Template
}

func loadPages(assets *Assets) (*pages, error) {
	p := &pages{assets: assets, templates: map[string]*template.Template{}}
	for _, name := range []string{
		"login", "code", "failure", "form", "done", "first", "enrol", "codes", "prove", "security", "inbox", "export", "parties", "help", "leave",
		"welcome", "customer", "text", "lost", "find", "found", "terms",
	} {
		t, err := template.ParseFS(pageFiles, "page/frame.html", "page/parts.html", "page/eid.html", "page/service.html", "page/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		p.templates[name] = t
	}
	return p, nil
}

// view is what a page shows.
type view struct {
	*i18n.Words
	Scheme  string // how pages are coloured: light, dark or as the device has it
	Title   string
	Sheet   string // address of the stylesheet
	Icon    string
	Program string // address of the program, fetched ahead; empty on pages that do not lead to it
	CSRF    string
	Next    string
	Email   string
	Failure string // what went wrong with the form
	Notice  string // why the person is here
	Text    string // of a page that says one thing
	Trace   string
	Contact string
	Self    string // the page's own address, for choosing a language

	Form      *form
	Boxes     []box
	FailureAt string // the field that the failure concerns
	Done      *done
	Ways      []wayLink
	Offer     *offer
	Codes     []string // new recovery codes
	Passkey   string   // where the passkey script asks; empty where no passkey helps
	Recovery  bool     // recovery codes are left
	Texted    string   // the telephone that a code can be sent to, masked
	Again     string   // where another code is asked for
	Lost      *lostView
	Ring      *ring
	Fresh     bool // a factor was shown lately
	Inside    bool // the person is signed in
	Inbox     []received
	Sheets    []sheet

	EID      eidView
	Party    *partyView
	Who      string // is signed in, and for whom
	Help     []helpPart
	Parts    []part // of a text
	Farewell *identity.EndSessionRequest
}

type languageLink struct {
	Code, Name, Address string
	Current             bool
}

// Fail tells the templates whether the form has a mistake.
func (v view) Fail() bool { return v.Failure != "" }

// Links are the languages to choose from, each to this page in that language.
func (v view) Links() (links []languageLink) {
	for _, lang := range i18n.Languages() {
		links = append(links, languageLink{
			Code: lang, Name: v.T("language." + lang), Address: v.with("lang", lang), Current: lang == v.Lang(),
		})
	}
	return links
}

// Schemes are the colourings to choose from, each to this page in it.
func (v view) Schemes() (links []languageLink) {
	for _, scheme := range schemes {
		links = append(links, languageLink{
			Code: scheme, Name: v.T("scheme." + scheme), Address: v.with("theme", scheme), Current: scheme == v.Scheme,
		})
	}
	return links
}

// with is this page's address with one more choice in it.
func (v view) with(name, value string) string {
	join := "?"
	if strings.Contains(v.Self, "?") {
		join = "&"
	}
	return v.Self + join + name + "=" + url.QueryEscape(value)
}

func (s *server) view(c *fiber.Ctx) view { return s.viewIn(s.language(c)) }

func (s *server) viewIn(language string) view {
	return view{
		Words: i18n.For(language), Sheet: s.Assets.Address(sheetFile), Icon: s.Assets.Address(iconFile),
		Program: s.Assets.Address(programFile), Contact: contact,
	}
}

// send writes a page. Pages hold tokens, so nobody keeps them.
func (p *pages) send(c *fiber.Ctx, status int, name string, v view) error {
	v.Scheme = scheme(c)
	var b bytes.Buffer
	if err := p.templates[name].ExecuteTemplate(&b, "frame.html", v); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderContentLanguage, v.Lang())
	return c.Status(status).Send(b.Bytes())
}

// failurePage says what happened, what to do and how to reach us.
func (s *server) failurePage(c *fiber.Ctx, status int, f fault.Error) error {
	v := s.view(c)
	v.Program, v.Trace = "", f.Trace
	v.Title, v.Text = v.T("app.error.title"), v.Fault(&f)
	if f.Code == fault.NotFound {
		v.Title, v.Text, v.Trace = v.T("app.missing.title"), v.T("app.missing.text"), ""
	}
	return s.pages.send(c, status, "failure", v)
}
