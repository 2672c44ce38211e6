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
	page.See("Logg inn med ID-porten")
	page.Shot("eid-login")
	page.Press(`main a[href^="/login/eid/no"]`)
	page.See("ID-porten (simulated)")
	proves.That(t, "S2.08")
	page.Press(`input[value="nils"]`)
	page.Press(`button[type="submit"]`)
	page.See("Velg hvem du vil representere")
	page.See("Nordlys Transport AS")
	page.Shot("eid-parties")
	page.Press(`button[aria-label$="Fjordfrakt AS"]`)
	page.See("Nils Berg · Fjordfrakt AS")
	page.See("VJ 40110")
	proves.That(t, "S2.03", "S2.10", "S2.11", "S2.23", "S2.24")
	page.Shot("eid-company")
	page.Press("#who")
	page.See("Bytt hvem du representerer")
	page.Press("#logout")
	page.See("Du er logget ut.")
	proves.That(t, "S3.13")
	page.Press(`main a[href^="/login/eid/no"]`)
	page.See("ID-porten (simulated)") // asked again: the issuer's session is over, too
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
	page.See("annan telefon eller surfplatta")
	proves.That(t, "S3.04", "S3.05")
	page.Shot("eid-sweden")
	page.Press(`main a[href^="/login/eid/se"]`)
	page.See("Mobilt BankID (simulated)")
	page.Press(`button[type="submit"]`)
	page.Wait("the portal", `location.pathname === "/"`)
}
