package shell

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"bompass/shared/site"

	"github.com/gofiber/fiber/v2"

	"bompass/app/page"
	"bompass/server/web/asset"
	"bompass/server/web/kit"
	"bompass/shared/api"
	"bompass/shared/i18n"
)

// framePath is the program's empty frame, the same for everyone. The service worker stores it and answers every
// page of the program with it, so that pages open without a network.
const framePath = "/frame"

// workerScript is the template of the service worker.
//
//go:embed page/worker.js
var workerScript string

// noWorkerScript is a service worker that removes itself.
//
//go:embed page/no-worker.js
var noWorkerScript string

// mountServiceWorker adds the service worker and the frame that it stores. While the program is being worked on
// the worker removes itself, or a build would only be seen at the second reload.
func (h *Handlers) mountServiceWorker(app *fiber.App) {
	frame := h.correct(h.library.get(page.EmptyFrame).body.Bytes(), i18n.For(i18n.Default),
		firstPaint{scheme: kit.SchemeAuto})
	script := noWorkerScript
	if !h.Unkept {
		script = h.serviceWorker(frame, h.library.get("/app.js").body.Bytes())
	}
	app.Get("/app-worker.js", kit.Static("text/javascript; charset=utf-8", script))
	app.Get(framePath, func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		c.Set(fiber.HeaderCacheControl, "no-store") // except by the worker, which stores one for each version
		return c.Send(frame)
	})
}

// serviceWorker returns the script of the service worker. Its version changes with everything that it stores.
func (h *Handlers) serviceWorker(frame, starter []byte) string {
	files := []string{"/app.js", "/app.css", loaderPath, manifestPath}
	for _, name := range []string{asset.Program, asset.Sheet, asset.Companion, asset.Starter, asset.Icon, asset.Font} {
		if h.Assets.Has(name) {
			files = append(files, h.Assets.Address(name))
		}
	}
	sum := sha256.New()
	for _, part := range []string{
		h.Assets.Version(), workerScript, sortedWords(bytes.ReplaceAll(frame, []byte(h.Origin.Host), nil)),
		string(starter), h.Offline.Version,
	} {
		_, _ = sum.Write([]byte(part)) // a hash accepts everything
	}
	return strings.NewReplacer(
		"{{.Version}}", hex.EncodeToString(sum.Sum(nil)[:8]), "{{.Files}}", jsList(files), "{{.Pages}}",
		jsList(site.Pages()),
		"{{.Guides}}", jsList(h.Offline.Paths), "{{.Languages}}", jsList(i18n.Languages()),
		"{{.Frame}}", framePath, "{{.Tariffs}}", api.TariffBook.Path,
	).Replace(workerScript)
}

// jsList formats texts as an array of a script.
func jsList(texts []string) string {
	list, _ := json.Marshal(texts) // texts can always be encoded
	return string(list)
}

// sortedWords returns the words of a page, sorted: go-app writes attributes in random order, which must not change the
// version.
func sortedWords(frame []byte) string {
	words := strings.FieldsFunc(string(frame), func(r rune) bool { return strings.ContainsRune(" <>\n", r) })
	slices.Sort(words)
	return strings.Join(words, " ")
}
