package shell

import (
	"html"
	"regexp"

	"github.com/gofiber/fiber/v2"

	"bompass/server/web/asset"
	"bompass/server/web/kit"
)

// workbenchPath shows the components in all their states.
const workbenchPath = "/_ui"

// bareStates are ARIA states that the library writes without their value; in the browser the program sets it.
var bareStates = regexp.MustCompile(`( aria-[a-z]+)([ >])`)

// mountWorkbench adds the page that shows all components. It has no scripts, so that it shows their first paint.
func (h *Handlers) mountWorkbench(app *fiber.App) {
	app.Get(workbenchPath, func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.SendString(`<!DOCTYPE html><html lang="en" data-color-scheme="` + kit.ColorScheme(c) +
			`"><head><meta charset="utf-8">` +
			`<meta name="viewport" content="width=device-width, initial-scale=1"><title>Workbench – Bompass</title>` +
			`<link rel="icon" href="` + html.EscapeString(h.Assets.Address(asset.Icon)) + `">` +
			`<link rel="stylesheet" href="` + html.EscapeString(h.Assets.Address(asset.Sheet)) +
			`"></head><body class="bp-app-bench">` +
			bareStates.ReplaceAllString(workbenchHTML(), `$1="true"$2`) + `</body></html>`)
	})
}
