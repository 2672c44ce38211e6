package e2e_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"bompass/server/internal/e2e"
)

const updateOffer = `document.querySelector("#update")`

// waitForNewVersion makes the browser check for a new version and waits until it is installed and waiting.
func waitForNewVersion(page *e2e.Page) {
	page.Eval(`(bompassWorker.update(), 1)`)
	page.Wait("the new version to wait", `bompassWorker.waiting`)
}

// A new version that is published while a form is being filled in is not offered before the form is sent or left.
// No input is lost, and accepting the offer loads the new version.
func TestNewVersionIsNotOfferedWithinForm(t *testing.T) {
	newer, err := e2e.BuildNextVersion(t.TempDir(), "next")
	if err != nil {
		t.Fatal(err)
	}
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "nils@fjordfrakt.example"))
	page.WaitText("Fjordfrakt AS")
	waitForServiceWorker(page)
	page.Go(product.URL() + "/profile")
	page.Replace("#street", "Bryggegata 9")

	product.Publish(t, newer)
	waitForNewVersion(page)
	page.Replace("#city", "Oslo")
	page.Press("#consent-sms") // renders the page again
	page.Wait("the box to be ticked", `document.querySelector("#consent-sms").checked`)
	if page.Eval("!!"+updateOffer) != "false" {
		t.Error("the new version is offered while a form is being filled in")
	}
	page.Fill("#email", "nils.berg@fjordfrakt.example")
	page.Press(`form:has(#street) button[type=submit]`)
	page.WaitText("Endringene er lagret")
	if page.Eval("!!"+updateOffer) != "false" {
		t.Error("the new version is offered while a new email address is being given")
	}
	page.Press(`form:has(#email) button[type=submit]`)
	page.WaitText("Vi har sendt en lenke")
	page.Wait("the offer once all forms were sent", updateOffer)

	leave := func(to, condition string) {
		page.Press(to)
		page.Wait("the next page with the offer", condition+" && "+updateOffer)
	}
	begin := func(what, selector, keys string) {
		page.Press(selector)
		page.Type(keys)
		page.Wait("no offer once "+what+" is begun", "!"+updateOffer)
	}
	leave(`.bp-nav > ul > li > a[href="/prices"]`, `document.querySelector("#station")`)
	begin("a search for a station", "#station", "mar")
	leave(`nav a[href^="/passages"]`, `document.querySelector("#from")`)
	begin("a period", "#from", kb.ArrowUp)
	leave(`main a[href^="/check"]`, `document.querySelector("#month")`)
	page.Eval(`(document.querySelector("#month").selectedIndex = 1, document.querySelector("#month").dispatchEvent(new Event("input", {bubbles: true})), document.querySelector("#month").dispatchEvent(new Event("change", {bubbles: true})), 1)`)
	page.Wait("no offer once a bill is chosen", "!"+updateOffer)
	page.Press("#who")
	leave(`#who-menu a[href="/people"]`, `document.querySelector("#email")`)
	begin("an invitation", "#email", "p")
	page.Press("#who")
	leave(`#who-menu a[href="/profile"]`, `document.querySelector("#erase")`)
	page.Press("#erase")
	page.Wait("no offer while something is asked", `document.querySelector("dialog[open]") && !`+updateOffer)
	page.Type(kb.Escape)
	page.Wait("the offer again", updateOffer)

	page.Press("#update-do")
	page.Wait("the new version",
		`getComputedStyle(document.documentElement).getPropertyValue("--edition").trim() === "next"`)
	page.Press("#who")
	page.Press(`#who-menu a[href="/profile"]`)
	page.Wait("the saved input", `document.querySelector("#street")?.value === "Bryggegata 9" && document.querySelector("#city").value === "Oslo" && document.querySelector("#consent-sms").checked`)
}
