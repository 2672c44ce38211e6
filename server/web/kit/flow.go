package kit

import (
	"crypto/rand"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/fault"
	"bompass/shared/site"
)

// NoReferrer is the referrer policy of answers whose address holds a secret and that hold no form. With it, a
// browser states no origin for forms, either.
const NoReferrer = "no-referrer"

// Flow is a form that people who are not signed in can send: the form and what sending it does.
type Flow struct {
	Form   func(p *Page) *Form
	Submit func(c *fiber.Ctx, p *Page) (Done, error)
}

// ShowFlow returns the handler of the page with a flow's form.
func (k *Kit) ShowFlow(f Flow) fiber.Handler {
	return func(c *fiber.Ctx) error {
		k.SavePreferences(c)
		p := k.VisitorPage(c)
		return k.SendForm(c, p, f.Form(p))
	}
}

// ShowLinkedFlow returns the handler of the page behind an email's link. The link's token moves from the
// address into a cookie at once, so that no history, log or referrer has it, ASVS V14.2.1. Opening the page
// does not spend the token: mail programs open links, too.
func (k *Kit) ShowLinkedFlow(f Flow) fiber.Handler {
	show := k.ShowFlow(f)
	return func(c *fiber.Ctx) error {
		if k.TakeLink(c, access.ResetMax) {
			return c.Redirect(c.Path(), fiber.StatusSeeOther)
		}
		return show(c)
	}
}

// TakeLink moves the token of an email's link from the address into a cookie and reports whether there was one.
func (k *Kit) TakeLink(c *fiber.Ctx, maxAge time.Duration) bool {
	token := c.Query("token")
	if token == "" {
		return false
	}
	c.Set(fiber.HeaderReferrerPolicy, NoReferrer)
	k.SetLink(c, token, maxAge)
	return true
}

// SubmitFlow returns the handler of a sent form. It answers with the page of how the flow ended, or with the
// form again and what is wrong.
func (k *Kit) SubmitFlow(f Flow) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := k.RequireOwnForm(c); err != nil {
			return k.RestartLogin(c, err)
		}
		p := k.VisitorPage(c)
		pad := k.PadDuration()
		end, err := f.Submit(c, p)
		pad()
		if err != nil {
			return k.SendFormError(c, p, f.Form(p), err)
		}
		return k.SendDone(c, p, end)
	}
}

// padStep is the duration of which answers take a multiple, where their duration could reveal whether an account
// exists. It is longer than the work of any of the flows, ASVS V6.3.8.
const padStep = 150 * time.Millisecond

// PadDuration starts a measurement and returns a function that waits until the time taken is a multiple of
// padStep.
func (k *Kit) PadDuration() (wait func()) {
	started := k.Now()
	return func() {
		taken := k.Now().Sub(started)
		time.Sleep(padStep - taken%padStep)
	}
}

// RequireOwnForm accepts a form that our own page sent from the browser in which it was shown. It returns the
// fault SignedOut when the form is too old.
func (k *Kit) RequireOwnForm(c *fiber.Ctx) error {
	if err := k.RequireSameSite(c); err != nil {
		return err
	}
	if len(c.Request().Body()) > FormBytesMax {
		return TooLarge(FormBytesMax)
	}
	if !k.IsFormToken(c, c.FormValue("csrf")) {
		return fault.New(fault.SignedOut)
	}
	return nil
}

// RequireAnyForm accepts a form of a page that is shown with and without a session. It returns the page for the answer.
func (k *Kit) RequireAnyForm(c *fiber.Ctx) (*Page, error) {
	actor, err := k.CurrentActor(c)
	switch {
	case err == nil:
		p, err := k.SignedInPage(c, actor)
		if err != nil {
			return nil, err
		}
		return p, k.checkForm(c, FormBytesMax, func(token string) bool { return actor.CSRFMatches(token) || k.IsFormToken(c, token) })
	case fault.CodeOf(err) != fault.SignedOut:
		return nil, err
	}
	return k.VisitorPage(c), k.RequireOwnForm(c)
}

// SendSignInFirst renders the page of an email's link for a person who has to sign in before anything can be confirmed,
// and who can withdraw the link at once.
func (k *Kit) SendSignInFirst(c *fiber.Ctx, title, text string) error {
	p := k.VisitorPage(c)
	return k.SendDone(c, p, Done{
		Title: p.T(title), Text: p.T(text), Href: WithNext(site.Login, c.Path()), Go: p.T("login.go"), Decline: p.T("decline.submit"),
	})
}

// IsFormToken reports whether a token was made for the visitor's browser.
func (k *Kit) IsFormToken(c *fiber.Ctx, token string) bool {
	return k.Keys.FormTokenMatches(k.Cookie(c, formCookie), formToken(token))
}

// RestartLogin sends a person whose form or pending login is too old to the sign-in page. Other faults are
// returned.
func (k *Kit) RestartLogin(c *fiber.Ctx, err error) error {
	if fault.CodeOf(err) != fault.SignedOut {
		return err
	}
	if !SafeMethod(c.Method()) && k.Cookie(c, formCookie) == "" { // every form comes with this cookie
		return c.Redirect(site.Because(site.Login, site.WhyCookies), fiber.StatusSeeOther)
	}
	return c.Redirect(site.Because(site.Login, site.WhyExpired), fiber.StatusSeeOther)
}

// VisitorPage returns a page with forms for people who are not signed in, tied to the visitor's browser.
func (k *Kit) VisitorPage(c *fiber.Ctx) *Page {
	p := k.NewPage(c)
	cookie := k.Cookie(c, formCookie)
	if cookie == "" {
		cookie = rand.Text()
		k.SetCookie(c, formCookie, cookie, 0)
	}
	p.CSRF = numbered(k.Keys.FormToken(cookie))
	next := c.Query("next")
	if !SafeMethod(c.Method()) {
		next = c.FormValue("next")
	}
	if next = SafeNext(next); next != "/" {
		p.Next = next
	}
	p.Title, p.Self = p.T("login.title"), WithNext(c.Path(), p.Next)
	return p
}

const nextBytesMax = 512

// SafeNext returns next if it is an address on this site to which a person can go on, and the first page
// otherwise.
func SafeNext(next string) string {
	u, err := url.Parse(next)
	switch {
	case err != nil, len(next) > nextBytesMax, u.Scheme != "", u.Host != "", u.User != nil:
		return site.Overview
	case !strings.HasPrefix(next, "/"), strings.HasPrefix(next, "//"), strings.ContainsAny(next, "\\\r\n\t"):
		return site.Overview
	case strings.HasPrefix(u.Path, "/api/"), strings.HasPrefix(u.Path, site.Login), strings.HasPrefix(u.Path, "/web/"),
		strings.HasPrefix(u.Path, site.StepUp), u.Path == site.Logout, u.Path == site.Preferences:
		return site.Overview
	}
	return next
}

// WithNext returns the address of a page that leads on to next.
func WithNext(path, next string) string {
	if next = SafeNext(next); next == site.Overview {
		return path
	}
	return path + "?next=" + url.QueryEscape(next)
}
