package e2e_test

import (
	"testing"

	"bompass/server/internal/e2e"
	"bompass/shared/fixture"
	"bompass/shared/toll"
)

// rowsShown lists the passages on the page.
const rowsShown = `[...document.querySelectorAll('button[id^="passage-"]')].map((b) => b.id).join()`

// kariPlate returns the plate of Kari's petrol car.
func kariPlate(t *testing.T) toll.Plate {
	t.Helper()
	for _, v := range fixture.Vehicles() {
		if v.ID == fixture.KariPetrol {
			return v.Plate
		}
	}
	t.Fatal("Kari has no petrol car")
	return toll.Plate{}
}

// Browsers open six connections to a server. Many tabs share one stream of events, so that each still gets answers, and
// each shows a new passage, also when the tab that has the stream is closed.
func TestManyTabsShareOneStream(t *testing.T) {
	product := e2e.Start(t, program)
	first := e2e.Open(t, e2e.Desktop)
	signIn(t, first, product, account(t, "kari@bompass.example"))
	first.WaitText("DP 45821")
	tabs := []*e2e.Page{}
	for range 8 {
		tab := first.NewTab()
		tab.Go(product.URL() + "/")
		tab.WaitText("DP 45821")
		tabs = append(tabs, tab)
	}
	if got := tabs[7].Await("an answer", `fetch("/api/v1/me").then((r) => r.status)`); got != "200" {
		t.Fatalf("the last tab got %s", got)
	}
	before := tabs[7].Eval(rowsShown)
	sendPassage(t, product, kariPlate(t), 1)
	for _, tab := range tabs {
		tab.Wait("the passage", rowsShown+" !== '"+before+"'")
	}
	first.Go("about:blank") // it has the stream; another tab opens it
	before = tabs[7].Eval(rowsShown)
	tabs[7].Wait("the stream again", "!document.querySelector('.bp-banner p')")
	sendPassage(t, product, kariPlate(t), 2)
	for _, tab := range tabs {
		tab.Wait("the passage after the tab was closed", rowsShown+" !== '"+before+"'")
	}
}

// A page asks for what is new while something between browser and server holds the stream back.
func TestPageAsksWhileStreamIsBlocked(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	page.Block("/api/v1/events")
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("DP 45821")
	before := page.Eval(rowsShown)
	sendPassage(t, product, kariPlate(t), 1)
	page.Wait("the passage", rowsShown+" !== '"+before+"'")
}

// Two tabs share a session. When another person signs in, the first tab shows nothing of the person before any more, and
// nothing of theirs under the old name, also without a stream.
func TestTabStartsAnewForAnotherPerson(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	page.Block("/api/v1/events")
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("DP 45821")
	page.Wait("the program", "window.bompassWorker")
	other := page.NewTab()
	other.ClearCookies()
	signIn(t, other, product, account(t, "olav@bompass.example"))
	other.WaitText("Olav Haugen")
	if page.Eval("location.pathname") == "/" { // unless it has asked in between, and is on the sign-in page
		page.Eval(`(document.querySelector('.bp-nav a[href="/passages"]').click(), 0)`) // the tab is in the background
		page.WaitText("Olav Haugen")
	}
	page.Wait("nothing of Kari", `!document.body.innerText.includes("Kari Lund") && !document.body.innerText.includes("DP 45821")`)
}

// A browser that translates the page has put other elements in the place of its texts. A live update shows the same as a
// page that is loaded again.
func TestTranslatedPageIsUpdated(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("DP 45821")
	page.Wait("the program", "window.bompassWorker")
	page.Eval(`((() => {
		const texts = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		while (walk.nextNode()) if (walk.currentNode.data.trim() && !walk.currentNode.parentNode.closest("script")) texts.push(walk.currentNode);
		texts.forEach((text, i) => {
			const outer = document.createElement("font"), inner = document.createElement("font");
			outer.append(inner);
			if (i % 2) { inner.textContent = text.data; text.parentNode.replaceChild(outer, text); }
			else { text.parentNode.insertBefore(outer, text); inner.append(text); }
		});
	})(), 0)`)
	before := page.Eval(rowsShown)
	sendPassage(t, product, kariPlate(t), 1)
	page.Wait("the passage", rowsShown+" !== '"+before+"'")
	page.Settle()
	const shown = `document.querySelector("main .bp-page").innerText.replace(/\s+/g, " ")`
	live := page.Eval(shown)
	page.Go(product.URL() + "/")
	page.WaitText("DP 45821")
	page.Settle()
	if again := page.Eval(shown); again != live {
		t.Errorf("after a live update the translated page shows\n%s\nand loaded again\n%s", live, again)
	}
}
