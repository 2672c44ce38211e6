package web_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bompass/server/access"
	"bompass/server/internal/e2e"
	"bompass/server/web/webtest"
	"bompass/shared/api"
	"bompass/shared/fixture"
)

// A passkey that is created in the browser signs in without a password, is accepted as the second factor after a
// password, and confirms changes. Once removed, it is refused.
func TestPasskeyIsSecondOrOnlyFactor(t *testing.T) {
	h := webtest.New(t)
	page := e2e.Open(t, e2e.Desktop)
	page.Authenticator()
	h.SignInWithBrowser(page, h.LocalhostURL(), webtest.Kari)
	page.Fill("#key-name", "Mobilen")
	page.Press("[data-passkey] button")
	page.WaitText("Mobilen")
	told := func(kind string) {
		t.Helper()
		if n := h.QueryText("select count(*)::text from outbox where kind = '" + kind + "'"); n != "1" {
			t.Errorf("%s messages of kind %s, want 1", n, kind)
		}
	}
	told("factor.added")

	signOut := func() {
		page.Eval(`document.cookie`)
		h.Exec("delete from session")
		page.Go(h.LocalhostURL() + "/login")
	}
	signOut()
	page.Press("[data-passkey] button") // without a password
	page.Wait("the overview", `location.pathname === "/"`)

	signOut()
	page.Fill("#email", webtest.Kari)
	page.Fill("#password", fixture.Password)
	page.Press("main form button[type=submit]")
	page.Wait("the code's page", `location.pathname === "/login/code"`)
	page.Press("[data-passkey] button") // after the password
	page.Wait("the overview", `location.pathname === "/"`)

	h.Advance(access.StepUpMax + time.Second)
	page.Go(h.LocalhostURL() + "/security/password")
	page.Wait("the step-up page", `location.pathname === "/prove"`)
	page.Press("[data-passkey] button")
	page.Wait("the change to be allowed", `location.pathname === "/security/password"`)

	page.Go(h.LocalhostURL() + "/security")
	page.Press(".bp-held summary") // opens the explanation of the removal
	page.Press(".bp-held details[open] button")
	page.Wait("the key to be gone", `location.pathname === "/security" && !document.querySelector(".bp-held")`)
	told("factor.removed")
	signOut()
	page.Press("[data-passkey] button")
	page.Wait("the refusal",
		`document.querySelector("[data-passkey] [role=alert]").textContent !== "" && location.pathname === "/login"`)
}

// What was asked for is carried out after a proof with a passkey: new recovery codes are shown. They can be copied, printed
// and downloaded.
func TestRequestWaitsForThePasskey(t *testing.T) {
	h := webtest.New(t)
	page := e2e.Open(t, e2e.Desktop)
	page.Authenticator()
	h.SignInWithBrowser(page, h.LocalhostURL(), webtest.Kari)
	page.Fill("#key-name", "Mobilen")
	page.Press("[data-passkey] button")
	page.WaitText("Mobilen")
	h.Advance(access.StepUpMax + time.Second)
	page.Go(h.LocalhostURL() + "/security")
	page.Eval(`(() => { document.querySelectorAll("details").forEach((d) => { d.open = true; }); document.querySelector('form[action="/security/codes"]').requestSubmit(); })()`)
	page.Wait("the step-up page", `location.pathname === "/prove" && location.search.includes("request=")`)
	page.Press("[data-passkey] button")
	page.Wait("the codes", `document.querySelectorAll(".bp-codes code").length === 10 && !document.querySelector("[data-codes]").hidden`)

	page.Eval(`(() => {
		window.kept = {};
		Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: async (text) => { window.kept.copied = text; } } });
		window.print = () => { window.kept.printed = true; };
		URL.createObjectURL = (blob) => { blob.text().then((text) => { window.kept.saved = text; }); return "#saved"; };
	})()`)
	for _, what := range []string{"copy", "print", "download"} {
		page.Press("[data-do=" + what + "]")
	}
	page.Wait("every code copied, printed and downloaded", `(() => {
		const codes = Array.from(document.querySelectorAll(".bp-codes code"), (c) => c.textContent).join("\n") + "\n";
		return kept.copied === codes && kept.printed && kept.saved === codes && document.querySelector("[data-do=download]").download.endsWith(".txt");
	})()`)
	page.WaitText("Kopiert")
}

