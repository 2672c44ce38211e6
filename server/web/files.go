package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Addresses that browsers and robots ask for by themselves. The program's library would fetch some of
// them from whatever host a request names, so they are answered before it.
const (
	loaderPath   = "/wasm_exec.js"
	manifestPath = "/manifest.webmanifest"
	forever      = "public, max-age=31536000, immutable"
)

// loaderSheet undoes the library's full-screen loader, which would hide the page's first paint.
const loaderSheet = ".goapp-app-info{position:static}\n"

func (s *server) mountFiles() {
	s.app.Get("/web/*", s.file)
	s.app.Get(loaderPath, s.loader)
	s.app.Get("/app.css", fixed("text/css; charset=utf-8", loaderSheet))
	s.app.Get(manifestPath, s.manifest)
	s.app.Get("/manifest.json", s.manifest)
	s.app.Get("/robots.txt", fixed(fiber.MIMETextPlainCharsetUTF8, "User-agent: *\nAllow: /login$\nAllow: /prices$\nDisallow: /\n"))
	s.app.Get("/sitemap.xml", s.notFound)
	s.app.Get("/ads.txt", s.notFound)
	s.app.Get("/favicon.ico", func(c *fiber.Ctx) error {
		return c.Redirect(s.Assets.Address(iconFile), fiber.StatusFound)
	})
}

func fixed(kind, text string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, kind)
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return c.SendString(text)
	}
}

// file serves what the build made. Names hold the content's hash, so browsers may keep them for ever.
func (s *server) file(c *fiber.Ctx) error {
	f, ok := s.Assets.files[c.Params("*")]
	if !ok {
		return s.notFound(c)
	}
	return f.send(c, forever)
}

// loader serves the toolchain's own loader at the address that the program's page names. The copy
// inside the library is older than the compiler.
func (s *server) loader(c *fiber.Ctx) error {
	return s.Assets.files[s.Assets.names[loaderFile]].send(c, "no-cache")
}

// send picks the smallest form that the client takes.
func (f assetFile) send(c *fiber.Ctx, cache string) error {
	body, encoding := f.raw, ""
	switch accepted := c.Get(fiber.HeaderAcceptEncoding); {
	case f.br != nil && accepts(accepted, "br"):
		body, encoding = f.br, "br"
	case f.gz != nil && accepts(accepted, "gzip"):
		body, encoding = f.gz, "gzip"
	}
	tag := `"` + f.tag + `"`
	if encoding != "" {
		tag = `"` + f.tag + "-" + encoding + `"`
		c.Set(fiber.HeaderContentEncoding, encoding)
	}
	c.Vary(fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderCacheControl, cache)
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderContentType, f.kind)
	if sameTag(c.Get(fiber.HeaderIfNoneMatch), tag) {
		c.Response().Header.Del(fiber.HeaderContentEncoding)
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Response().SetBodyRaw(body)
	return nil
}

// accepts reads Accept-Encoding: a coding counts unless its weight is 0.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		value, err := strconv.ParseFloat(q, 64)
		return !found || err == nil && value > 0
	}
	return false
}

func sameTag(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(part), "W/") == tag {
			return true
		}
	}
	return false
}
