package web

import (
	"html"
	"regexp"

	"github.com/gofiber/fiber/v2"
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/workbench"
)

// workbenchPath shows the components in all their states.
const workbenchPath = "/_ui"

// truths are states that the library writes without their value when it writes HTML; the browser's half
// sets it.
var truths = regexp.MustCompile(`( aria-[a-z]+)([ >])`)

// mountWorkbench answers only while the product is being developed; otherwise there is no such page.
func (s *server) mountWorkbench() {
	if !s.Development {
		return
	}
	s.app.Get(workbenchPath, func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.SendString(`<!DOCTYPE html><html lang="en" data-color-scheme="` + scheme(c) + `"><head><meta charset="utf-8">` +
			`<meta name="viewport" content="width=device-width, initial-scale=1"><title>Workbench – Bompass</title>` +
			`<link rel="icon" href="` + html.EscapeString(s.Assets.Address(iconFile)) + `">` +
			`<link rel="stylesheet" href="` + html.EscapeString(s.Assets.Address(sheetFile)) + `"></head><body class="bp-app-bench">` +
			truths.ReplaceAllString(app.HTMLString(workbench.Page()), `$1="true"$2`) + `</body></html>`)
	})
}
