package e2e_test

import (
	"testing"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
)

// next is the button that goes on with a change.
const next = "main form button[type=submit]"

// opens waits until a page of the program is shown: the button of its form is there.
func opens(page *e2e.Page, path string) {
	page.Wait("the page "+path, `location.pathname === "`+path+`" && document.querySelector("`+next+`")`)
}

// photograph takes pictures of a page on a telephone and on a desk, light and dark.
func photograph(page *e2e.Page, name string) {
	for _, view := range []e2e.View{e2e.Phone, e2e.Desktop, e2e.Phone.InDark(), e2e.Desktop.InDark()} {
		page.SetView(view)
		page.WaitAnimations()
		page.Screenshot(name + "-" + view.String())
	}
	page.SetView(e2e.Desktop)
}

// A person finds the vehicles and tags in the menu, removes a vehicle and keeps its tag, which is listed as on no vehicle
// and can be put on another car later.
func TestVehicleIsRemovedAndItsTagKept(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.Wait("the overview", `document.querySelector("#agreement-7001001") && !document.querySelector("script[data-answer]")`)
	if page.Eval(`document.querySelector("nav a[href='/vehicles']").getBoundingClientRect().left < 300`) != "true" {
		t.Error("the menu is not on the left")
	}
	page.Press("nav a[href='/vehicles']")
	page.Wait("the vehicles", `document.querySelector("h1").textContent === "Kjøretøy og brikker"`)
	page.WaitText("DP 45821")
	page.WaitText("EK 31204")
	proves.That(t, "S1.40", "S2.57")
	for _, path := range []string{"/vehicles/add", "/tags/move", "/vehicles/remove"} {
		page.Wait("the link to "+path, `document.querySelector("main a[href='`+path+`']")`)
	}
	page.Wait("the link to the file", `document.querySelector("#export-xlsx[download]") && document.querySelector("#export-csv[download]")`)
	proves.That(t, "S2.62")
	photograph(page, "vehicles-private")

	page.Press("main a[href='/vehicles/remove']")
	opens(page, "/vehicles/remove")
	if got := page.Eval(`document.querySelector("#line").options.length`); got != "3" {
		t.Errorf("the choice has %s entries, want two vehicles", got)
	}
	page.Eval(`(() => { const s = document.querySelector("#line"); s.selectedIndex = [...s.options].findIndex((o) => o.text.includes("DP")); s.dispatchEvent(new Event("change", {bubbles: true})); return 1; })()`)
	page.WaitText("Skal brikken brukes igjen?")
	proves.That(t, "S1.42", "S1.43")
	page.Press("#reason-sold")
	page.Press("#fate-hold")
	page.Wait("both endings", `document.querySelector("#fate-hold") && document.querySelector("#fate-settle")`)
	page.Press(next)
	page.WaitText("Registrer det nye nummeret før du kjører med den.")
	page.Press(next)
	page.Wait("the receipt", `location.pathname === "/vehicles/changed"`)
	page.WaitText("Du kan bruke den i et annet kjøretøy senere. Registrer det nye nummeret før du kjører med den.")
	proves.That(t, "S1.45", "S2.71")
	page.WaitText("Til kjøperen")
	page.WaitText("Registrer eierskiftet, og lag en egen avtale for å få rabatt.")
	page.Wait("a text to copy and share", `document.querySelector("#copy") && document.querySelector("#share") && document.querySelector("#print")`)
	photograph(page, "sold")

	page.Go(product.URL() + "/vehicles")
	page.WaitText("Brikker som ikke er i noe kjøretøy")
	page.Press("section[aria-labelledby=loose] a")
	page.WaitText("Registrer et kjøretøy på den før du bruker den.")
	photograph(page, "tag")
	page.Press("main a[href^='/tags/move']")
	opens(page, "/tags/move")
	page.Fill("#plate", "RK 20877")
	page.Press(next)
	page.WaitText("TOYOTA PRIUS")
	page.Press(next)
	page.Wait("the receipt", `location.pathname === "/vehicles/changed"`)
	page.Go(product.URL() + "/vehicles")
	page.WaitText("RK 20877")
	page.Wait("no tag without a vehicle", `document.querySelector("[aria-labelledby=export]") && !document.querySelector("[aria-labelledby=loose]")`)
	proves.That(t, "S1.44")
}

