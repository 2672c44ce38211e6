package portal

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/draft"
	"bompass/server/privacy"
	"bompass/server/web/kit"
	"bompass/shared/site"
	"bompass/shared/toll"
)

// The versions of the statements that nobody accepts. That of the privacy statement is its consent's.
const (
	accessibilityVersion = 1
	cookiesVersion       = 1
)

// statementNames are other addresses of the statements: people type them in their own language.
var statementNames = map[string]string{
	"/personvern": site.Privacy, "/dataskydd": site.Privacy, "/integritet": site.Privacy, "/datenschutz": site.Privacy,
	"/tilgjengelighet": site.Accessibility, "/tilgjengelighetserklaering": site.Accessibility, "/tillganglighet": site.Accessibility,
	"/barrierefreiheit":    site.Accessibility,
	"/informasjonskapsler": site.Cookies, "/kakor": site.Cookies,
	"/terms": site.Terms + string(toll.TermsGeneral), "/vilkar": site.Terms + string(toll.TermsGeneral),
}

// statementTable is a table of a statement.
type statementTable struct {
	Title, Lead string
	Heads       []string
	Lines       [][]string
}

// statementView is the content of a statement.
type statementView struct {
	kit.Page
	Version, Lead string
	Parts         []termsPart
	Tables        []statementTable
	Ways          []kit.Link
}

func (h *Handlers) mountStatements(app *fiber.App) {
	app.Get(site.Privacy, h.privacyStatement)
	app.Get(site.Accessibility, h.accessibilityStatement)
	app.Get(site.Cookies, h.cookiesPage)
	for path, to := range statementNames {
		app.Get(path, func(c *fiber.Ctx) error { return c.Redirect(to, fiber.StatusMovedPermanently) })
	}
}

// newStatement returns a statement with its version and its parts, which are numbered from 1.
func (h *Handlers) newStatement(c *fiber.Ctx, name string, version int) (*statementView, error) {
	p, err := h.PublicPage(c)
	if err != nil {
		return nil, err
	}
	v := &statementView{Page: *p}
	v.Title, v.Version = v.T(name+".title"), v.T(name+".version", "version", version)
	for n := 1; v.Has(name + "." + strconv.Itoa(n) + ".title"); n++ {
		key := name + "." + strconv.Itoa(n)
		v.Parts = append(v.Parts, termsPart{v.T(key + ".title"), v.T(key + ".text")})
	}
	return v, nil
}

// privacyStatement says what is stored about people, why, and for how long. The periods are those by which data is
// deleted.
func (h *Handlers) privacyStatement(c *fiber.Ctx) error {
	v, err := h.newStatement(c, "privacy", toll.ConsentVersion(toll.ConsentPrivacy))
	if err != nil {
		return err
	}
	v.Tables = []statementTable{retentionTable(&v.Page)}
	v.Ways = []kit.Link{
		{Href: site.Export, Text: v.T("privacy.mine")}, {Href: site.Profile, Text: v.T("privacy.change")}, {Href: site.Cookies, Text: v.T("app.cookies")},
	}
	return h.Send(c, fiber.StatusOK, "statement", v)
}

// retentionRows are the rows of the table of periods, by category. Codes and logins that were not finished are one row.
var retentionRows = map[privacy.Category]string{
	privacy.Passages: "passages", privacy.Charges: "charges", privacy.History: "history", privacy.Messages: "messages", privacy.Links: "links",
	privacy.Invitations: "invitations", privacy.Quarantine: "quarantine", privacy.LostFactorClaims: "lost", privacy.Throttles: "throttles", privacy.Cases: "cases",
	privacy.Sessions: "sessions", privacy.PendingLogins: "codes", privacy.AuthRequests: "codes", privacy.Ceremonies: "codes", privacy.ContactCodes: "codes",
}

// retentionTable returns the table of what is stored and for how long.
func retentionTable(p *kit.Page) statementTable {
	t := statementTable{Title: p.T("privacy.kept"), Lead: p.T("privacy.kept.lead"), Heads: []string{p.T("privacy.kept.what"), p.T("privacy.kept.long"), p.T("privacy.kept.why")}}
	row := func(name, long string) {
		key := "privacy.row." + name
		t.Lines = append(t.Lines, []string{p.T(key + ".what"), long, p.T(key + ".why")})
	}
	row("account", p.T("privacy.row.account.long"))
	row("draft", retentionText(p, privacy.Period{For: draft.MaxAge}))
	done := map[string]bool{}
	for _, period := range privacy.Periods() {
		name := retentionRows[period.Category]
		if done[name] {
			continue
		}
		done[name] = true
		if period.Category == privacy.Sessions {
			row(name, p.T("privacy.row.sessions.long"))
			continue
		}
		row(name, retentionText(p, period))
	}
	return t
}

// retentionText returns a period in words.
func retentionText(p *kit.Page, period privacy.Period) string {
	const day = 24 * time.Hour
	switch {
	case period.Years > 0:
		return p.N("privacy.years", period.Years)
	case period.For > day:
		return p.N("privacy.days", int(period.For/day))
	}
	return p.N("privacy.hours", int(period.For/time.Hour))
}

func (h *Handlers) accessibilityStatement(c *fiber.Ctx) error {
	v, err := h.newStatement(c, "accessibility", accessibilityVersion)
	if err != nil {
		return err
	}
	return h.Send(c, fiber.StatusOK, "statement", v)
}

// cookiesPage lists everything that is stored in the browser.
func (h *Handlers) cookiesPage(c *fiber.Ctx) error {
	v, err := h.newStatement(c, "cookies", cookiesVersion)
	if err != nil {
		return err
	}
	v.Lead = v.T("cookies.lead")
	list := statementTable{Title: v.T("cookies.list"), Heads: []string{v.T("cookies.name"), v.T("cookies.purpose"), v.T("cookies.life")}}
	for _, cookie := range h.Cookies {
		list.Lines = append(list.Lines, []string{cookie.Name, v.T("cookies.use." + cookie.Use), cookieLife(&v.Page, cookie.MaxAge)})
	}
	rest := statementTable{Title: v.T("cookies.storage"), Heads: []string{v.T("cookies.purpose"), v.T("cookies.life")}}
	for _, name := range []string{"program", "own", "visits"} {
		rest.Lines = append(rest.Lines, []string{v.T("cookies.use." + name), v.T("cookies.life.device")})
	}
	v.Tables = []statementTable{list, rest}
	return h.Send(c, fiber.StatusOK, "statement", v)
}

func cookieLife(p *kit.Page, age time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case age == 0:
		return p.T("cookies.life.session")
	case age < day:
		return p.N("cookies.life.minutes", int(age/time.Minute))
	}
	return p.N("cookies.life.days", int(age/day))
}
