package e2e_test

import (
	"testing"

	"bompass/server/internal/e2e"
)

// At 400 % zoom a window of 1280 by 900 has 320 by 225 CSS pixels (WCAG 1.4.10). Nothing needs scrolling in two directions, and
// the bars that otherwise stay on the screen scroll away, so that the content has it.
func TestBarsGiveWayToContentAtFourHundredPercent(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("DP 45821")
	page.SetView(e2e.View{Width: 320, Height: 225})
	for path, ready := range map[string]string{
		"/": `document.querySelector("#agreements")`, "/passages": `document.querySelector('button[id^="passage-"]')`,
		"/vehicles": `document.querySelector("main table, main .bp-table")`, "/security": `document.querySelector("main h1")`, "/help": `document.querySelector("main h1")`,
	} {
		page.Go(product.URL() + path)
		page.Wait(path, ready)
		page.Wait(path+" to fit", `document.documentElement.scrollWidth <= innerWidth`)
		page.Eval(`(scrollTo(0, 700), 1)`)
		page.Wait(path+" to have the window for its content", `[...document.querySelectorAll("body *")].filter((e) => {
			const style = getComputedStyle(e), box = e.getBoundingClientRect();
			return (style.position === "fixed" || style.position === "sticky") && style.display !== "none" && style.visibility !== "hidden" &&
				box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && !e.closest("[popover]:not(:popover-open), dialog:not([open])");
		}).reduce((sum, e) => sum + e.getBoundingClientRect().height, 0) < innerHeight / 4`)
	}
}