// A vehicle is added to an agreement that exists, after its details are shown, and the last one ends the agreement when it
// is removed. The agreement has a button that changes the number where that is possible, and a hint.
func TestVehicleIsAddedAndAgreementEnded(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "olav@bompass.example"))
	page.Wait("the overview", `document.querySelector("#agreement-7004001") && !document.querySelector("script[data-answer]")`)
	page.Go(product.URL() + "/vehicles/add")
	opens(page, "/vehicles/add")
	if page.Eval(`document.querySelector("#country").compareDocumentPosition(document.querySelector("#plate")) & Node.DOCUMENT_POSITION_FOLLOWING`) == "0" {
		t.Error("the country is not asked before the number")
	}
	page.Fill("#plate", "RK 20877")
	page.WaitText("Ny avtale, med egen faktura")
	page.WaitText("på samme faktura")
	page.Press("#agreement-7004001")
	page.Press(next)
	page.WaitText("TOYOTA PRIUS")
	proves.That(t, "S2.63", "S2.64")
	page.Press("#order-no")
	page.Wait("the price with a tag and without", `/koste[rt] \S+ kr med brikke og \S+ kr uten/.test(document.querySelector("main").innerText.replaceAll("\u00a0", " "))`)
	photograph(page, "vehicle-add-price")
	page.Press("#general")
	page.Press("#special")
	page.Press(next)
	page.Wait("the receipt", `location.pathname === "/vehicles/changed"`)

	page.Go(product.URL() + "/agreements/details?number=7004001")
	page.WaitText("Har du byttet kjøretøy? Trykk Endre på raden til det gamle nummeret.")
	page.Wait("a button for the vehicle with a tag", `document.querySelector("#change-NOSV61733")`)
	if page.Eval(`!!document.querySelector("#change-NORK20877")`) == "true" {
		t.Error("a vehicle without a tag has the button, too")
	}
	photograph(page, "agreement")
	page.Press("#change-NOSV61733")
	opens(page, "/tags/move")
	page.WaitText("Hva skal skje med SV 61733?")
	proves.That(t, "S4.34", "S4.36", "S4.42")

	for _, plate := range []string{"RK", "SV"} {
		page.Go(product.URL() + "/vehicles/remove")
		opens(page, "/vehicles/remove")
		page.Eval(`(() => { const s = document.querySelector("#line"); s.selectedIndex = [...s.options].findIndex((o) => o.text.includes("` + plate + `")); s.dispatchEvent(new Event("change", {bubbles: true})); return 1; })()`)
		page.Press("#reason-scrapped")
		if plate == "SV" {
			page.Press("#fate-settle")
			page.Press("#end")
		}
		page.Press(next)
		page.WaitText("Dette skjer")
		page.Press(next)
		page.Wait("the receipt", `location.pathname === "/vehicles/changed"`)
	}
	page.WaitText("Lever den som elektrisk avfall.")
	page.WaitText("Avtale 7004001 er avsluttet.")
	proves.That(t, "S1.41", "S1.47")
}

// A person orders another holder from the page of a vehicle, and corrects the address.
func TestHolderIsOrderedInTheBrowser(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.Wait("the overview", `document.querySelector("#agreement-7001001") && !document.querySelector("script[data-answer]")`)
	page.Go(product.URL() + "/vehicles/details?vehicle=" + vehicle("DP45821"))
	page.Wait("the vehicle", `document.querySelector("#changes")`)
	page.Press(`main a[href^="/tags/orders"]`)
	page.Wait("the form, with the vehicle chosen", `document.querySelector("#car") && document.querySelector("#car").selectedOptions[0].text.includes("DP 45821")`)
	page.Eval(`(document.querySelector("#item").value = "holder", 1)`)
	page.Press("#order")
	page.WaitText("Bestillingen er mottatt.")
	page.WaitText("Holder til DP 45821")
	photograph(page, "tag-orders")
	page.Eval(`(document.querySelector("main article input[name=address]").value = "Hytta 1, 2630 Ringebu", 1)`)
	page.Press(`main article button`)
	page.WaitText("Adressen er rettet.")
	page.Wait("the new address", `document.querySelector("main article input[name=address]").value === "Hytta 1, 2630 Ringebu"`)
	page.Go(product.URL() + "/agreements/address")
	page.Wait("the agreements", `document.querySelector("#agreements")`)
	photograph(page, "agreement-address")
}

