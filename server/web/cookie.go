package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access/seal"
)

// The cookies. On https they carry the __Host- prefix, which binds them to this host alone. On plain http
// they carry the port, if any: cookies are shared by all ports of a host, and on a developer's machine
// another portal may run on the next.
const (
	sessionCookie  = "sid"  // opens the session
	stepCookie     = "step" // between password and code
	formCookie     = "form" // ties a sign-in form to the browser it was sent to
	languageCookie = "lang"
	deviceCookie   = "device" // known again by the throttle
)

// preferenceKept is how long a browser remembers what is no secret.
const preferenceKept = 365 * 24 * time.Hour

func (s *server) cookieName(name string) string {
	if s.origin.secure {
		return "__Host-" + name
	}
	if s.origin.port != "" {
		return name + "-" + s.origin.port
	}
	return name
}

// keep sets a cookie that scripts cannot read. Kept zero means until the browser is closed.
func (s *server) keep(c *fiber.Ctx, name, value string, kept time.Duration) {
	c.Cookie(&fiber.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: int(kept / time.Second), SessionOnly: kept == 0,
		Secure: s.origin.secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
	})
}

func (s *server) forget(c *fiber.Ctx, name string) {
	c.Cookie(&fiber.Cookie{
		Name: s.cookieName(name), Path: "/", MaxAge: -1, Expires: time.Unix(1, 0),
		Secure: s.origin.secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
	})
}

func (s *server) cookie(c *fiber.Ctx, name string) string { return c.Cookies(s.cookieName(name)) }

func (s *server) session(c *fiber.Ctx) seal.Token { return seal.Token(s.cookie(c, sessionCookie)) }

// forgetSession takes the session away. Nothing else of the customer is in the browser: answers are
// never stored.
func (s *server) forgetSession(c *fiber.Ctx) { s.forget(c, sessionCookie) }