// hostile is a page of another site that attacks the portal of a signed-in visitor.
const hostile = `<!doctype html><title>t</title><body><script>
const site = %q, paths = %s;
let left = 0, framed = 0;
const done = () => { if (--left === 0) document.title = "done " + framed; };
const form = (path, body, kind) => {
  left++;
  const frame = document.createElement("iframe"), f = document.createElement("form");
  frame.name = "f" + left + path; f.target = frame.name; f.method = "POST"; f.action = site + path; f.enctype = kind;
  for (const [name, value] of Object.entries(body)) { const i = document.createElement("input"); i.name = name; i.value = value; f.append(i); }
  document.body.append(frame, f); f.submit(); setTimeout(done, 1500);
};
const call = (path, options) => { left++; fetch(site + path, { credentials: "include", ...options }).then((r) => { if (r.type !== "opaque") framed++; }, () => {}).finally(done); };
const frame = (path) => {
  left++;
  const f = document.createElement("iframe"); f.src = site + path; document.body.append(f);
  setTimeout(() => { try { if (f.contentDocument && f.contentDocument.body.innerText.trim()) framed++; } catch {} done(); }, 1500);
};
for (const path of paths) {
  form(path, { language: "de", csrf: "x", password: "sju svaner seiler sakte" }, "application/x-www-form-urlencoded");
  form(path, { '{"language":"de","x":"': '"}' }, "text/plain");
  call(path, { method: "POST", mode: "no-cors", body: '{"language":"de"}' });
  call(path, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": "x" }, body: '{"language":"de"}' });
  call(path, {});
}
for (const path of ["/", "/security", "/prove", "/profile", "/login"]) frame(path);
</script>`

// A page of another site sends forms and fetches and embeds frames, in more than forty attempts. None of them
// changes or reads anything, ASVS V3.5.1.
func TestCrossSitePageReadsAndChangesNothing(t *testing.T) {
	h := webtest.New(t)
	page := e2e.Open(t, e2e.Desktop)
	h.SignInWithBrowser(page, h.URL, webtest.Kari)
	var paths []string
	for _, r := range api.All {
		if r.Method == http.MethodPost && r.Access == api.Customer {
			paths = append(paths, fmt.Sprintf("%q", r.Path))
		}
	}
	for _, path := range []string{
		"/security/codes", "/security/password", "/security/app", "/security/text", "/security/eid",
		"/security/lost/stop", "/prove",
	} {
		paths = append(paths, fmt.Sprintf("%q", path))
	}
	site := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, hostile, h.URL, "["+strings.Join(paths, ",")+"]")
	}))
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	site.Listener = listener
	site.Start()
	defer site.Close()
	page.Go(strings.Replace(site.URL, "127.0.0.1", "localhost", 1))
	page.Wait("the attacks to be over", `document.title.startsWith("done")`)
	if got := page.Eval("document.title"); got != "done 0" {
		t.Errorf("the other site has read something: %s", got)
	}
	if n := len(paths)*5 + 5; n < 40 {
		t.Errorf("only %d attempts", n)
	}
	page.Go(h.URL + "/security")
	if at := page.Eval("location.pathname"); at != "/security" {
		t.Errorf("the session is gone: at %s", at)
	}
	if got := h.QueryText(
		"select language || (select count(*) from recovery_code) || (select count(*) from invitation) || (select count(*) from session) from account where email = '" + webtest.Kari + "'",
	); got != "nb001" {
		t.Errorf("something changed: %s", got)
	}
}
