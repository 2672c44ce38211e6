package e2e_test

import (
	"testing"

	"bompass/server/internal/e2e"
)

// A page whose question has failed asks again when its button is pressed, and shows the answer, though the button is gone
// by then.
func TestFailedPageIsAskedForAgain(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("DP 45821")
	page.Wait("the program", `!document.querySelector("script[data-answer]")`)
	page.Eval(`(window.kept = window.fetch, window.fetch = (path, options) => /api.v1.passages/.test(path) ? Promise.reject(new TypeError("away")) : window.kept(path, options), 1)`)
	page.Press(`.bp-nav a[href="/passages"]`)
	page.WaitText("Prøv igjen")
	page.Wait("no passages", `!document.querySelector('button[id^="passage-"]')`)
	page.Eval(`(window.fetch = (path, options) => new Promise((done) => setTimeout(() => done(window.kept(path, options)), 300)), 1)`)
	page.Eval(`([...document.querySelectorAll("main button")].find((b) => b.innerText.includes("Prøv igjen")).click(), 1)`)
	page.Wait("the passages", `document.querySelector('button[id^="passage-"]')`)
}
