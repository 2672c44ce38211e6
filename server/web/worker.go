package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"bompass/app/page"
	"bompass/shared/api"
	"bompass/shared/i18n"
	"bompass/shared/site"
)

// framePath is the program's empty frame, the same for everyone. The worker keeps it and answers every
// page of the program with it, so that pages open without a network.
const framePath = "/frame"

// workerScript is the template of the service worker.
//
//go:embed page/worker.js
var workerScript string

// noWorkerScript replaces a worker by nothing.
//
//go:embed page/no-worker.js
var noWorkerScript string

// mountWorker answers with the worker and with the frame that it keeps. While the program is being
// worked on the worker removes itself, or a build would only be seen at the second reload.
func (s *server) mountWorker(library *app.Handler) {
	frame := s.correct(s.ask(library, page.EmptyFrame).body.Bytes(), i18n.For(i18n.Default), firstPaint{scheme: schemeAuto})
	script := noWorkerScript
	if !s.Unkept {
		script = s.worker(frame, s.ask(library, "/app.js").body.Bytes())
	}
	s.app.Get("/app-worker.js", fixed("text/javascript; charset=utf-8", script))
	s.app.Get(framePath, func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		c.Set(fiber.HeaderCacheControl, "no-store") // but by the worker, which keeps one for each version
		return c.Send(frame)
	})
}

// worker writes the service worker. Its version is that of everything it keeps.
func (s *server) worker(frame, starter []byte) string {
	files := []string{"/app.js", "/app.css", loaderPath, manifestPath}
	for _, name := range []string{programFile, sheetFile, companionFile, iconFile, fontFile} {
		if s.Assets.Has(name) {
			files = append(files, s.Assets.Address(name))
		}
	}
	sum := sha256.New()
	for _, part := range []string{s.Assets.Version(), workerScript, inOrder(bytes.ReplaceAll(frame, []byte(s.origin.host), nil)), string(starter)} {
		_, _ = sum.Write([]byte(part)) // a hash takes everything
	}
	return strings.NewReplacer(
		"{{.Version}}", hex.EncodeToString(sum.Sum(nil)[:8]), "{{.Files}}", list(files), "{{.Pages}}", list(site.Pages()),
		"{{.Frame}}", framePath, "{{.Tariffs}}", api.TariffBook.Path,
	).Replace(workerScript)
}

// list writes texts as a script reads them.
func list(texts []string) string {
	written, _ := json.Marshal(texts) // a text always has a form
	return string(written)
}

// inOrder is a page's words in order: the library writes attributes in any.
func inOrder(frame []byte) string {
	words := strings.FieldsFunc(string(frame), func(r rune) bool { return strings.ContainsRune(" <>\n", r) })
	slices.Sort(words)
	return strings.Join(words, " ")
}
