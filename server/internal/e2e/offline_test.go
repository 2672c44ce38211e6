package e2e_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"bompass/server/internal/e2e"
	"bompass/server/internal/proves"
)

// ready waits until every page opens without a network.
func ready(page *e2e.Page) {
	page.Wait("the worker to have taken over", `navigator.serviceWorker.controller && window.bompassWorker`)
}

// kept waits until so many answers are kept.
func kept(page *e2e.Page, n int) {
	page.Wait("answers to be kept", fmt.Sprintf(`(bompassStore.count().then((n) => { window.keptNow = n; }), window.keptNow >= %d)`, n))
}

// ownDevice says that this is the person's own device, and waits until something is kept.
func ownDevice(page *e2e.Page, product *e2e.Product) {
	page.Go(product.URL() + "/device")
	page.Press("#own")
	page.Wait("something to be kept", `/[1-9]\d* svar/.test(document.body.innerText)`)
}

// The server is really stopped: the program still opens at every address, shows what it has kept on the
// person's own device, and says why it cannot show the rest.
func TestWithoutTheServerAPersonSeesWhatTheyHaveSeen(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.See("DP 45821")
	ready(page)
	ownDevice(page, product)
	page.Go(product.URL() + "/passages")
	page.Wait("rows", `document.querySelectorAll('button[id^="passage-"]').length > 3`)
	kept(page, 3)
	product.Kill(t)

	page.Go(product.URL() + "/")
	page.See("Kari Lund")
	page.See("DP 45821")
	page.See("sist oppdatert kl.")
	proves.That(t, "O.03")
	page.Shot("offline-overview")
	page.Go(product.URL() + "/passages")
	page.Wait("the rows seen before", `document.querySelectorAll('button[id^="passage-"]').length > 3`)
	page.Press(`button[id^="passage-"]`)
	page.See("Listepris")
	page.Go(product.URL() + "/passages?from=2026-01-01&to=2026-01-15")
	page.See("ikke lagret på enheten")
	page.Shot("offline-unvisited")
	page.Go(product.URL() + "/login")
	page.See("Denne siden må hentes fra Bompass")

	product.Up(t)
	page.Go(product.URL() + "/")
	page.See("DP 45821")
	page.Wait("the banner to go", `!document.body.innerText.includes("sist oppdatert")`)
}

// A device that nobody has called their own keeps nothing, and says so.
func TestADeviceThatIsNobodysKeepsNothing(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Phone)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.See("DP 45821")
	ready(page)
	product.Kill(t)
	page.Go(product.URL() + "/")
	page.See("denne enheten tar ikke vare på det du ser")
	if found := page.Promised("everything on the device", everythingKept); strings.Contains(found, "45821") || strings.Contains(found, "Kari Lund") {
		t.Errorf("something of the person is on the device: %s", found)
	}
	product.Up(t)
}

// everythingKept is all that a page can find on the device: storage, caches and databases, with what is
// sealed as far as it can be read.
const everythingKept = `(async () => {
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

// markers are texts of what the page shows that name the person, their things and their days.
const markers = `JSON.stringify([...new Set(document.querySelector("main").innerText.concat("\n", document.querySelector("header").innerText)
	.split(/[\n\t·]/).map((text) => text.trim()).filter((text) => /\d{3}|^[A-ZÆØÅ][a-zæøå]+ [A-ZÆØÅ]|kr/.test(text) && text.length > 5))].slice(0, 40))`

// After logging out nothing of what the person has seen is left: not on the page, in storage, in caches,
// in databases or one step back in the history.
func TestAfterLoggingOutNothingIsLeft(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "nils@fjordfrakt.example"))
	page.See("Fjordfrakt AS")
	ready(page)
	ownDevice(page, product)
	page.Go(product.URL() + "/passages")
	page.Wait("rows", `document.querySelectorAll('button[id^="passage-"]').length > 3`)
	var words []string
	if err := json.Unmarshal([]byte(page.Text(markers)), &words); err != nil {
		t.Fatal(err)
	}
	if len(words) < 40 {
		t.Fatalf("only %d markers to look for: %q", len(words), words)
	}
	page.Press("#who")
	page.Press("#logout")
	page.Wait("the sign-in page", `location.pathname === "/login"`)
	look := func(where string) {
		t.Helper()
		found := page.Promised("everything on the device", everythingKept)
		for _, word := range words {
			if strings.Contains(found, word) {
				t.Errorf("%s: %q is left", where, word)
			}
		}
		if !strings.Contains(found, "own:0") || !strings.Contains(found, "key:0") {
			t.Errorf("%s: the sealed answers or their key are left", where)
		}
	}
	look("after logging out")
	page.Text("history.back()")
	page.Wait("a step back to lead to signing in", `location.pathname === "/login"`)
	look("one step back")
}

// Leaving works without the server, too: the device forgets at once, and the session is ended when the
// server is back.
func TestLeavingWithoutTheServerForgetsAtOnce(t *testing.T) {
	product := e2e.Start(t, program)
	page := e2e.Open(t, e2e.Desktop)
	signIn(t, page, product, account(t, "kari@bompass.example"))
	page.See("DP 45821")
	ready(page)
	ownDevice(page, product)
	product.Kill(t)
	page.Press("#who")
	page.Press("#logout")
	page.See("Det som var lagret på enheten, er slettet")
	if found := page.Promised("everything on the device", everythingKept); strings.Contains(found, "Kari Lund") || !strings.Contains(found, "own:0") {
		t.Errorf("left on the device: %s", found)
	}
	product.Up(t)
	page.Go(product.URL() + "/")
	page.Wait("the session to be ended after all", `location.pathname === "/login"`)
}
