package e2e_test

import (
	"strings"
	"testing"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
)

// A person signs in with an eID and chooses a company. The header shows the person and the company. Signing out
// ends the session here and at the issuer.
func TestPersonSignsInWithEIDForCompany(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	page.Go(product.URL() + "/")
	page.WaitText("Logg inn med ID-porten")
	page.Screenshot("eid-login")
	page.Press(`main a[href^="/login/eid/no"]`)
	page.WaitText("ID-porten (simulated)")
	proves.That(t, "S2.08")
	page.Press(`input[value="nils"]`)
	page.Press(`button[type="submit"]`)
	page.WaitText("Velg hvem du vil representere")
	page.WaitText("Nordlys Transport AS")
	page.Screenshot("eid-parties")
	page.Press(`button[aria-label$="Fjordfrakt AS"]`)
	page.WaitText("Nils Berg · Fjordfrakt AS")
	page.WaitText("VJ 40")
	proves.That(t, "S2.03", "S2.10", "S2.11", "S2.23", "S2.24")
	page.Screenshot("eid-company")
	page.Press("#who")
	page.WaitText("Alle du kan representere")
	page.Press("#logout")
	page.WaitText("Du er logget ut.")
	proves.That(t, "S3.13")
	page.Press(`main a[href^="/login/eid/no"]`)
	page.WaitText("ID-porten (simulated)") // a new authentication: the issuer's session has ended, too
	for _, said := range page.Console() {
		// how the program finds out that there is no session, also by a request that was under way when it ended
		expected := strings.Contains(said, "401") && (strings.HasSuffix(said, "/api/v1/me") || strings.HasSuffix(said, "/api/v1/overview") || strings.HasSuffix(said, "/api/v1/events"))
		// the page was left before its icon had been loaded
		expected = expected || strings.Contains(said, "Error while trying to use the following icon")
		if !strings.HasPrefix(said, "info:") && !expected {
			t.Errorf("the console has %q", said)
		}
	}
}

// The sign-in pages with a Swedish eID work without scripts, on a small screen.
func TestSwedishEIDWorksWithoutScripts(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	page.WithoutScripts()
	page.Go(product.URL() + "/login?lang=sv&way=se")
	page.WaitText("annan telefon eller surfplatta")
	proves.That(t, "S3.04", "S3.05")
	page.Screenshot("eid-sweden")
	page.Press(`main a[href^="/login/eid/se"]`)
	page.WaitText("Mobilt BankID (simulated)")
	page.Press(`button[type="submit"]`)
	page.Wait("the portal", `location.pathname === "/"`)
}
