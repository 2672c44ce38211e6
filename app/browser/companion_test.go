//go:build !js

package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"bompass/shared/site"
)

// The page imitates the program: a window.onclick that handles every link, as go-app's does, and a Go class
// whose run ends when the test calls window.end.
const companionPage = `<!doctype html><html lang="nb" data-alarm="Siden svarer ikke" data-reload="Last inn" data-help="Hjelp" data-wasm="wasm er av" data-blocked="skript er stoppet" data-old="for gammel" data-download="ikke lastet ned"><title>t</title>
<script defer src="/fake.js"></script><script defer src="/companion.js"></script>
<a id="page" href="/passages">p</a>
<a id="tel" href="tel:+4722000000">t</a>
<a id="mail" href="mailto:a@bompass.example">m</a>
<a id="login" href="/login">l</a>
<a id="file" href="/api/v1/export">f</a>
<a id="download" href="/passages" download>d</a>
<a id="target" href="/passages" target="_blank">b</a>
<a id="away" href="https://bompass.example/">a</a>
<a id="skip" href="#main">s</a>
<main id="main">m</main><img id="app-wasm-loader-icon" class="goapp-logo goapp-spin" alt=""><p id="app-wasm-loader-label"></p>`

const companionFake = `window.taken = [];
window.onclick = function (e) { const a = e.target.closest("a"); if (a) { taken.push(a.id); e.preventDefault(); } };
document.addEventListener("click", function (e) { if (e.target.id !== "page" && e.target.id !== "skip") e.preventDefault(); }, true);
window.Go = window.bompassInstantiate = window.goappInitWebAssembly = function () {};
window.Go.prototype.run = function () { return new Promise(function (ended) { window.end = ended; }); };`

func TestOnlyLinksToPagesReachTheProgram(t *testing.T) {
	ctx := companion(t)
	cases := []struct{ name, script, want string }{
		{"a page of the program", click("page", ""), "page"},
		{"a telephone number, which would freeze the program", click("tel", ""), ""},
		{"mail", click("mail", ""), ""},
		{"a page that the server renders", click("login", ""), ""},
		{"a file of the server", click("file", ""), ""},
		{"a download", click("download", ""), ""},
		{"a new window", click("target", ""), ""},
		{"another site", click("away", ""), ""},
		{"control held", click("page", "ctrlKey:true"), ""},
		{"shift held", click("page", "shiftKey:true"), ""},
		{"the skip link moves focus", click("skip", "") + "+document.activeElement.id", "main"},
		{"the skip link leaves the address", click("skip", "") + "+location.hash", ""},
	}
	for _, c := range cases {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](c.script))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// The script has the addresses of the pages that the server renders as a regular expression.
func TestServerPagesAreLeftToTheBrowser(t *testing.T) {
	script, err := os.ReadFile("companion.js")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`const rendered = /(.+)/;`).FindSubmatch(script)
	if found == nil {
		t.Fatal("the script has no such expression")
	}
	rendered := regexp.MustCompile(strings.ReplaceAll(string(found[1]), `\/`, "/"))
	for _, path := range site.Rendered() {
		if !rendered.MatchString(path) {
			t.Errorf("%s is taken for a page of the program", path)
		}
	}
	for _, path := range site.Pages() {
		if rendered.MatchString(path) {
			t.Errorf("%s is taken for a page that the server renders", path)
		}
	}
}

func TestStoppedProgramIsReported(t *testing.T) {
	ctx := companion(t)
	for _, s := range []struct{ script, want string }{
		{`new Go().run(); String(document.querySelectorAll("#alarm").length)`, "0"},
		{`typeof window.end`, "function"}, // the page has been painted, the program runs
		{`window.end(); "ended"`, "ended"},
		{`(document.querySelector("#alarm[role=alert]") || document.createElement("i")).textContent`, "Siden svarer ikkeLast inn"},
	} {
		waitFor(t, ctx, s.script, s.want)
	}
}

func TestProgramThatCannotBeLoadedIsReported(t *testing.T) {
	ctx := companion(t)
	waitFor(t, ctx, `String(document.querySelectorAll("#alarm").length)`, "0")
	waitFor(t, ctx, `document.getElementById("app-wasm-loader-icon").className = "goapp-logo"`, "goapp-logo")
	waitFor(t, ctx, alarmText, "ikke lastet nedLast innHjelp")
}

// alarmText is a script that returns what the page says when the program cannot run.
const alarmText = `(document.querySelector("#alarm[role=alert]") || document.createElement("i")).textContent`

// The page names the cause for which the program cannot start, and a way on.
func TestCauseForWhichTheProgramCannotStartIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ fake, then, want string }{
		"WebAssembly is switched off": {"delete window.WebAssembly;" + companionFake, "", "wasm er avLast innHjelp"},
		"a script is blocked":         {strings.Replace(companionFake, "window.bompassInstantiate = ", "", 1), "", "skript er stoppetLast innHjelp"},
		"the browser cannot compile the program": {
			companionFake, `document.getElementById("app-wasm-loader-label").textContent = "CompileError: x"; document.getElementById("app-wasm-loader-icon").className = "goapp-logo"`,
			"for gammelLast innHjelp",
		},
	} {
		ctx := openCompanion(t, companionPage, c.fake)
		if c.then != "" {
			waitFor(t, ctx, c.then, "goapp-logo")
		}
		waitFor(t, ctx, alarmText, c.want)
		t.Log(name)
	}
	old, err := os.ReadFile("../../server/web/shell/page/old.js")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.Replace(companionPage, `<script defer src="/companion.js">`, `<script>`, 1)
	waitFor(t, openCompanion(t, page, string(old)), alarmText, "for gammelHjelp")
}