// A company selects the vehicles that a search shows, by keyboard, and gives them a cost centre, whose sum is shown.
func TestCompanySelectsManyVehicles(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "nils@fjordfrakt.example"))
	page.WaitText("Fjordfrakt AS")
	page.Go(product.URL() + "/vehicles")
	page.Wait("the boxes", `document.querySelector("#pick-all") && document.querySelectorAll("main input.bp-pick").length === 25`)
	page.Replace("#vehicles-search", "VJ4011\t")
	page.Wait("what the search found", `document.querySelectorAll("main input.bp-pick").length < 25`)
	page.Eval(`document.querySelector("#pick-all").focus()`)
	page.Type(" ")
	page.Wait("the form", `document.querySelector("#action-centre") && document.querySelectorAll("main input.bp-pick:checked").length > 1`)
	n := page.Eval(`document.querySelectorAll("main input.bp-pick:checked").length`)
	page.Press("#action-centre")
	page.Fill("#label", "Avdeling nord")
	page.Press("[aria-labelledby=bulk] button[type=submit]")
	page.WaitText(n + " kjøretøy er endret.")
	page.WaitText("Kostnad per kostnadssted")
	page.Wait("the sum", `[...document.querySelectorAll("[aria-labelledby=centres] tbody tr")].some((r) => r.innerText.includes("Avdeling nord") && r.innerText.includes("`+n+`"))`)
	if page.Eval(`document.querySelector("[aria-labelledby=bulk]").offsetParent === null`) != "true" {
		t.Error("the form is shown while nothing is selected")
	}
	photograph(page, "vehicles-company")
	page.Replace("#vehicles-search", "avdeling nord\t")
	page.Wait("those of the cost centre", `document.querySelectorAll("main input.bp-pick").length === `+n)
}

// A company imports a file in the browser: it sees what the file changes, confirms it, and the changes are made in the
// background. They can be undone.
func TestFileOfVehiclesIsImported(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "nils@fjordfrakt.example"))
	page.WaitText("Fjordfrakt AS")
	page.Go(product.URL() + "/vehicles/import")
	page.Wait("the form", `document.querySelector("#file")`)
	photograph(page, "import-form")
	page.Eval(`(() => { const d = new DataTransfer();
		d.items.add(new File(["Registreringsnummer;Kostnadssted\nVJ40110;Verksted\nVJ40117;Verksted\n??;Feil\n"], "bilene.csv", {type: "text/csv"}));
		document.querySelector("#file").files = d.files; return 1; })()`)
	page.Press("main form[enctype] button[type=submit]")
	page.WaitText("Filen har 3 rader. 2 rader endrer noe. 1 rad har feil.")
	photograph(page, "import-tried")
	page.Press("#confirm")
	page.Wait("the state after the confirmation", `!document.querySelector("#confirm")`)
	page.Await("the changes", `(async () => { for (;;) { const t = await (await fetch(location.href)).text(); if (t.includes('id="undo"')) return 1; await new Promise((r) => setTimeout(r, 200)); } })()`)
	page.Eval(`(location.reload(), 1)`)
	page.WaitText("2 kjøretøy er endret.")
	photograph(page, "import-done")
	page.Press("#undo")
	page.Wait("the state after the undoing", `!document.querySelector("#undo")`)
	page.Await("the undoing", `(async () => { for (;;) { const t = await (await fetch(location.href)).text(); if (t.includes("2 kjøretøy er satt tilbake")) return 1; await new Promise((r) => setTimeout(r, 200)); } })()`)
}
