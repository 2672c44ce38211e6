package e2e_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
)

// waitForServiceWorker waits until every page can be opened without a network.
func waitForServiceWorker(page *e2e.Page) {
	page.Wait("the service worker to be in control", `navigator.serviceWorker.controller && window.bompassWorker`)
}

// waitForStoredAnswers waits until a number of answers is stored.
func waitForStoredAnswers(page *e2e.Page, n int) {
	page.Wait("answers to be stored",
		fmt.Sprintf(`(bompassStore.count().then((n) => { window.keptNow = n; }), window.keptNow >= %d)`, n))
}

// markDeviceAsOwn marks the device as the person's own and waits until an answer is stored.
func markDeviceAsOwn(page *e2e.Page, product *e2e.Product) {
	page.Go(product.URL() + "/device")
	page.Press("#own")
	page.Wait("an answer to be stored", `/[1-9]\d* sider? er lagret/.test(document.body.innerText)`)
}

// While the server is down, the program opens at every address, shows the answers stored on the person's own
// device, and says why it cannot show others.
func TestOfflinePagesShowLastAnswers(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("DP 45821")
	waitForServiceWorker(page)
	markDeviceAsOwn(page, product)
	page.Go(product.URL() + "/passages")
	page.Wait("rows", `document.querySelectorAll('button[id^="passage-"]').length > 3`)
	waitForStoredAnswers(page, 3)
	product.Kill(t)

	page.Go(product.URL() + "/")
	page.WaitText("Kari Lund")
	page.WaitText("DP 45821")
	page.WaitText("sist oppdatert kl.")
	proves.That(t, "O.03")
	page.Screenshot("offline-overview")
	page.Go(product.URL() + "/passages")
	page.Wait("the rows seen before", `document.querySelectorAll('button[id^="passage-"]').length > 3`)
	page.Press(`button[id^="passage-"]`)
	page.WaitText("Listepris")
	page.Go(product.URL() + "/passages?from=2026-01-01&to=2026-01-15")
	page.WaitText("ikke lagret på enheten")
	page.Screenshot("offline-unvisited")
	page.Go(product.URL() + "/login")
	page.WaitText("Denne siden må hentes fra Bompass")

	product.Launch(t)
	page.Go(product.URL() + "/")
	page.WaitText("DP 45821")
	page.Wait("the banner to go", `!document.body.innerText.includes("sist oppdatert")`)
}

// A device that is not marked as the person's own stores nothing, and says so.
func TestSharedDeviceStoresNothing(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("DP 45821")
	waitForServiceWorker(page)
	product.Kill(t)
	page.Go(product.URL() + "/")
	page.WaitText("denne enheten tar ikke vare på det du ser")
	if found := page.Await("everything on the device", storedOnDevice); strings.Contains(found, "45821") ||
		strings.Contains(found, "Kari Lund") {
		t.Errorf("data of the person is stored: %s", found)
	}
	product.Launch(t)
}

// storedOnDevice is a script that returns everything stored on the device: storage, caches and databases.
const storedOnDevice = `(async () => {
	const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, document.documentElement.outerHTML, location.href, JSON.stringify(history.state)];
	for (const name of await caches.keys()) {
		const cache = await caches.open(name);
		for (const request of await cache.keys()) {
			if (request.url.endsWith("/api/v1/tariffs")) continue; // the published prices name stations to everyone
			const kind = (await cache.match(request)).headers.get("Content-Type") || "";
			found.push(request.url, /wasm|font|javascript|css/.test(kind) ? "" : await (await cache.match(request)).text());
		}
	}
	for (const { name } of await indexedDB.databases()) {
		const db = await new Promise((kept, broken) => { const r = indexedDB.open(name); r.onsuccess = () => kept(r.result); r.onerror = broken; });
		for (const store of db.objectStoreNames) {
			const all = await new Promise((kept) => { const r = db.transaction(store).objectStore(store).getAll(); r.onsuccess = () => kept(r.result); });
			if (store !== "public") found.push(store + ":" + all.length, ...all.map((one) => one && one.text || ""));
		}
		db.close();
	}
	return found.join("\n");
})()`

// personalTexts is a script that returns texts on the page that identify the person, their vehicles and their passages.
const personalTexts = `JSON.stringify([...new Set(document.querySelector("main").innerText.concat("\n", document.querySelector("header").innerText)
	.split(/[\n\t·]/).map((text) => text.trim()).filter((text) => /\d{3}|^[A-ZÆØÅ][a-zæøå]+ [A-ZÆØÅ]|kr/.test(text) && text.length > 5))].slice(0, 40))`

// After signing out nothing that the person has seen is left: not on the page, in storage, in caches, in databases
// or one step back in the history.
func TestSignOutDeletesStoredAnswers(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "nils@fjordfrakt.example"))
	page.WaitText("Fjordfrakt AS")
	waitForServiceWorker(page)
	markDeviceAsOwn(page, product)
	page.Go(product.URL() + "/passages")
	page.Wait("rows", `document.querySelectorAll('button[id^="passage-"]').length > 3`)
	page.Wait("more rows", `(scrollTo(0, 1e6), document.querySelectorAll('button[id^="passage-"]').length > 30)`)
	var words []string
	if err := json.Unmarshal([]byte(page.Eval(personalTexts)), &words); err != nil {
		t.Fatal(err)
	}
	if len(words) < 40 {
		t.Fatalf("only %d markers to look for: %q", len(words), words)
	}
	page.Press("#who")
	page.Press("#logout")
	page.Wait("the sign-in page", `location.pathname === "/login"`)
	check := func(where string) {
		t.Helper()
		found := page.Await("everything on the device", storedOnDevice)
		for _, word := range words {
			// Public pages have amounts, too: 200,00 kr is not 0,00 kr.
			if regexp.MustCompile(`(?:^|[^0-9])` + regexp.QuoteMeta(word)).MatchString(found) {
				t.Errorf("%s: %q is still stored", where, word)
			}
		}
		if !strings.Contains(found, "own:0") || !strings.Contains(found, "key:0") {
			t.Errorf("%s: the encrypted answers or their key are still stored", where)
		}
	}
	check("after logging out")
	page.Eval("history.back()")
	page.Wait("a step back to lead to signing in", `location.pathname === "/login"`)
	check("one step back")
}

// Signing out works without the server: the device deletes its data at once, and the session is ended when the
// server is back.
func TestOfflineSignOutDeletesAnswersAtOnce(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.WaitText("DP 45821")
	waitForServiceWorker(page)
	markDeviceAsOwn(page, product)
	product.Kill(t)
	page.Press("#who")
	page.Press("#logout")
	page.WaitText("Det som var lagret på enheten, er slettet")
	if found := page.Await("everything on the device", storedOnDevice); strings.Contains(found, "Kari Lund") ||
		!strings.Contains(found, "own:0") {
		t.Errorf("left on the device: %s", found)
	}
	product.Launch(t)
	page.Go(product.URL() + "/")
	page.Wait("the session to be ended after all", `location.pathname === "/login"`)
}