// A browser that forbids storage throws when a script reaches for it. The program finds storage that lasts as long as the
// page.
func TestForbiddenStorageIsReplaced(t *testing.T) {
	forbid := `for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { configurable: true, get() { throw new Error("denied"); } });`
	ctx := openCompanion(t, companionPage, forbid+companionFake)
	waitFor(t, ctx, `localStorage.setItem("a", 1); sessionStorage.setItem("b", 2); localStorage.removeItem("b");
		[localStorage.getItem("a"), localStorage.getItem("b"), localStorage.length, Object.keys(sessionStorage), localStorage.getItem("key")].join()`, "1,,1,b,")
}

// waitFor waits until a script returns a value.
func waitFor(t *testing.T, ctx context.Context, script, want string) {
	t.Helper()
	for {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
		if err == nil && got == want {
			return
		}
		if ctx.Err() != nil || err != nil {
			t.Fatalf("%s: got %q (%v), want %q", script, got, err, want)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// The overview's answers are requested while the program is being loaded, and each is used once.
func TestFirstAnswersAreRequestedEarly(t *testing.T) {
	ctx := companion(t)
	for _, s := range []struct{ script, want string }{
		{`String(bompassEarly("/api/v1/me") instanceof Promise)`, "true"},
		{`String(bompassEarly("/api/v1/me"))`, "undefined"},
		{`String(typeof bompassEarly("/api/v1/overview").then)`, "function"},
		{`String(bompassEarly("/api/v1/tariffs"))`, "undefined"},
	} {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](s.script))
		if err != nil || got != s.want {
			t.Errorf("%s: got %q (%v), want %q", s.script, got, err, s.want)
		}
	}
}

// click returns a script that clicks a link and returns the ids of the links that the program handled.
func click(id, with string) string {
	return fmt.Sprintf(`(taken.length=0, document.getElementById(%q).dispatchEvent(
		new MouseEvent("click", {bubbles:true, cancelable:true, %s})), taken.join())`, id, with)
}

// companion opens the page in a new browser.
func companion(t *testing.T) context.Context {
	t.Helper()
	return openCompanion(t, companionPage, companionFake)
}

// openCompanion opens a page with the script and one that imitates the program.
func openCompanion(t *testing.T, page, fake string) context.Context {
	t.Helper()
	script, err := os.ReadFile("companion.js")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, kind := page, "text/html; charset=utf-8"
		if strings.HasSuffix(r.URL.Path, ".js") {
			body, kind = fake, "text/javascript"
		}
		if r.URL.Path == "/companion.js" {
			body = string(script)
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'")
		_, _ = fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return openBrowser(t, server.URL)
}

// openBrowser opens an address in a new browser.
func openBrowser(t *testing.T, address string) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU)
	browser, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	tab, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	if err := chromedp.Do(tab, chromedp.Navigate(address)); err != nil {
		t.Fatalf("open the page in Chromium: %v", err)
	}
	limited, stop := context.WithTimeout(tab, 30*time.Second)
	t.Cleanup(stop)
	return limited
}

// Browsers that translate a page replace its texts or wrap them. What the program writes later must be seen, once.
func TestTextsOfATranslatedPageCanBeChanged(t *testing.T) {
	ctx := companion(t)
	const setup = `(function () {
		const box = document.createElement("p"); box.id = "translated";
		const mark = document.createElement("b"); mark.textContent = "|";
		box.append(window.first = new Text("15,20 kr"), mark, window.second = new Text("0,00 kr"));
		document.getElementById("main").replaceChildren(box);
		return "made";
	})()`
	const font = `const font = document.createElement("font"), inner = document.createElement("font"); font.append(inner);`
	translators := map[string]string{
		"replaced":           `(function (text) { ` + font + ` inner.textContent = "T" + text.data; text.parentNode.replaceChild(font, text); return "done"; })`,
		"inserted, removed":  `(function (text) { ` + font + ` inner.textContent = "T" + text.data; text.parentNode.insertBefore(font, text); text.remove(); return "done"; })`,
		"wrapped in an font": `(function (text) { ` + font + ` text.parentNode.insertBefore(font, text); inner.append(text); return "done"; })`,
	}
	for name, translate := range translators {
		for _, s := range []struct{ what, script, want string }{
			{"made", setup, "made"},
			{"first", translate + "(window.first)", "done"},
			{"second", translate + "(window.second)", "done"},
			{"both are shown", `String(document.getElementById("translated").textContent.replaceAll("T", ""))`, "15,20 kr|0,00 kr"},
			{"changed", `(window.first.nodeValue = "30,40 kr", document.getElementById("translated").textContent.replaceAll("T", ""))`, "30,40 kr|0,00 kr"},
			{"replaced by the program", `(document.getElementById("translated").replaceChild(new Text("x"), window.second), document.getElementById("translated").textContent)`, "30,40 kr|x"},
			{"translated again", translate + "(window.first)", "done"},
			{"removed", `(document.getElementById("translated").removeChild(window.first), document.getElementById("translated").textContent)`, "|x"},
		} {
			got, err := chromedp.Run(ctx, chromedp.Evaluate[string](s.script))
			if err != nil || got != s.want {
				t.Errorf("%s: %s: got %q (%v), want %q", name, s.what, got, err, s.want)
			}
		}
	}
}
