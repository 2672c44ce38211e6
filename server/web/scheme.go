package web

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
)

// schemeAuto colours pages as the device has it.
const schemeAuto = "auto"

// schemes are the ways of colouring pages, in the order they are offered.
var schemes = [...]string{schemeAuto, "light", "dark"}

// schemeCookie is the device's choice. The program writes it too, so that scripts may read it; it is no
// secret and bears no prefix.
const schemeCookie = "theme"

// scheme is the colouring that the visitor picked now or before.
func scheme(c *fiber.Ctx) string {
	for _, picked := range []string{c.Query(schemeCookie), c.Cookies(schemeCookie)} {
		if slices.Contains(schemes[:], picked) {
			return picked
		}
	}
	return schemeAuto
}

// chooseScheme remembers a colouring that the visitor picked on the page.
func (s *server) chooseScheme(c *fiber.Ctx) {
	if picked := c.Query(schemeCookie); slices.Contains(schemes[:], picked) {
		c.Cookie(&fiber.Cookie{
			Name: schemeCookie, Value: picked, Path: "/", MaxAge: int(preferenceKept / time.Second),
			Secure: s.origin.secure, SameSite: fiber.CookieSameSiteLaxMode,
		})
	}
}
