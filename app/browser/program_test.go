//go:build !js

package browser_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
)

// The program is loaded and compiled in a worker; where workers are blocked, in the page. Pages of signing in only load it.
func TestProgramIsCompiledBesideThePage(t *testing.T) {
	script, err := os.ReadFile("program.js")
	if err != nil {
		t.Fatal(err)
	}
	const start = `<script src="/program.js" data-program="/app.wasm" data-compile defer></script><script src="/start.js" defer></script>`
	for _, c := range []struct{ name, page, workers, got, inPage string }{
		{"in a worker", start, "'self'", "[object WebAssembly.Instance]", "0"},
		{"in the page", start, "'none'", "[object WebAssembly.Instance]", "1"},
		{"only loaded", strings.Replace(start, " data-compile", "", 1), "'self'", "undefined", "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var loads atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src "+c.workers)
				kind, body := "text/html", "<!doctype html><title>t</title>"+c.page
				switch r.URL.Path {
				case "/program.js":
					kind, body = "text/javascript", string(script)
				case "/start.js":
					kind, body = "text/javascript", `if ("compile" in document.querySelector("[data-program]").dataset) bompassInstantiate({}).then((p) => { window.program = p.instance; });`
				case "/app.wasm":
					loads.Add(1)
					kind, body = "application/wasm", "\x00asm\x01\x00\x00\x00"
				}
				w.Header().Set("Content-Type", kind)
				_, _ = w.Write([]byte(body))
			}))
			t.Cleanup(server.Close)
			ctx := openBrowser(t, server.URL)
			waitFor(t, ctx, `String(window.program)`, c.got)
			for loads.Load() == 0 {
				if err := ctx.Err(); err != nil {
					t.Fatal("the program was not loaded")
				}
				if err := chromedp.Do(ctx, chromedp.WaitReady("html")); err != nil {
					t.Fatal(err)
				}
			}
			waitFor(t, ctx, `String(performance.getEntriesByType("resource").filter((r) => r.name.endsWith(".wasm")).length)`, c.inPage)
		})
	}
}

// The program makes an element with its attributes and properties in one call, and pieces of HTML that are its own each.
func TestElementIsMadeInOneCall(t *testing.T) {
	script, err := os.ReadFile("program.js")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, body := "text/html", `<!doctype html><title>t</title><script src="/program.js" data-program="/app.wasm" defer></script>`
		if r.URL.Path == "/program.js" {
			kind, body = "text/javascript", string(script)
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	ctx := openBrowser(t, server.URL)
	for _, at := range []struct{ expression, want string }{
		{`bompassElement("button\0\0id\0pay\0.className\0a b\0?disabled\0true\0?hidden\0false\0aria-label\0Betal\nnå").outerHTML`, "<button id=\"pay\" class=\"a b\" disabled=\"\" aria-label=\"Betal\nnå\"></button>"},
		{`bompassElement("input\0\0.value\0<7>").value`, "<7>"},
		{`bompassElement("circle\0http://www.w3.org/2000/svg\0r\0" + 4).namespaceURI`, "http://www.w3.org/2000/svg"},
		{`bompassElement("td\0").attributes.length + ""`, "0"},
		{`bompassRaw("<p>a<b>c</b></p>").outerHTML`, "<p>a<b>c</b></p>"},
		{`String(bompassRaw("<i></i>") === bompassRaw("<i></i>"))`, "false"},
		{`String(bompassRaw(""))`, "null"},
	} {
		waitFor(t, ctx, `window.bompassElement ? `+at.expression+` : ""`, at.want)
	}
}
