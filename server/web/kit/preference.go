package kit

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/shared/i18n"
)

// SchemeAuto is the color scheme that follows the device's setting.
const SchemeAuto = "auto"

// schemes are the color schemes, in the order in which they are offered.
var schemes = [...]string{SchemeAuto, "light", "dark"}

// schemeCookie is the color scheme of a device. The program writes it, too, so scripts may read it and it has
// no prefix.
const schemeCookie = "theme"

// ColorScheme returns the color scheme that the visitor has chosen, now or before.
func ColorScheme(c *fiber.Ctx) string {
	for _, chosen := range []string{c.Query(schemeCookie), c.Cookies(schemeCookie)} {
		if slices.Contains(schemes[:], chosen) {
			return chosen
		}
	}
	return SchemeAuto
}

// SavePreferences stores the language and the color scheme that the visitor has chosen on the page.
func (k *Kit) SavePreferences(c *fiber.Ctx) {
	k.SetLanguage(c, c.Query("lang"))
	k.SetColorScheme(c, c.Query(schemeCookie))
}

// SetLanguage stores a language in the browser, if it is offered. The program reads and writes the cookie, too: a page
// that opens without a network begins in the right language.
func (k *Kit) SetLanguage(c *fiber.Ctx, lang string) {
	if isOffered(lang) {
		c.Cookie(&fiber.Cookie{
			Name: k.cookieName(languageCookie), Value: lang, Path: "/", MaxAge: int(preferenceMaxAge / time.Second),
			Secure: k.Origin.Secure, SameSite: fiber.CookieSameSiteLaxMode,
		})
	}
}

// SetColorScheme stores a color scheme in the browser, if there is one of that name.
func (k *Kit) SetColorScheme(c *fiber.Ctx, scheme string) {
	if slices.Contains(schemes[:], scheme) {
		c.Cookie(&fiber.Cookie{
			Name: schemeCookie, Value: scheme, Path: "/", MaxAge: int(preferenceMaxAge / time.Second),
			Secure: k.Origin.Secure, SameSite: fiber.CookieSameSiteLaxMode,
		})
	}
}

// SaveAccountPreferences stores what the next sign-in needs: the account's language, and that this browser is
// the person's.
func (k *Kit) SaveAccountPreferences(c *fiber.Ctx, actor access.Principal) {
	if k.Cookie(c, languageCookie) != actor.Language {
		k.SetLanguage(c, actor.Language)
	}
	if !k.Keys.DeviceMatches(k.Cookie(c, deviceCookie), actor.Email) {
		k.SetCookie(c, deviceCookie, k.Keys.DeviceToken(actor.Email), preferenceMaxAge)
	}
}

// Language returns the visitor's language: chosen now, chosen before, or the first that the browser asks for. Readers of
// languages that are not offered get English.
func (k *Kit) Language(c *fiber.Ctx) string {
	for _, lang := range []string{c.Query("lang"), k.Cookie(c, languageCookie)} {
		if isOffered(lang) {
			return lang
		}
	}
	foreign := false
	for part := range strings.SplitSeq(c.Get(fiber.HeaderAcceptLanguage), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		if lang, ok := i18n.Offered(tag); ok {
			return lang
		}
		foreign = foreign || tag != "" && tag != "*"
	}
	if foreign {
		return i18n.Foreign
	}
	return i18n.Default
}

func isOffered(lang string) bool { return slices.Contains(i18n.Languages(), lang) }
