package kit

import (
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"bompass/server/access"
	"bompass/server/access/seal"
	"bompass/shared/apiclient"
)

// The cookies that more than one room uses.
const (
	sessionCookie      = "sid"  // the token of the session
	formCookie         = "form" // ties a form to the browser that it was sent to
	languageCookie     = "lang"
	deviceCookie       = "device" // lets the throttle recognise a browser that has signed in before
	linkCookie         = "link"   // the token of an email's link, taken out of the address
	PendingLoginCookie = "step"   // the pending login between password and code
	PasskeyCookie      = "key"    // the browser that an open passkey challenge was sent to
)

// LinkMaxAge is how long the token of an email's link is kept at most, while the person signs in.
const LinkMaxAge = time.Hour

// preferenceMaxAge is how long a browser keeps a choice that is not secret.
const preferenceMaxAge = 365 * 24 * time.Hour

// cookieName returns the name of a cookie in the browser. On https it has the __Host- prefix, which binds the
// cookie to this host alone. On plain http it has the port, because all ports of a host share cookies.
func (k *Kit) cookieName(name string) string {
	if k.Origin.Secure {
		return "__Host-" + name
	}
	if k.Origin.port != "" {
		return name + "-" + k.Origin.port
	}
	return name
}

// StoredCookie is a cookie as the page about cookies lists it. Use is the last part of the key of what it is for. With a
// zero age it lasts until the browser is closed.
type StoredCookie struct {
	Name, Use string
	MaxAge    time.Duration
}

// Cookies lists the cookies of this package.
func (k *Kit) Cookies() (list []StoredCookie) {
	for _, c := range []StoredCookie{
		{sessionCookie, "sid", 0},
		{formCookie, "form", 0},
		{languageCookie, "lang", preferenceMaxAge},
		{deviceCookie, "device", preferenceMaxAge},
		{linkCookie, "link", LinkMaxAge},
	} {
		list = append(list, k.Stored(c.Name, c.Use, c.MaxAge))
	}
	return append(list, StoredCookie{schemeCookie, "theme", preferenceMaxAge},
		StoredCookie{apiclient.LeavingCookie, "leaving", apiclient.LeavingMaxAge})
}

// Stored returns a cookie that SetCookie sets, under its name in the browser.
func (k *Kit) Stored(name, use string, maxAge time.Duration) StoredCookie {
	return StoredCookie{k.cookieName(name), use, maxAge}
}

// SetCookie sets a cookie that scripts cannot read. With a zero age it lasts until the browser is closed.
func (k *Kit) SetCookie(c *fiber.Ctx, name, value string, maxAge time.Duration) {
	c.Cookie(&fiber.Cookie{
		Name: k.cookieName(name), Value: value, Path: "/", MaxAge: int(maxAge / time.Second), SessionOnly: maxAge == 0,
		Secure: k.Origin.Secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
	})
}

// ClearCookie removes a cookie from the browser.
func (k *Kit) ClearCookie(c *fiber.Ctx, name string) {
	c.Cookie(&fiber.Cookie{
		Name: k.cookieName(name), Path: "/", MaxAge: -1, Expires: time.Unix(1, 0),
		Secure: k.Origin.Secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
	})
}

// Cookie returns the value of a cookie, empty if there is none.
func (k *Kit) Cookie(c *fiber.Ctx, name string) string { return c.Cookies(k.cookieName(name)) }

// SessionToken returns the session's token from its cookie.
func (k *Kit) SessionToken(c *fiber.Ctx) seal.Token {
	return seal.Token(k.Cookie(c, sessionCookie))
}

// SetRequestToken sets the token in the session's cookie of a request.
func (k *Kit) SetRequestToken(r *fasthttp.Request, token seal.Token) {
	r.Header.SetCookie(k.cookieName(sessionCookie), string(token))
}

// ClearSession removes the session's cookie. The browser has nothing else of the customer, because answers
// are never stored.
func (k *Kit) ClearSession(c *fiber.Ctx) { k.ClearCookie(c, sessionCookie) }

// StartSession gives the browser its session and removes the cookies of signing in.
func (k *Kit) StartSession(c *fiber.Ctx, token seal.Token) {
	for _, name := range []string{PendingLoginCookie, formCookie, PasskeyCookie} {
		k.ClearCookie(c, name)
	}
	actor, err := k.sessions.Peek(c.UserContext(), token)
	k.setSession(c, token, err == nil && actor.Own)
	// The first page of the session is in the account's language, also when the browser has stored its frame.
	if err == nil {
		k.SaveAccountPreferences(c, actor)
	}
}

// setSession sets the session's cookie. On a person's own device it outlives the browser.
func (k *Kit) setSession(c *fiber.Ctx, token seal.Token, own bool) {
	var maxAge time.Duration
	if own {
		maxAge = access.OwnSessionMax
	}
	k.SetCookie(c, sessionCookie, string(token), maxAge)
}

// KeepSession sets the session's cookie again, after the session became one on the person's own device, or no longer is.
func (k *Kit) KeepSession(c *fiber.Ctx, own bool) { k.setSession(c, k.SessionToken(c), own) }

// RenewSession gives the browser the session's new token. Streams under the old token end and are opened
// again by the browser.
func (k *Kit) RenewSession(c *fiber.Ctx, actor access.Principal, token seal.Token) {
	k.Streams.End(actor.Session)
	k.setSession(c, token, actor.Own)
}

// SetLink moves the token of an email's link from the address into a cookie.
func (k *Kit) SetLink(c *fiber.Ctx, token string, maxAge time.Duration) {
	k.SetCookie(c, linkCookie, token, maxAge)
}

// Link returns the token that SetLink has stored.
func (k *Kit) Link(c *fiber.Ctx) seal.Token { return seal.Token(k.Cookie(c, linkCookie)) }

// ClearLink removes the token that SetLink has stored.
func (k *Kit) ClearLink(c *fiber.Ctx) { k.ClearCookie(c, linkCookie) }
