package e2e_test

import (
	"testing"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
)

// manifestProblems is a script that returns what is wrong with the manifest of the page: its start address must open,
// and each icon must have the size that the manifest states.
const manifestProblems = `(async () => {
	const wrong = [], link = document.querySelector("link[rel=manifest]");
	const manifest = await (await fetch(link.href, {credentials: "include"})).json();
	if (!manifest.name || manifest.display !== "standalone") wrong.push("name or display");
	const start = await fetch(new URL(manifest.start_url, link.href));
	if (!start.ok) wrong.push("start address: " + start.status);
	for (const [size, purpose] of [["192x192", "any"], ["512x512", "any"], ["192x192", "maskable"], ["512x512", "maskable"]]) {
		const icon = manifest.icons.find((i) => i.sizes === size && i.purpose === purpose);
		if (!icon) { wrong.push("no icon " + size + " " + purpose); continue; }
		const picture = new Image();
		picture.src = icon.src;
		await picture.decode();
		if (picture.naturalWidth + "x" + picture.naturalHeight !== size) wrong.push(icon.src + " is not " + size);
	}
	return wrong.join("; ");
})()`

// The browser finds nothing that keeps the portal from being installed on a telephone or a computer, and the page of
// the device says how it is done on each system.
func TestPortalCanBeInstalled(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	signIn(t, page, product, account(t, "olav@bompass.example"))
	page.WaitText("SV 61733")
	waitForServiceWorker(page)
	if problems := page.InstallProblems(); len(problems) > 0 {
		t.Errorf("the browser does not install the portal: %v", problems)
	}
	if wrong := page.Await("the manifest", manifestProblems); wrong != "" {
		t.Errorf("the manifest: %s", wrong)
	}
	proves.That(t, "O.04", "S4.59")

	page.Go(product.URL() + "/device")
	for _, text := range []string{
		"Android", "«Legg til på startsiden»", "iPhone og iPad", "«Legg til på Hjem-skjerm»", "Windows og Mac",
		"På Windows åpner du Bompass i Edge eller Chrome",
	} {
		page.WaitText(text)
	}
	proves.That(t, "S4.60–S4.62")
}
