package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bompass/server/internal/e2e"
)

// A printed list has the period, every passage with its amount and the open explanation, and no controls.
func TestPassagesArePrinted(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop.InDark())
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("DP 45821")
	page.Go(product.URL() + "/passages")
	page.Wait("rows", `document.querySelectorAll('button[id^="passage-"]').length > 3`)
	page.Press(`button[id^="passage-"]`)
	page.WaitText("Listepris")
	pdf := page.Print()
	if dir := os.Getenv("BOMPASS_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "passages.pdf"), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.Join(strings.Fields(strings.ReplaceAll(e2e.PDFText(pdf), "\u00a0", " ")), " ")
	dense := strings.ReplaceAll(text, " ", "") // the PDF has spaces within words
	for _, want := range []string{
		"Passeringer fra", "Sum for perioden", "DP 45821", "Fjellinjen", "Listepris", "Du betaler", "kr",
	} {
		if !strings.Contains(dense, strings.ReplaceAll(want, " ", "")) {
			t.Errorf("the printed page lacks %q:\n%s", want, text)
		}
	}
	for _, not := range []string{
		"Oversikt", "Hovedmeny", "Vis passeringer", "Denne måneden", "Logg ut", "English", "Hjelp: ring",
		"Mørkt",
	} {
		if strings.Contains(dense, strings.ReplaceAll(not, " ", "")) {
			t.Errorf("the printed page has the control %q", not)
		}
	}
	page.SetView(e2e.View{Width: 794, Height: 1123})
	page.EmulatePrint()
	page.Screenshot("paper-passages")
}
