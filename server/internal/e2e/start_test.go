package e2e_test

import (
	"testing"

	"bompass/server/internal/e2e"
)

// A browser in which the program cannot start says why, and how to go on. Nothing waits for ever.
func TestPageSaysWhyTheProgramCannotStart(t *testing.T) {
	product := e2e.Start(t, program)
	for name, c := range map[string]struct {
		prepare func(*e2e.Page)
		says    string
	}{
		"WebAssembly is switched off": {func(p *e2e.Page) { p.Before("delete window.WebAssembly") }, "WebAssembly er slått av i nettleseren"},
		"a script is blocked":         {func(p *e2e.Page) { p.Block("/wasm_exec.js") }, "Noe i nettleseren stopper siden"},
		"the download fails": {func(p *e2e.Page) {
			p.Before("delete window.Worker")
			p.Block("/web/app.*")
		}, "Siden ble ikke lastet helt ned"},
		"the download does not end": {func(p *e2e.Page) {
			// The 45 seconds of the page are over at once, and the program never comes.
			p.Before(`delete window.Worker;
				const [load, wait] = [window.fetch, window.setTimeout];
				window.fetch = (what, ...more) => String(what.url || what).includes("/web/app.") ? new Promise(() => {}) : load(what, ...more);
				window.setTimeout = (what, after, ...more) => wait(what, after === 45000 ? 100 : after, ...more);`)
		}, "Nettet er tregt"},
	} {
		t.Run(name, func(t *testing.T) {
			page := e2e.Open(t, e2e.Phone)
			c.prepare(page)
			page.Go(product.URL() + "/prices")
			page.WaitText(c.says)
			page.Wait("a way on", `document.querySelector('#alarm a[href="/help"]') && document.querySelector("#alarm button")`)
			page.Screenshot("start-" + c.says[:5])
		})
	}
}

// Pages that everybody may open work in a browser that forbids storage.
func TestPublicPagesWorkWithoutStorage(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	page.Before(`for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) Object.defineProperty(window, name, { configurable: true, get() { throw new DOMException("denied", "SecurityError"); } });
		Object.defineProperty(Navigator.prototype, "serviceWorker", { configurable: true, get() { return undefined; } });`)
	page.Go(product.URL() + "/prices")
	page.Wait("the program", `document.querySelector("#station")`)
	page.Go(product.URL() + "/help")
	page.WaitText("Ofte stilte spørsmål")
	page.Go(product.URL() + "/message")
	page.WaitText("Er meldingen fra oss?")
}
