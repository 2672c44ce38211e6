package e2e_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
)

// S4.14, S4.19, S4.23: a new email address is not confirmed at first. "My details" says so beside a field, and the code
// that is sent to the address, typed into the field, takes it into use.
func TestNewEmailAddressIsConfirmedByCode(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("DP 45821")
	page.Go(product.URL() + "/profile")
	page.Fill("#email", "kari.lund@bompass.example")
	page.Press(`form:has(#email) button[type=submit]`)
	const pending = "Den nye e-postadressen kari.lund@bompass.example er ikke bekreftet ennå."
	page.WaitText(pending)
	page.WaitText("Vi har sendt en lenke og en kode til den nye adressen.")
	for _, view := range []e2e.View{e2e.Phone, e2e.Desktop} {
		page.SetView(view)
		page.Screenshot("profile-pending-" + view.String())
	}
	page.Fill("#code-email", inMailbox(t, product, `\n([0-9]{6})\n`))
	page.Type(kb.Enter)
	page.Wait("the address to be in use",
		`!document.querySelector("#code-email") && document.querySelector("main").innerText.includes("kari.lund@bompass.example")`)
	page.Screenshot("profile-confirmed")
	proves.That(t, "S4.14", "S4.19", "S4.23")
}
