package e2e_test

import (
	"strings"
	"testing"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
)

// A person of a company comes with their own eID, chooses the company,
// sees in the header who they are and whom they represent, and leaves here and at the issuer.
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
	page.WaitText("VJ 40110")
	proves.That(t, "S2.03", "S2.10", "S2.11", "S2.23", "S2.24")
	page.Screenshot("eid-company")
	page.Press("#who")
	page.WaitText("Bytt hvem du representerer")
	page.Press("#logout")
	page.WaitText("Du er logget ut.")
	proves.That(t, "S3.13")
	page.Press(`main a[href^="/login/eid/no"]`)
	page.WaitText("ID-porten (simulated)") // asked again: the issuer's session is over, too
	for _, said := range page.Console() {
		stranger := strings.Contains(said, "401") && strings.HasSuffix(said, "/api/v1/me") // how the program learns that nobody is signed in
		if !strings.HasPrefix(said, "info:") && !stranger {
			t.Errorf("the console says %q", said)
		}
	}
}

// The same without scripts, up to the program, on a small screen and with a Swedish eID.
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
