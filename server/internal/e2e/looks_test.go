package e2e_test

import (
	"fmt"
	"testing"

	"bompass/server/internal/e2e"
)

// Every page fits every screen, in both schemes: nothing sticks out to the side, and there is one
// heading of the first level. With BOMPASS_SHOTS set to a folder, pictures are kept to be looked at.
func TestEveryPageFitsEveryScreen(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	screens := map[string]e2e.View{
		"390-light": e2e.Phone, "390-dark": e2e.Phone.InDark(),
		"1280-light": e2e.Desktop, "1280-dark": e2e.Desktop.InDark(),
	}
	look := func(name string) {
		t.Helper()
		for screen, view := range screens {
			page.Look(view)
			page.Wait(name+" to fit "+screen, `document.documentElement.scrollWidth <= window.innerWidth`)
			if n := page.Text(`document.querySelectorAll("h1").length`); n != "1" {
				t.Errorf("%s has %s headings of the first level", name, n)
			}
			page.Shot(fmt.Sprintf("%s-%s", name, screen))
		}
	}
	page.Go(product.URL() + "/login")
	look("login")
	signIn(t, page, product, account(t, "nils@fjordfrakt.example"))
	page.See("Fjordfrakt AS")
	page.Wait("the fleet", `document.body.innerText.includes("VJ")`)
	look("overview-company")
	page.Go(product.URL() + "/passages")
	page.Wait("rows", `document.querySelectorAll('button[id^="passage-"]').length > 3`)
	page.Press(`button[id^="passage-"]`)
	page.See("Listepris")
	look("passages")
	page.Go(product.URL() + "/passages?from=2026-01-01&to=2026-03-15")
	page.See("Velg inntil 30 dager")
	look("refused")
	page.Go(product.URL() + "/check")
	page.Wait("a verdict", `document.querySelector("#verdict")`)
	look("check")
	page.Go(product.URL() + "/prices?stops=oslo-104@07:30,oslo-301@07:42&day=2026-11-16&back=15:50")
	page.Press("#trip-1")
	page.See("Brikkerabatt")
	look("prices")
	for _, own := range []string{"profile", "sessions", "device", "security"} {
		page.Go(product.URL() + "/" + own)
		page.Wait("the page "+own, `document.querySelector("h1") && document.querySelector("main").innerText.length > 80`)
		look(own)
		page.Wait("boxes of "+own+" as wide as high", `[...document.querySelectorAll("main input[type=checkbox]")].every(b => b.offsetWidth >= 16 && Math.abs(b.offsetWidth - b.offsetHeight) < 4)`)
	}
	page.Go(product.URL() + "/nowhere")
	page.See("Vi finner ikke siden")
	look("missing")
}
