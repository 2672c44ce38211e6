package shell

import (
	_ "embed"

	"github.com/gofiber/fiber/v2"

	"bompass/server/web/asset"
	"bompass/server/web/kit"
)

// Addresses that browsers and robots request by themselves. The program's library would fetch some of them from
// whatever host a request names, so they are answered before it.
const (
	loaderPath   = "/wasm_exec.js"
	manifestPath = "/manifest.webmanifest"
	oldPath      = "/old.js"
	cacheForever = "public, max-age=31536000, immutable"
)

// loaderSheet undoes the library's full-screen loader, which would hide the page's first paint.
const loaderSheet = ".goapp-app-info{position:static}\n"

// oldScript tells people whose browser is too old for the companion script that it is.
//
//go:embed page/old.js
var oldScript string

// MountFiles adds the files that the build has made and those that browsers and robots request by themselves.
func (h *Handlers) MountFiles(app *fiber.App) {
	app.Get("/web/*", h.file)
	app.Get(loaderPath, h.loader)
	app.Get(oldPath, kit.Static("text/javascript; charset=utf-8", oldScript))
	app.Get("/app.css", kit.Static("text/css; charset=utf-8", loaderSheet))
	app.Get(manifestPath, h.manifest)
	app.Get("/manifest.json", h.manifest)
	app.Get("/robots.txt",
		kit.Static(fiber.MIMETextPlainCharsetUTF8, "User-agent: *\nAllow: /login$\nAllow: /prices$\nDisallow: /\n"))
	app.Get("/sitemap.xml", h.NotFound)
	app.Get("/ads.txt", h.NotFound)
	app.Get("/favicon.ico", func(c *fiber.Ctx) error {
		return c.Redirect(h.Assets.Address(asset.Icon), fiber.StatusFound)
	})
}

// file serves what the build has made. Names hold the content's hash, so browsers may keep the files for ever.
func (h *Handlers) file(c *fiber.Ctx) error {
	f, ok := h.Assets.Find(c.Params("*"))
	if !ok {
		return h.NotFound(c)
	}
	return f.Send(c, cacheForever)
}

// loader serves the toolchain's own loader at the address that the program's page names. The copy in the
// library is older than the compiler.
func (h *Handlers) loader(c *fiber.Ctx) error {
	return h.Assets.Named(asset.Loader).Send(c, "no-cache")
}
