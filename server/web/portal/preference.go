package portal

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"bompass/server/access"
	"bompass/server/web/kit"
	"bompass/shared/i18n"
)

// savePreferences stores the language or the color scheme that a person has chosen at the end of a rendered page, and
// returns to that page.
func (h *Handlers) savePreferences(c *fiber.Ctx, actor access.Principal, _ *kit.Page) error {
	if lang := c.FormValue("lang"); slices.Contains(i18n.Languages(), lang) {
		if err := h.Access.SetLanguage(c.UserContext(), actor, lang); err != nil {
			return err
		}
		h.SetLanguage(c, lang)
	}
	h.SetColorScheme(c, c.FormValue("theme"))
	return c.Redirect(kit.SafeReturn(c.FormValue("back")), fiber.StatusSeeOther)
}
