package e2e_test

import (
	"strings"
	"testing"

	"bompass/server/internal/e2e"
	"bompass/shared/site"
)

// guidePages are the pages of the guide to tags.
func guidePages() []string {
	return []string{site.TagHelp, site.TagMounting, site.TagRemoval, site.TagReturn}
}

// Whoever has once opened the program can read the guide to tags without a network, in every language, with its
// drawings, and as a visitor reads it: nothing of the person is stored.
func TestTagGuideOpensWithoutNetwork(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("DP 45821")
	waitForServiceWorker(page)
	product.Kill(t)
	for _, path := range guidePages() {
		page.Go(product.URL() + path)
		page.Wait("the page in Norwegian with its drawings", `document.documentElement.lang === "nb" && document.querySelectorAll("main section.bp-guide").length > 2`)
		if text := page.Await("the text", `Promise.resolve(document.body.innerText)`); strings.Contains(text, "Kari") || strings.Contains(text, "Fjellinjen") {
			t.Errorf("%s has something of the person: %s", path, text)
		}
	}
	page.Press(`a[hreflang="de"]`)
	page.WaitText("So geben Sie den Chip zurück")
	page.Press(`a[href="` + site.TagRemoval + `"]`)
	page.WaitText("Niemals Metall benutzen")
	page.Press(`main a[href="` + site.Help + `"]`)
	page.WaitText("Häufige Fragen")
	product.Launch(t)
}

// Printed, a page of the guide has its text and none of the controls.
func TestTagGuideIsPrinted(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop.InDark())
	page.Go(product.URL() + site.TagRemoval + "?lang=nb")
	page.WaitText("Bruk aldri metall")
	dense := strings.Join(strings.Fields(strings.ReplaceAll(e2e.PDFText(page.Print()), "\u00a0", " ")), "")
	for _, want := range []string{"Slik fjerner du det gamle festet", "Bruk aldri skrutrekker", "Vent i 5–10 minutter"} {
		if !strings.Contains(dense, strings.ReplaceAll(want, " ", "")) {
			t.Errorf("the printed page lacks %q:\n%s", want, dense)
		}
	}
	for _, not := range []string{"Mer om brikken", "English", "Mørkt", "Logg inn"} {
		if strings.Contains(dense, strings.ReplaceAll(not, " ", "")) {
			t.Errorf("the printed page has the control %q", not)
		}
	}
}
